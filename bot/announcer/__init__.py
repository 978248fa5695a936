"""Keeps each Slack thread equal to its entries: every entry is posted once and edited in place."""
