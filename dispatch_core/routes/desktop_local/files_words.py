"""What is asked of the device's files: get, ls, find, search, fetch, write, save."""

import re
from typing import Any

from dispatch_core.abilities import ToolName
from dispatch_core.route_cues.device_files import FileWords, read_file_words
from dispatch_core.routes.desktop_local.quotes import unquoted

_GET = re.compile(r"get +(?P<path>\S[^\n]*)", re.IGNORECASE)
_FETCH = re.compile(r"fetch +(?P<path>\S+)", re.IGNORECASE)
_LIST = re.compile(r"ls(?: +(?P<path>\S[^\n]*))?", re.IGNORECASE)
_QUOTES = "'\"`"


def plan(body: str) -> tuple[ToolName, dict[str, Any]] | str | None:
    """A step with a device's files."""
    if said := read_file_words(body):
        return said.problem or _planned(said)
    if match := _GET.fullmatch(body):
        return ToolName.READ_FILE, {"path": unquoted(match["path"], _QUOTES)}
    if match := _FETCH.fullmatch(body):
        return ToolName.FETCH, {"path": unquoted(match["path"], _QUOTES)}
    if match := _LIST.fullmatch(body):
        path = unquoted(match["path"] or ".", _QUOTES)
        if path.startswith("-"):
            return f"`ls` here takes a folder only; write `$ {body}` to run the command."
        return ToolName.LIST_FOLDER, {"path": path}
    return None


def _planned(said: FileWords) -> tuple[ToolName, dict[str, Any]]:
    path = {"path": said.path}
    if said.verb == "fetch":
        return ToolName.FETCH, path
    if said.verb == "write":
        return ToolName.WRITE_FILE, path | {"content": said.text}
    if said.verb == "save":
        return ToolName.RECEIVE_FILE, path | {"name": said.name}
    kind = "name" if said.verb == "find" else "content"
    return ToolName.SEARCH_FILES, path | {"query": said.name, "kind": kind}
