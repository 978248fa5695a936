"""The words that a device understands, as the step they ask for."""

from collections.abc import Callable
from typing import Any

from dispatch_core.abilities import ToolName
from dispatch_core.routes.desktop_local import (
    browser_words,
    desktop_words,
    files_words,
    shell_words,
)
from dispatch_core.routes.desktop_local.quotes import unquoted

Planned = tuple[ToolName, dict[str, Any]] | str

KNOWN_WORDS = (
    "On your device I understand these words; write one of them:\n"
    "- `$ COMMAND` runs a command\n"
    "- `get PATH` brings a file here, `fetch PATH` a file or a whole folder\n"
    "- `ls PATH` lists a folder, `find WORDS in PATH` looks for names, `search WORDS in PATH` for "
    "what files say\n"
    "- `write PATH` above a fenced block writes a file, `save NAME to PATH` a file of this thread\n"
    "- `open https://…` and `screenshot desktop` begin with its browser and its desktop\n\n"
    "`/dispatch help` shows them all."
)
_FENCED = (
    "A fenced block runs on cloud-code, not on your device; "
    "to run a command on your device, write `$ COMMAND`."
)
# Each knows its own words: None says that these are not among them.
_ROOMS: tuple[Callable[[str], Planned | None], ...] = (
    shell_words.plan,
    files_words.plan,
    browser_words.plan,
    desktop_words.plan,
)


def plan(body: str) -> Planned:
    """The tool and its exact arguments, or a sentence that says what can be written."""
    body = unquoted(body.strip(), "`")
    for words_of_room in _ROOMS:
        if (planned := words_of_room(body)) is not None:
            return planned
    return _FENCED if "```" in body else KNOWN_WORDS
