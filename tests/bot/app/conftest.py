"""The desk of the listeners' tests, for what is about the app as a whole."""

from tests.bot.listeners.conftest import desk, open_desk

__all__ = ["desk", "open_desk"]
