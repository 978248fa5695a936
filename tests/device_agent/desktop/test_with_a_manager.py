"""Windows that a window manager frames, hides and brings back."""

import pytest
import Xlib.display
import Xlib.Xutil
from Xlib.protocol import event

from device_agent.desktop.errors import WindowHidden
from device_agent.desktop.windows import open_windows
from dispatch_core.lifecycle import StepStatus
from tests.device_agent.desktop.conftest import Editor, User
from tests.device_agent.desktop.desk import Desk
from tests.device_agent.waiting import eventually

pytestmark = pytest.mark.processes


@pytest.fixture
def managed(desk: Desk, user: User) -> Editor:
    """Two editors in frames; the second has the keyboard."""
    (desk.home / ".jwmrc").write_text("<JWM><FocusModel>click</FocusModel></JWM>")
    desk.start("jwm")
    eventually(_managed)
    for name in ("first.txt", "second.txt"):
        (desk.home / name).write_text("")
        editor = Editor(desk.home / name, desk, user).open()
    return editor


def _managed() -> bool:
    display = Xlib.display.Display()
    try:
        check = display.intern_atom("_NET_SUPPORTING_WM_CHECK")
        return display.screen().root.get_full_property(check, 0) is not None
    finally:
        display.close()


def test_the_manager_is_asked_for_the_focus_and_the_frame_is_looked_through(
    managed: Editor, user: User
) -> None:
    asked = user.prepare(action="type", text="x")
    assert '"second.txt" of l3afpad (/usr/bin/l3afpad)' in asked.reasons[0]
    user.do(action="focus", window="first.txt")
    assert user.do(action="type", text="hé").status is StepStatus.DONE
    field = user.ref("text")
    assert eventually(lambda: user.do(action="read", ref=field).text == "hé")
    [first, _second] = sorted(user.do(action="windows").text.splitlines(), key=_title)
    x, y = first.rsplit(" ", 1)[1].split(",")
    clicked = user.prepare(action="click", x=int(x) + 50, y=int(y) + 200)
    assert "first.txt" in clicked.reasons[0]


def test_a_minimized_window_is_listed_and_brought_back(managed: Editor, user: User) -> None:
    _minimize("second.txt")
    eventually(lambda: "not shown now" in user.do(action="windows").text)
    with pytest.raises(WindowHidden, match="second"):
        user.do(action="screenshot", window="second.txt")
    assert user.do(action="focus", window="second.txt").status is StepStatus.DONE
    assert user.do(action="screenshot", window="second.txt").status is StepStatus.DONE


def _title(line: str) -> str:
    return line.split('"')[1]


def _minimize(title: str) -> None:
    display = Xlib.display.Display()
    try:
        [found] = [each for each in open_windows(display) if title in each.title]
        message = event.ClientMessage(
            window=display.create_resource_object("window", found.id),
            client_type=display.intern_atom("WM_CHANGE_STATE"),
            data=(32, [Xlib.Xutil.IconicState, 0, 0, 0, 0]),
        )
        mask = Xlib.X.SubstructureRedirectMask | Xlib.X.SubstructureNotifyMask
        display.screen().root.send_event(message, event_mask=mask)
        display.sync()
    finally:
        display.close()
