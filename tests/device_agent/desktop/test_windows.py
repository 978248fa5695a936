"""Which window gets what: named, focused, bound, and refused once it is another one."""

from pathlib import Path

import pytest
import Xlib.display

from device_agent.desktop.errors import NoSuchWindow, NothingFocused, SeveralWindows
from device_agent.desktop.tool import Desktop
from device_agent.errors import NotUnderstood
from device_agent.policy.owner import Mode, OwnerPolicy
from dispatch_core.abilities import VerdictKind
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import Drift
from tests.device_agent.desktop.conftest import Editor, User, make_user
from tests.device_agent.desktop.desk import Desk

pytestmark = pytest.mark.processes


def another(editor: Editor, name: str) -> Editor:
    path = editor.path.with_name(name)
    path.write_text("")
    return Editor(path, editor.desk, editor.user).open()


def test_windows_are_listed_and_focused_by_title_program_or_id(editor: Editor, user: User) -> None:
    another(editor, "other.txt")
    listed = user.do(action="windows").text.splitlines()
    assert [(line[0], line.split('"')[1]) for line in listed] == [
        (" ", "note.txt"),
        ("*", "other.txt"),
    ]
    user.do(action="focus", window="NOTE")
    active = [line for line in user.do(action="windows").text.splitlines() if line[0] == "*"]
    assert [line.split('"')[1] for line in active] == ["note.txt"]
    by_id = listed[1].split()[1]
    assert "other.txt" in user.do(action="focus", window=by_id).text
    with pytest.raises(SeveralWindows, match=by_id):
        user.prepare(action="focus", window="l3afpad")
    with pytest.raises(NoSuchWindow, match=r"open are: .*note\.txt"):
        user.prepare(action="focus", window="browser")


def test_what_was_approved_for_one_window_is_not_typed_into_another(
    editor: Editor, user: User
) -> None:
    approved = user.prepare(action="type", text="hello").bound
    assert approved == user.prepare(action="type", text="hello").bound
    another(editor, "other.txt")
    now = user.prepare(action="type", text="hello").bound
    assert now.environment["window"] != approved.environment["window"]
    for asked in ({"action": "type", "text": "hello"}, {"action": "press", "keys": "ctrl+s"}):
        result = user.do(bound=approved, **asked)
        assert (result.status, result.drift) == (StepStatus.REFUSED, Drift.ENVIRONMENT)
        assert "Another window" in result.text
    field = user.ref("text")
    assert user.do(action="read", ref=field).text == ""


def test_the_reasons_say_which_window_of_which_program(editor: Editor, user: User) -> None:
    asked = user.prepare(action="type", text="one\ntwo\n")
    assert asked.verdict is VerdictKind.ASK
    assert asked.reasons == (
        'It types 8 characters into the window "note.txt" of l3afpad (/usr/bin/l3afpad).',
        "It presses Enter 2 times, which may send or run what is there.",
    )
    assert [(each.name, each.path) for each in asked.programs] == [("l3afpad", "/usr/bin/l3afpad")]
    assert asked.grant is not None
    assert asked.grant.key == "desktop:use:/usr/bin/l3afpad"
    pressed = user.prepare(action="press", keys="ctrl+s")
    assert pressed.grant == asked.grant
    # What a window manager may take is never granted for longer.
    assert user.prepare(action="press", keys="alt+F2").grant is None


def test_a_title_can_neither_hide_nor_give_away_anything(editor: Editor, user: User) -> None:
    rename(editor, "gpj.\u202etxt\ntoken=ghp_0123456789abcdefghijABCDEFGHIJ012345")
    reason = user.prepare(action="type", text="x").reasons[0]
    assert "gpj.\\u{202E}txt token=[redacted" in reason
    assert "ghp_" not in reason


def test_another_page_in_the_same_window_is_another_subject(editor: Editor, user: User) -> None:
    before = user.prepare(action="type", text="x").bound.environment
    rename(editor, "(2) *note.txt")
    assert user.prepare(action="type", text="x").bound.environment == before
    rename(editor, "My bank")
    after = user.prepare(action="type", text="x").bound.environment
    assert (after["window"], after["title"] == before["title"]) == (before["window"], False)


def rename(editor: Editor, title: str) -> None:
    """Give the editor's window another title, as its program might."""
    window = int(editor.user.do(action="windows").text.split()[1], 16)
    display = Xlib.display.Display()
    try:
        name, utf8 = display.intern_atom("_NET_WM_NAME"), display.intern_atom("UTF8_STRING")
        resource = display.create_resource_object("window", window)
        resource.change_property(name, utf8, 8, title.encode())
        display.sync()
    finally:
        display.close()


@pytest.mark.parametrize("mode", Mode)
def test_the_owners_mode_has_the_last_word(mode: Mode, editor: Editor, tmp_path: Path) -> None:
    user = make_user(tmp_path, desktop=mode)
    looks = user.prepare(action="windows")
    acts = user.prepare(action="type", text="x")
    focuses = user.prepare(action="focus", window="note")
    found = [(each.verdict.value, each.grant is not None) for each in (looks, focuses, acts)]
    assert (
        found
        == {
            Mode.DENY: [("deny", False)] * 3,
            Mode.ASK: [("ask", False)] * 3,
            Mode.GRANTS: [("ask", True)] * 3,
            Mode.ALLOW: [("allow", False), ("ask", True), ("ask", True)],
        }[mode]
    )


def test_where_no_window_has_the_keyboard_nothing_is_typed(desk: Desk, user: User) -> None:
    assert user.do(action="windows").text == "No window is open."
    with pytest.raises(NothingFocused):
        user.prepare(action="type", text="x")


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"action": "run", "text": "x"},
        {"action": "type"},
        {"action": "type", "text": ""},
        {"action": "type", "text": "a\x1b[2J"},
        {"action": "type", "text": "x" * 10_001},
        {"action": "type", "text": "x", "window": "other"},
        {"action": "press", "keys": ""},
        {"action": "click"},
        {"action": "click", "x": 1},
        {"action": "click", "x": -1, "y": 5},
        {"action": "click", "x": 1, "y": 2, "ref": "n1"},
        {"action": "click", "x": "1", "y": "2"},
        {"action": "click", "ref": "1"},
        {"action": "screenshot", "monitor": 0},
        {"action": "focus", "window": " "},
    ],
)
def test_what_is_not_understood_is_refused_whole(arguments: dict[str, object]) -> None:
    tool = Desktop(make_policy, Path())
    with pytest.raises(NotUnderstood, match="nothing was done"):
        tool.prepare("T1", arguments)


def make_policy() -> OwnerPolicy:
    raise AssertionError("what is not understood is judged by nobody")
