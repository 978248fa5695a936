"""A stop, a lost focus, a display that dies or hangs: a sentence each; no key stays down."""

import signal
import threading

import pytest
import Xlib.display

from device_agent.desktop import tool as tool_room
from device_agent.desktop.errors import DesktopSilent, KeyboardHeld, NoDesktop
from device_agent.desktop.probe import can_use_desktop, why_no_desktop
from device_agent.tools.step import StopReason
from dispatch_core.errors import DispatchError
from dispatch_core.lifecycle import StepStatus
from tests.device_agent.desktop.conftest import Editor, User
from tests.device_agent.desktop.desk import Desk
from tests.device_agent.waiting import PATIENCE, eventually

pytestmark = pytest.mark.processes

LONG = "all work and no play " * 470


def begun(user: User, field: str) -> bool:
    return bool(user.do(action="read", ref=field).text)


def keys_down() -> int:
    display = Xlib.display.Display()
    try:
        return sum(display.query_keymap())
    finally:
        display.close()


def test_a_stop_ends_a_long_typing_at_once(editor: Editor, user: User) -> None:
    field = user.ref("text")
    thread, ends = user.later(action="type", text=LONG)
    eventually(lambda: begun(user, field))
    user.stop.ask(StopReason.PERSON)
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert (ends[0].status, ends[0].text.startswith("It was stopped: ")) == (
        StepStatus.STOPPED,
        True,
    )
    assert keys_down() == 0


def test_typing_ends_where_the_keyboard_goes_elsewhere(editor: Editor, user: User) -> None:
    path = editor.path.with_name("other.txt")
    path.write_text("")
    Editor(path, editor.desk, user).open()
    user.do(action="focus", window="note.txt")
    field = user.ref("text")
    thread, ends = user.later(action="type", text=LONG)
    eventually(lambda: begun(user, field))
    user.do(action="focus", window="other.txt")
    thread.join(PATIENCE)
    assert ends[0].status is StepStatus.FAILED
    assert "The keyboard went to another window" in ends[0].text
    # Between the look and the press lies one key, which X11 can't take back.
    assert len(user.do(action="read", ref=user.ref("text")).text) <= 1
    assert keys_down() == 0


def test_its_time_ends_a_typing(editor: Editor, user: User) -> None:
    result = user.do(action="type", text=LONG, seconds=0.2)
    assert (result.status, "Its time was over" in result.text) == (StepStatus.TIMED_OUT, True)


def test_nothing_is_typed_where_another_program_holds_the_keyboard(
    editor: Editor, user: User
) -> None:
    display = Xlib.display.Display()
    window = display.screen().root
    window.grab_keyboard(False, Xlib.X.GrabModeAsync, Xlib.X.GrabModeAsync, Xlib.X.CurrentTime)
    display.sync()
    try:
        with pytest.raises(KeyboardHeld):
            user.do(action="type", text="my secret")
    finally:
        display.close()


def test_a_display_that_dies_in_the_middle_ends_as_a_sentence(
    editor: Editor, user: User, desk: Desk, capfd: pytest.CaptureFixture[str]
) -> None:
    field = user.ref("text")
    ends: list[str] = []

    def typing() -> None:
        try:
            ends.append(user.do(action="type", text=LONG).text)
        except DispatchError as error:
            ends.append(str(error))

    thread = threading.Thread(target=typing)
    thread.start()
    eventually(lambda: begun(user, field))
    assert desk.x_server is not None
    desk.x_server.kill()
    thread.join(PATIENCE)
    assert ends, "the step never ended"
    assert ends[0].startswith("This device's desktop can't be used now")
    for arguments in (
        {"action": "windows"},
        {"action": "screenshot"},
        {"action": "type", "text": "x"},
        {"action": "tree"},
        {"action": "focus", "window": "x"},
    ):
        with pytest.raises(NoDesktop):
            user.do(**arguments)
    assert not can_use_desktop()
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")


def test_a_display_that_hangs_is_given_up(
    editor: Editor, user: User, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert desk.x_server is not None
    desk.x_server.send_signal(signal.SIGSTOP)
    try:
        with monkeypatch.context() as impatient:
            impatient.setattr(tool_room, "PREPARE_SECONDS", 0.5)
            with pytest.raises(DesktopSilent):
                user.prepare(action="type", text="x")
    finally:
        desk.x_server.send_signal(signal.SIGCONT)
    assert user.do(action="windows").text


def test_what_is_missing_is_said_and_not_reported(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert can_use_desktop()
    monkeypatch.setenv("DISPLAY", ":4242")
    assert "does not answer" in why_no_desktop()
    monkeypatch.delenv("DISPLAY")
    assert why_no_desktop() == "there is no X11 display (DISPLAY is not set)"
