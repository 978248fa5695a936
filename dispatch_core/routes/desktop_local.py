"""The desktop-local route: the words that a device understands, as the step they ask for."""

import re
from typing import Any

from dispatch_core.protocol import ToolName

KNOWN_WORDS = (
    "On your device I understand `$ COMMAND` (run a command), `get PATH` (bring a file here) and "
    "`ls PATH` (list a folder); write one of them."
)
_FENCED = (
    "A fenced block runs on cloud-code, not on your device; "
    "to run a command on your device, write `$ COMMAND`."
)

_COMMAND = re.compile(r"\$ +(?P<command>\S[\s\S]*)")
_GET = re.compile(r"get +(?P<path>\S[^\n]*)", re.IGNORECASE)
_LIST = re.compile(r"ls(?: +(?P<path>\S[^\n]*))?", re.IGNORECASE)


def plan(body: str) -> tuple[ToolName, dict[str, Any]] | str:
    """The tool and its exact arguments, or a sentence that says what can be written."""
    body = _unquoted(body.strip(), "`")
    if match := _COMMAND.fullmatch(body):
        return ToolName.SHELL, {"command": _without_prompts(match["command"])}
    if match := _GET.fullmatch(body):
        return ToolName.READ_FILE, {"path": _unquoted(match["path"], "'\"`")}
    if match := _LIST.fullmatch(body):
        path = _unquoted(match["path"] or ".", "'\"`")
        if path.startswith("-"):
            return f"`ls` here takes a folder only; write `$ {body}` to run the command."
        return ToolName.LIST_FOLDER, {"path": path}
    return _FENCED if "```" in body else KNOWN_WORDS


def _unquoted(text: str, quotes: str) -> str:
    """The text without one pair of quotes around it; a fence is no quote."""
    text = text.strip()
    inside = text[1:-1]
    if len(text) > 2 and text[0] == text[-1] and text[0] in quotes and text[0] not in inside:
        return inside.strip()
    return text


def _without_prompts(command: str) -> str:
    """Several lines that each start with `$ ` are one script; other lines stay as they are."""
    lines = command.rstrip().split("\n")
    if all(line.startswith("$ ") for line in lines[1:]):
        lines[1:] = [line[2:] for line in lines[1:]]
    return "\n".join(lines)
