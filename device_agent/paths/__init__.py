"""Paths that lead nowhere but where they say."""
