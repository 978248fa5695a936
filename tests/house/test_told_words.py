"""The commands, the files and the variables that the documents name are there."""

import re
import shlex
from pathlib import Path

import click
import pytest

import bot.__main__ as server
import device_agent.__main__ as companion
from tests.house.test_docs import HOUSE, NOT_OF_A_SERVER, SETTING, known, told

PAGES = [HOUSE / "README.md", *sorted((HOUSE / "docs").glob("*.md"))]
COMMANDS = {"dispatch": server.main, "dispatch-device": companion.main}
COMMAND = re.compile(
    r"(?:`|^\$ |^)((?:dispatch|dispatch-device) [^`#\n]*?)(?:`|  +|\s*#|$)", re.MULTILINE
)
FILE = re.compile(r"`((?:bot|dispatch_core|device_agent|tests|docs)/[\w./-]*)`")
VARIABLE = re.compile(r"\b(?:DISPATCH|SLACK)_[A-Z_]+\b")
# Of the local workspace and the tests of its payloads.
OF_TESTS = {"DISPATCH_PAYLOAD_LOG"}


def wrong(line: str) -> str:
    """The first word of a command line that no command of ours knows, or nothing."""
    program, *words = shlex.split(line)
    command: click.Command = COMMANDS[program]
    for word in words:
        if command.context_settings.get("ignore_unknown_options"):
            return ""  # the rest are the words of somebody else's command
        options = {name for each in command.params for name in (*each.opts, *each.secondary_opts)}
        if word.startswith("-") and word != "-" and word.split("=")[0] not in options:
            return word
        if isinstance(command, click.Group) and not word.startswith("-"):
            if word not in command.commands:
                return word
            command = command.commands[word]
    return ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_command_that_a_page_names_is_there(page: Path) -> None:
    lines = COMMAND.findall(page.read_text())
    assert {line: wrong(line) for line in lines if wrong(line)} == {}


def test_the_commands_are_found() -> None:
    operations = COMMAND.findall((HOUSE / "docs/operations.md").read_text())
    assert "dispatch runs list --status running" in operations
    assert wrong("dispatch runs lift") == "lift"
    assert wrong("dispatch runs list --state x") == "--state"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_file_that_a_page_names_is_there(page: Path) -> None:
    named = set(FILE.findall(page.read_text()))
    assert {name for name in named if not (HOUSE / name).exists()} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_variable_that_a_page_names_is_a_setting(page: Path) -> None:
    named = set(VARIABLE.findall(page.read_text()))
    assert named - set(known()) - NOT_OF_A_SERVER - OF_TESTS == set()


def test_operations_tells_the_same_defaults_as_the_readme() -> None:
    rows = dict(SETTING.findall((HOUSE / "docs/operations.md").read_text()))
    assert len(rows) > 3
    assert rows == {name: told()[name] or "empty" for name in rows}
