"""How the bot is joined to Slack: who it is, its clients, its socket, and what watches it."""
