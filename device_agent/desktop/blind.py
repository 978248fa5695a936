"""A desktop whose windows can't be told apart (macOS, Windows): each act is asked each time."""

import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from device_agent.desktop import judgement, pointer
from device_agent.desktop.asked import Action, Click, Press, Screenshot, Type
from device_agent.desktop.chords import read_keys
from device_agent.desktop.errors import NotOnThisDesktop
from device_agent.desktop.keyboard import keyboard
from device_agent.desktop.pictures import take_picture
from device_agent.policy.owner import OwnerPolicy
from device_agent.tools.step import StepRoom
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import Preparation, StepResult

_UNSEEN = "only X11 tells Dispatch of windows"


@dataclass(frozen=True)
class BlindSeat:
    """spool is a private folder for pictures."""

    spool: Path

    def prepare(self, policy: OwnerPolicy, _thread_id: str, action: Action) -> Preparation:
        """What would be done; nothing is bound, and nothing can be granted for longer."""
        return _prepared(policy, action)

    def do(self, room: StepRoom, action: Action, given_up: threading.Event) -> StepResult:
        """Do it wherever it goes."""
        started = time.monotonic()
        status, text = _done(room, self.spool, action, given_up)
        return StepResult(status=status, text=text, seconds=time.monotonic() - started)


def _prepared(policy: OwnerPolicy, action: Action) -> Preparation:
    if isinstance(action, Screenshot) and action.window is None:
        return judgement.reading(policy, "It takes a picture of the screen.", {})
    if isinstance(action, Type):
        reason = f"It types {len(action.text)} characters into whatever window has the keyboard."
    elif isinstance(action, Press):
        read_keys(action.keys)
        reason = f"It presses {action.keys} in whatever window has the keyboard."
    elif isinstance(action, Click) and action.ref is None:
        reason = f"It clicks at {action.x},{action.y}."
    else:
        raise NotOnThisDesktop(action=action.action, why=_UNSEEN)
    return judgement.acting(policy, [reason], {}, None)


def _done(
    room: StepRoom, spool: Path, action: Action, given_up: threading.Event
) -> tuple[StepStatus, str]:
    if isinstance(action, Screenshot):
        return _picture(room, spool, action)
    if isinstance(action, Click):
        pointer.click(action.x or 0, action.y or 0)
        return StepStatus.DONE, "Clicked."
    if isinstance(action, Press):
        with keyboard() as keys:
            keys.press(read_keys(action.keys))
        return StepStatus.DONE, f"Pressed {action.keys}."
    if isinstance(action, Type):
        return _type(room, action, given_up)
    raise NotOnThisDesktop(action=action.action, why=_UNSEEN)


def _picture(room: StepRoom, spool: Path, action: Screenshot) -> tuple[StepStatus, str]:
    with tempfile.TemporaryDirectory(dir=spool) as folder:
        target = Path(folder) / "desktop.png"
        seen = take_picture(target, action.monitor)
        room.send_file(target.name, target)
    return StepStatus.DONE, f"A picture of the desktop: {seen.width}x{seen.height} pixels."


def _type(room: StepRoom, action: Type, given_up: threading.Event) -> tuple[StepStatus, str]:
    deadline = time.monotonic() + room.timeout_seconds

    def why_stop() -> str:
        if room.stop.event.is_set() or given_up.is_set():
            return "It was stopped"
        return "Its time was over" if time.monotonic() > deadline else ""

    with keyboard() as keys:
        typed, why = keys.type(action.text, why_stop)
    if not why:
        return StepStatus.DONE, f"Typed {typed} characters."
    stopped = room.stop.status() if room.stop.event.is_set() else StepStatus.TIMED_OUT
    return stopped, f"{why}: {typed} of {len(action.text)} characters were typed."
