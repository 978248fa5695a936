"""Acts on an X11 desktop: focus, typing, keys, clicks, texts that are set."""

import threading
import time

from pynput._util.xorg import X11Error  # type: ignore[import-not-found]  # not in its stubs

from device_agent.desktop import judgement, pointer, windows
from device_agent.desktop.accessibility import accessibility
from device_agent.desktop.asked import Acting, Click, Focus, Press, SetText, Type
from device_agent.desktop.chords import read_keys, stays_inside
from device_agent.desktop.display import Display, opened
from device_agent.desktop.elements import Element, Elements, still_there
from device_agent.desktop.errors import ElementCant, NothingFocused, OtherWindow, WindowGone
from device_agent.desktop.programs import owner_of
from device_agent.desktop.strokes import Strokes
from device_agent.desktop.windows import Window
from device_agent.drift import drifted
from device_agent.policy.owner import OwnerPolicy
from device_agent.tools.step import StepRoom
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import Drift, Preparation, StepResult


def prepare(policy: OwnerPolicy, elements: Elements, thread_id: str, action: Acting) -> Preparation:
    """Which window or element would be acted on."""
    if isinstance(action, SetText) or (isinstance(action, Click) and action.ref is not None):
        return _prepare_element(policy, elements.find(thread_id, action.ref or ""), action)
    keys = read_keys(action.keys) if isinstance(action, Press) else ()
    with opened() as display:
        window = _target(display, action)
    bound = {"window": window.identity, "title": window.subject}
    if isinstance(action, Focus):
        return judgement.focusing(policy, f"It brings {window.words()} to the front.", bound)
    reasons = _reasons(action, window)
    lasting = not keys or stays_inside(keys)
    if not lasting:
        reasons.append("Such keys may reach the window manager, so each time is asked.")
    return judgement.acting(policy, reasons, bound, window.owner, lasting=lasting)


def do(
    room: StepRoom, elements: Elements, lent: set[int], action: Acting, given_up: threading.Event
) -> StepResult:
    """Act, on nothing but what was approved."""
    started = time.monotonic()
    try:
        if isinstance(action, SetText):
            status, text = _set_text(elements.find(room.thread_id, action.ref), action)
        elif isinstance(action, Click) and action.ref is not None:
            status, text = _click_element(elements.find(room.thread_id, action.ref), action.ref)
        else:
            status, text = _act_on_window(room, lent, action, given_up)
    except X11Error:
        raise WindowGone from None
    except OtherWindow as other:
        return drifted(Drift.ENVIRONMENT, str(other))
    return StepResult(status=status, text=text, seconds=time.monotonic() - started)


def _target(display: Display, action: Acting) -> Window:
    """The window that an action would reach now; raises NothingFocused, NoSuchWindow."""
    if isinstance(action, Focus):
        return windows.named(display, action.window)
    if isinstance(action, Click) and action.x is not None and action.y is not None:
        window = windows.under(display, action.x, action.y)
    else:
        window = windows.focused(display)
    if window is None:
        raise NothingFocused
    return window


def _reasons(action: Acting, window: Window) -> list[str]:
    if isinstance(action, Click):
        return [f"It clicks at {action.x},{action.y}, in {window.words()}."]
    if isinstance(action, Press):
        return [f"It presses {action.keys} in {window.words()}."]
    assert isinstance(action, Type)  # noqa: S101 (the others have been told apart above)
    reasons = [f"It types {len(action.text)} characters into {window.words()}."]
    if lines := action.text.count("\n"):
        reasons.append(f"It presses Enter {lines} times, which may send or run what is there.")
    return reasons


def _prepare_element(policy: OwnerPolicy, element: Element, action: Acting) -> Preparation:
    owner = owner_of(element.pid, "")
    what = f"{element.words()} of {owner.words()}"
    does = "clicks" if isinstance(action, Click) else "replaces the text of"
    bound = {"element": element.identity}
    return judgement.acting(policy, [f"It {does} {what}."], bound, owner)


def _act_on_window(
    room: StepRoom, lent: set[int], action: Acting, given_up: threading.Event
) -> tuple[StepStatus, str]:
    with opened() as display:
        window = _target(display, action)
        if window.identity != room.bound.environment.get("window"):
            raise OtherWindow
        if isinstance(action, Focus):
            windows.give_focus(display, window, room.stop.event)
            return StepStatus.DONE, f"The keyboard is at {window.words()}."
        if isinstance(action, Click):
            pointer.click(action.x or 0, action.y or 0)
            return StepStatus.DONE, f"Clicked in {window.words()}."
        strokes = Strokes(room, display, window, lent, given_up)
        if isinstance(action, Type):
            return strokes.type(action.text)
        strokes.press(read_keys(action.keys if isinstance(action, Press) else ""))
        return StepStatus.DONE, f"Pressed the keys in {window.words()}."


def _set_text(element: Element, action: SetText) -> tuple[StepStatus, str]:
    with accessibility() as bus:
        facts = still_there(bus, action.ref, element)
        if "EditableText" not in facts.interfaces:
            raise ElementCant(ref=action.ref, what=element.words(), cant="takes no text")
        taken = bus.set_text(element.node, action.text)
        kept = "Text" not in facts.interfaces or bus.text(element.node) == action.text
    if not taken or not kept:
        return StepStatus.FAILED, f"{action.ref} ({element.words()}) did not take the text."
    return StepStatus.DONE, f"The text of {element.words()} is set."


def _click_element(element: Element, ref: str) -> tuple[StepStatus, str]:
    """What the element offers first, else a click in its middle, where that is its program's."""
    with accessibility() as bus:
        facts = still_there(bus, ref, element)
        if "Action" in facts.interfaces:
            done = bus.act(element.node)
            said = "Clicked" if done else "It would not be clicked:"
            return (StepStatus.DONE if done else StepStatus.FAILED), f"{said} {element.words()}."
        x, y = bus.middle(element.node)
    with opened() as display:
        window = windows.under(display, x, y) if x >= 0 and y >= 0 else None
        if window is None or window.owner.pid != element.pid:
            raise ElementCant(ref=ref, what=element.words(), cant="is covered by something else")
        pointer.click(x, y)
    return StepStatus.DONE, f"Clicked {element.words()} at {x},{y}."
