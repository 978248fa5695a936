"""A refusal: one sentence to one person, with the people in it shown by their names."""

import re

from slack_sdk.models.blocks import PlainTextObject
from slack_sdk.models.views import View

from bot.blocks.drawn import Drawn, message, section
from bot.blocks.inert import inert
from bot.blocks.limits import SECTION
from bot.blocks.people import mention

_KEY = re.compile(r"\b[TE][A-Z0-9]+:[UWS][A-Z0-9]+\b")


def refusal(sentence: str) -> Drawn:
    """The sentence as a message; the keys of persons and groups in it become their names."""
    shown = _words(sentence)
    return message(shown, section(shown))


def refusal_modal(sentence: str) -> View:
    """The sentence as a modal, for the answer to another modal."""
    return View(
        type="modal",
        title=PlainTextObject(text="That did not work"),
        close=PlainTextObject(text="Close"),
        blocks=[section(_words(sentence))],
    )


def refusal_home(sentence: str) -> View:
    """The sentence as an App Home, for those who may not use Dispatch."""
    return View(type="home", blocks=[section(_words(sentence))])


def _words(sentence: str) -> str:
    return _KEY.sub(lambda key: mention(key[0]), inert(sentence, SECTION))
