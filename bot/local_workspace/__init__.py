"""A Slack on this machine, for trying Dispatch and for its tests."""
