"""`get PATH` brings a file, `ls PATH` lists a folder."""

import re
from typing import Any

from dispatch_core.protocol import ToolName
from dispatch_core.routes.desktop_local.quotes import unquoted

_GET = re.compile(r"get +(?P<path>\S[^\n]*)", re.IGNORECASE)
_LIST = re.compile(r"ls(?: +(?P<path>\S[^\n]*))?", re.IGNORECASE)
_QUOTES = "'\"`"


def plan(body: str) -> tuple[ToolName, dict[str, Any]] | str | None:
    """A step that reads."""
    if match := _GET.fullmatch(body):
        return ToolName.READ_FILE, {"path": unquoted(match["path"], _QUOTES)}
    if match := _LIST.fullmatch(body):
        path = unquoted(match["path"] or ".", _QUOTES)
        if path.startswith("-"):
            return f"`ls` here takes a folder only; write `$ {body}` to run the command."
        return ToolName.LIST_FOLDER, {"path": path}
    return None
