"""The browser tool: Chromium in a profile of its own, which reaches what its owner lets it."""
