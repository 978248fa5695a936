"""Small real jobs in an editor's window: type, read back, save, click, set a text."""

import pytest

from device_agent.desktop.errors import ElementCant, NoSuchElement
from dispatch_core.lifecycle import StepStatus
from tests.device_agent.desktop.conftest import Editor, User
from tests.device_agent.waiting import eventually

pytestmark = pytest.mark.processes


def test_what_is_typed_is_read_back_from_the_tree_and_saved(editor: Editor, user: User) -> None:
    said = 'héllo wörld, Grüße → 東京 {[|\\@~]} "Ünï"\nsecond\tline'
    typed = user.do(action="type", text=said)
    assert typed.status is StepStatus.DONE, typed.text
    field = user.ref("text")
    assert eventually(lambda: user.do(action="read", ref=field).text == said)
    pressed = user.do(action="press", keys="ctrl+s")
    assert pressed.status is StepStatus.DONE
    assert eventually(lambda: editor.path.read_bytes() == said.encode())


def test_more_characters_than_the_keyboard_has_codes_come_out_right(
    editor: Editor, user: User
) -> None:
    said = "".join(chr(0x4E00 + place) for place in range(60))
    user.do(action="type", text=said)
    field = user.ref("text")
    assert eventually(lambda: user.do(action="read", ref=field).text == said)


def test_caps_lock_changes_nothing(editor: Editor, user: User) -> None:
    from pynput.keyboard import Key

    from device_agent.desktop.keyboard import keyboard

    with keyboard() as keys:
        keys.press((Key.caps_lock.name,))
    user.do(action="type", text="Shout É é Ω ω")
    field = user.ref("text")
    assert eventually(lambda: user.do(action="read", ref=field).text == "Shout É é Ω ω")


def test_a_text_is_set_and_an_element_clicked_by_what_the_tree_calls_them(
    editor: Editor, user: User
) -> None:
    field = user.ref("text")
    assert user.do(action="set_text", ref=field, text="sét").status is StepStatus.DONE
    assert user.do(action="read", ref=field).text == "sét"
    menu = user.ref("menu", "Help")
    assert user.do(action="click", ref=menu).status is StepStatus.DONE
    assert user.ref("menu item", "About")
    # No menu takes a text, and a ref of an older tree is none any more.
    with pytest.raises(ElementCant):
        user.do(action="set_text", ref=user.ref("menu", "File"), text="x")
    with pytest.raises(NoSuchElement):
        user.do(action="click", ref=menu)


def test_a_click_lands_in_the_window_that_was_shown(editor: Editor, user: User) -> None:
    asked = user.prepare(action="click", x=300, y=200)
    assert '"note.txt" of l3afpad' in asked.reasons[0]
    assert user.do(action="click", x=300, y=200).status is StepStatus.DONE


def test_a_picture_becomes_an_artifact(editor: Editor, user: User) -> None:
    whole = user.do(action="screenshot")
    assert (whole.status, "800x600" in whole.text) == (StepStatus.DONE, True)
    assert _size_of(user.sent.pop("desktop.png")) == (800, 600)
    user.do(action="screenshot", window="note.txt")
    assert _size_of(user.sent.pop("desktop.png")) == (600, 400)
    user.do(action="screenshot", monitor=1)
    assert _size_of(user.sent.pop("desktop.png")) == (800, 600)
    assert list(user.tool.spool.iterdir()) == []


def _size_of(picture: bytes) -> tuple[int, int]:
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    return int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24])
