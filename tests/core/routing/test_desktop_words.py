"""Which messages ask for a device's desktop, and which only speak of one."""

from typing import Any

import pytest

from dispatch_core.abilities import ToolName
from dispatch_core.lifecycle import Route
from dispatch_core.routes.desktop_local.words import plan
from dispatch_core.routing import choose_route

ASKED: dict[str, dict[str, Any]] = {
    "screenshot desktop": {"action": "screenshot"},
    "Screenshot of the desktop": {"action": "screenshot"},
    "desktop screenshot": {"action": "screenshot"},
    "desktop screenshot monitor 2": {"action": "screenshot", "monitor": 2},
    'screenshot desktop "note.txt"': {"action": "screenshot", "window": "note.txt"},
    "screenshot desktop window 0x200003": {"action": "screenshot", "window": "0x200003"},
    "windows": {"action": "windows"},
    "desktop windows": {"action": "windows"},
    "tree": {"action": "tree"},
    'tree "Save as"': {"action": "tree", "window": "Save as"},
    "desktop tree 0x1a": {"action": "tree", "window": "0x1a"},
    "focus gedit": {"action": "focus", "window": "gedit"},
    "focus “My notes”": {"action": "focus", "window": "My notes"},
    "focus 0x200003": {"action": "focus", "window": "0x200003"},
    'desktop type "héllo, it\'s me"': {"action": "type", "text": "héllo, it's me"},
    "desktop type 'two\nlines'": {"action": "type", "text": "two\nlines"},
    "desktop press ctrl+s": {"action": "press", "keys": "ctrl+s"},
    "desktop press Enter": {"action": "press", "keys": "Enter"},
    "desktop press ctrl++": {"action": "press", "keys": "ctrl++"},
    "desktop press ctrl+shift+F5": {"action": "press", "keys": "ctrl+shift+F5"},
    "desktop click 100,200": {"action": "click", "x": 100, "y": 200},
    "desktop click n12": {"action": "click", "ref": "n12"},
    "desktop read n3": {"action": "read", "ref": "n3"},
    'desktop set n3 "new text"': {"action": "set_text", "ref": "n3", "text": "new text"},
}
NOT_ASKED = (
    "desktop is broken again",
    "desktop type checking is slow",
    "desktop type",
    "desktop press releases",
    "desktop press release",
    "desktop click does nothing",
    "desktop windows keep freezing",
    "desktop tree view widgets in Qt",
    "focus on the release, please",
    "focus group",
    "focus, everybody",
    "windows or linux for the build?",
    "windows 11 update notes",
    "tree shaking in webpack",
    "tree of life",
    "screenshot desktop apps compared",
    "a screenshot of the desktop is in the docs",
    'type "hello" into the form',
    "please list the windows of the office",
    "set n3 to zero",
    "read n3",
)


@pytest.mark.parametrize(("text", "arguments"), ASKED.items())
def test_what_is_written_is_what_is_asked(text: str, arguments: dict[str, Any]) -> None:
    assert choose_route(text).route is Route.DESKTOP_LOCAL
    assert choose_route(text).confidence == 1.0
    assert plan(text) == (ToolName.DESKTOP, arguments)


@pytest.mark.parametrize("text", NOT_ASKED)
def test_a_sentence_of_desktops_is_left_alone(text: str) -> None:
    planned = plan(text)
    assert isinstance(planned, str) or planned[0] is not ToolName.DESKTOP
    assert choose_route(text).confidence < 1.0


def test_what_was_meant_and_missed_is_told_what_can_be_written() -> None:
    planned = plan("desktop click here")
    assert isinstance(planned, str)
    assert "desktop click REF" in planned
