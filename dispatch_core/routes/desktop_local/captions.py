"""How a device's step is told to people: its title, its activity, and what it would do."""

from collections.abc import Mapping
from typing import Any

from dispatch_core.abilities import ToolName

TITLES: Mapping[ToolName, str] = {
    ToolName.SHELL: "Run a shell command on {device}",
    ToolName.READ_FILE: "Read a file on {device}",
    ToolName.LIST_FOLDER: "List a folder on {device}",
    ToolName.SEARCH_FILES: "Search files on {device}",
    ToolName.WRITE_FILE: "Write a file on {device}",
    ToolName.FETCH: "Fetch files from {device}",
    ToolName.RECEIVE_FILE: "Save an attached file on {device}",
    ToolName.BROWSER: "Use the browser on {device}",
    ToolName.DESKTOP: "Use the desktop of {device}",
}
ACTIVITIES: Mapping[ToolName, str] = {
    ToolName.SHELL: "a shell command",
    ToolName.READ_FILE: "reading the file",
    ToolName.LIST_FOLDER: "listing the folder",
    ToolName.SEARCH_FILES: "searching the files",
    ToolName.WRITE_FILE: "writing the file",
    ToolName.FETCH: "fetching the files",
    ToolName.RECEIVE_FILE: "saving the attached file",
    ToolName.BROWSER: "using the browser",
    ToolName.DESKTOP: "using the desktop",
}


def title(tool: ToolName, device: str) -> str:
    """What an approval asks for, in a line."""
    return TITLES[tool].format(device=device)


def at_work(tool: ToolName, device: str) -> str:
    """What a card says while the device does it; a command's card says how to answer it."""
    answer = " · write `> text` here to answer it" if tool is ToolName.SHELL else ""
    return f"working on {device}{answer}"


def asked_for(tool: ToolName, arguments: Mapping[str, Any]) -> str:
    """All that a step would do, in full, for whoever decides; not yet redacted."""
    if tool is ToolName.SHELL and set(arguments) - {"pty"} == {"command"}:
        return str(arguments["command"])
    if tool is ToolName.WRITE_FILE and set(arguments) == {"path", "content"}:
        return _writing(str(arguments["path"]), str(arguments["content"]))
    if tool is ToolName.BROWSER:
        return _browsing(arguments)
    return "\n".join(f"{name}: {value}" for name, value in arguments.items())


def _browsing(arguments: Mapping[str, Any]) -> str:
    """Each argument but what is typed: only the device knows whether it goes into a password."""
    shown = {name: value for name, value in arguments.items() if name != "value"}
    if "value" in arguments:
        shown["value"] = f"{len(str(arguments['value']))} characters, told below"
    return "\n".join(f"{name}: {value}" for name, value in shown.items())


def _writing(path: str, content: str) -> str:
    """Where and how much; what it changes is told by the device, which knows what is there."""
    lines = content.count("\n") + bool(content and not content.endswith("\n"))
    return f"path: {path}\nsize: {len(content.encode('utf-8', 'replace'))} bytes, {lines} lines"
