"""Keys for one window, for as long as it has the keyboard and nobody stops them."""

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import Xlib.X

from device_agent.desktop.display import Display
from device_agent.desktop.errors import KeyboardHeld
from device_agent.desktop.keyboard import keyboard
from device_agent.desktop.layout import Layout, has_caps_lock, is_held
from device_agent.desktop.windows import Window, has_focus
from device_agent.tools.step import StepRoom
from dispatch_core.lifecycle import StepStatus

# Time for a program to take its keys before their codes are lent to other characters.
SETTLE_SECONDS = 0.5


@dataclass(frozen=True)
class Strokes:
    """lent are the codes of the layout that hold characters of an earlier step."""

    room: StepRoom
    display: Display
    window: Window
    lent: set[int]
    given_up: threading.Event

    def press(self, names: tuple[str, ...]) -> None:
        """Press keys together and let them go."""
        layout = Layout(self.display, self.lent)
        layout.ready(names[-1] if len(names[-1]) == 1 else "")
        with keyboard(layout.keys_of) as keys:
            keys.press(names)

    def type(self, text: str) -> tuple[StepStatus, str]:
        """How it ended, and what was typed; raises KeyboardHeld and CantBeTyped."""
        check_keyboard(self.display)
        with self._without_caps_lock():
            return self._type(text, time.monotonic() + self.room.timeout_seconds)

    def _type(self, text: str, deadline: float) -> tuple[StepStatus, str]:
        typed, end = 0, (StepStatus.DONE, "")
        while typed < len(text) and not end[1]:
            layout = Layout(self.display, self.lent)
            upto = typed + layout.ready(text[typed:])
            with keyboard(layout.keys_of) as keys:
                done, why = keys.type(text[typed:upto], lambda: self._why_stop(deadline)[1])
            typed += done
            if why or (typed < len(text) and self.room.stop.event.wait(SETTLE_SECONDS)):
                end = self._why_stop(deadline)
                end = end if end[1] else (StepStatus.FAILED, why)
        where = f"into {self.window.words()}"
        if not end[1]:
            return StepStatus.DONE, f"Typed {typed} characters {where}."
        return end[0], f"{end[1]}: {typed} of {len(text)} characters were typed {where}."

    @contextlib.contextmanager
    def _without_caps_lock(self) -> Iterator[None]:
        if not has_caps_lock(self.display):
            yield
            return
        with keyboard() as keys:
            keys.press(("caps_lock",))
            try:
                yield
            finally:
                keys.press(("caps_lock",))

    def _why_stop(self, deadline: float) -> tuple[StepStatus, str]:
        if self.room.stop.event.is_set() or self.given_up.is_set():
            return self.room.stop.status(), "It was stopped"
        if time.monotonic() > deadline:
            return StepStatus.TIMED_OUT, "Its time was over"
        if not has_focus(self.display, self.window):
            return StepStatus.FAILED, "The keyboard went to another window"
        if is_held(self.display):
            return StepStatus.FAILED, "Somebody held a key down"
        return StepStatus.DONE, ""


def check_keyboard(display: Display) -> None:
    """Raise KeyboardHeld where a menu or a locked screen would get what is typed."""
    root, mode = display.screen().root, Xlib.X.GrabModeAsync
    status = root.grab_keyboard(False, mode, mode, Xlib.X.CurrentTime)
    display.ungrab_keyboard(Xlib.X.CurrentTime)
    display.sync()
    if status != Xlib.X.GrabSuccess:
        raise KeyboardHeld
