"""Threads, runs, approvals, artifacts and devices: knows neither Slack nor the companion."""
