"""Who people are, and which groups they are in, as Slack says."""
