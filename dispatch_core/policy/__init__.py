"""Decides what may happen: deny, allow or ask."""
