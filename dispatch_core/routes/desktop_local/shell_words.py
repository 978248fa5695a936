"""`$ COMMAND` runs a command, `tty $ COMMAND` in a terminal of its own."""

import re
from typing import Any

from dispatch_core.abilities import ToolName

_COMMAND = re.compile(r"(?P<terminal>tty +)?\$ +(?P<command>\S[\s\S]*)")


def plan(body: str) -> tuple[ToolName, dict[str, Any]] | str | None:
    """A shell step with its command, and with "pty" where it wants a terminal."""
    match = _COMMAND.fullmatch(body)
    if match is None:
        return None
    arguments: dict[str, Any] = {"command": _without_prompts(match["command"])}
    return ToolName.SHELL, arguments | ({"pty": True} if match["terminal"] else {})


def _without_prompts(command: str) -> str:
    """Several lines that each start with `$ ` are one script; other lines stay as they are."""
    lines = command.rstrip().split("\n")
    if all(line.startswith("$ ") for line in lines[1:]):
        lines[1:] = [line[2:] for line in lines[1:]]
    return "\n".join(lines)
