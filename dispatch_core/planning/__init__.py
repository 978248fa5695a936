"""Chooses the next step of a run, or its end."""
