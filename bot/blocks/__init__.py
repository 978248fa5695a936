"""How an entry looks: pure functions that return slack_sdk models."""
