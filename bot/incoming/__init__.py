"""What a person did, read out of Slack's bodies: whose words, where, once, in plain text."""
