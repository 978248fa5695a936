"""The front end that knows Slack."""
