"""Looks at an X11 desktop: pictures, windows, and what programs tell of themselves."""

import tempfile
import time
from pathlib import Path

from device_agent.desktop import judgement, windows
from device_agent.desktop.accessibility import Accessibility, Node, accessibility
from device_agent.desktop.asked import ListWindows, Read, Reading, Screenshot, Tree
from device_agent.desktop.display import Display, opened
from device_agent.desktop.elements import Elements, full_text
from device_agent.desktop.errors import NoAccessibility, WindowHidden
from device_agent.desktop.pictures import Area, take_picture
from device_agent.desktop.windows import Window
from device_agent.policy.owner import OwnerPolicy
from device_agent.tools.step import StepRoom
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import MAX_OUTPUT_CHARS, Preparation, StepResult

_QUIET = "Its program tells nothing of itself to helpers; a screenshot shows it."


def prepare(
    policy: OwnerPolicy, elements: Elements, thread_id: str, action: Reading
) -> Preparation:
    """Which part of the desktop would be looked at."""
    if isinstance(action, Read):
        element = elements.find(thread_id, action.ref)
        bound = {"element": element.identity}
        return judgement.reading(policy, f"It reads the text of {element.words()}.", bound)
    if isinstance(action, ListWindows):
        return judgement.reading(policy, "It lists the open windows and their titles.", {})
    with opened() as display:
        window = _meant(display, action)
    bound = {"window": window.identity} if window else {}
    return judgement.reading(policy, _sentence(action, window), bound)


def do(room: StepRoom, spool: Path, elements: Elements, action: Reading) -> StepResult:
    """Look; a picture becomes an artifact."""
    started = time.monotonic()
    if isinstance(action, Screenshot):
        text, whole = _picture(room, spool, action), True
    elif isinstance(action, ListWindows):
        text, whole = _listed(), True
    elif isinstance(action, Tree):
        text, whole = _tree(room.thread_id, elements, action)
    else:
        element = elements.find(room.thread_id, action.ref)
        with accessibility() as bus:
            text = full_text(bus, action.ref, element)
        text, whole = text[:MAX_OUTPUT_CHARS], len(text) <= MAX_OUTPUT_CHARS
    seconds = time.monotonic() - started
    return StepResult(status=StepStatus.DONE, text=text, truncated=not whole, seconds=seconds)


def _meant(display: Display, action: Screenshot | Tree) -> Window | None:
    if action.window is not None:
        return windows.named(display, action.window)
    return windows.focused(display) if isinstance(action, Tree) else None


def _sentence(action: Screenshot | Tree, window: Window | None) -> str:
    if isinstance(action, Tree):
        of = window.words() if window else "every window"
        return f"It reads what {of} shows: its texts, fields and buttons."
    if window is not None:
        return f"It takes a picture of where {window.words()} lies, with whatever covers it."
    monitor = "all monitors" if action.monitor is None else f"monitor {action.monitor}"
    return f"It takes a picture of {monitor}, with all that is open there."


def _picture(room: StepRoom, spool: Path, action: Screenshot) -> str:
    area, subject = None, "the desktop"
    with opened() as display:
        if (window := _meant(display, action)) is not None:
            if not window.shown:
                raise WindowHidden(window=window.title)
            area, subject = Area(window.x, window.y, window.width, window.height), window.words()
    with tempfile.TemporaryDirectory(dir=spool) as folder:
        target = Path(folder) / "desktop.png"
        seen = take_picture(target, action.monitor, area)
        room.send_file(target.name, target)
    return f"A picture of {subject}: {seen.width}x{seen.height} pixels from {seen.x},{seen.y}."


def _listed() -> str:
    with opened() as display:
        found, active = windows.open_windows(display), windows.focused(display)
    lines = [_line(window, active) for window in found]
    return "\n".join(lines) or "No window is open."


def _line(window: Window, active: Window | None) -> str:
    mark = "*" if active is not None and active.id == window.id else " "
    place = f"{window.width}x{window.height} at {window.x},{window.y}"
    place = place if window.shown else "not shown now"
    return f'{mark} {window.id:#x}  {window.owner.name}  "{window.title}"  {place}'


def _tree(thread_id: str, elements: Elements, action: Tree) -> tuple[str, bool]:
    with opened() as display:
        window = _meant(display, action)
    with accessibility() as bus:
        start = _start(bus, window)
        if start is None:
            return _QUIET, True
        return elements.look(thread_id, bus, start)


def _start(bus: Accessibility, window: Window | None) -> Node | None:
    """Where a window's tree begins: its frame, else its program; None where it tells nothing."""
    if window is None:
        raise NoAccessibility(why="no window has the keyboard; name one")
    program = next((each for each in bus.programs() if _pid(bus, each) == window.owner.pid), None)
    if program is None:
        return None
    names = {_name(bus, each): each for each in bus.children(program)}
    return names.get(window.title, program)


def _pid(bus: Accessibility, node: Node) -> int | None:
    try:
        return bus.pid(node)
    except NoAccessibility:
        return None  # it ended meanwhile


def _name(bus: Accessibility, node: Node) -> str:
    try:
        return bus.facts(node).name
    except NoAccessibility:
        return ""
