"""The windows of an X11 display, with a window manager or without one."""

import contextlib
import hashlib
import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import Xlib.error
import Xlib.X
from Xlib.ext import res

from device_agent.desktop.display import Display
from device_agent.desktop.errors import FocusRefused, NoSuchWindow, SeveralWindows
from device_agent.desktop.manager import ask_for_focus, manager_does, numbers_of
from device_agent.desktop.programs import Owner, owner_of
from dispatch_core.redaction import show_payload

MAX_TITLE = 200
MAX_WINDOWS = 500
FOCUS_SECONDS = 3.0


@dataclass(frozen=True)
class Window:
    """A program's window: its place in pixels from the screen's top left.

    shown is False where it is minimized or on another workspace.
    """

    id: int
    title: str
    owner: Owner
    x: int
    y: int
    width: int
    height: int
    shown: bool = True

    @property
    def identity(self) -> str:
        """A hash of what makes it this window of this program, whatever its title says."""
        return _hashed(f"{self.id}\0{self.owner.pid}\0{self.owner.path}")

    @property
    def subject(self) -> str:
        """A hash of its title's words: a page or a file. Counters and marks may change."""
        return _hashed(re.sub(r"[\W\d_]+", " ", self.title).strip())

    def words(self) -> str:
        """How a person knows it."""
        title = f'"{self.title}"' if self.title else "without a title"
        return f"the window {title} of {self.owner.words()}"


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def open_windows(display: Display) -> list[Window]:
    """Every window that a person could get to see."""
    found = []
    for window in _clients(display):
        with contextlib.suppress(Xlib.error.BadWindow, Xlib.error.BadDrawable):  # closed meanwhile
            found.append(_window(display, window))
    return found


def focused(display: Display) -> Window | None:
    """The window that gets what is typed now."""
    focus = display.get_input_focus().focus
    if focus == Xlib.X.PointerRoot:
        focus = display.screen().root.query_pointer().child
    if isinstance(focus, int) or focus == display.screen().root:
        return None
    top = _top_of(display, focus)
    return top and _window(display, top)


def has_focus(display: Display, window: Window) -> bool:
    """Whether what is typed now goes to this window; asked before each key, so it is quick."""
    focus = display.get_input_focus().focus
    if getattr(focus, "id", focus) == window.id:
        return True
    now = focused(display)
    return now is not None and now.identity == window.identity


def under(display: Display, x: int, y: int) -> Window | None:
    """The window that gets a click at a point of the screen."""
    root = display.screen().root
    child = root.translate_coords(root, x, y).child
    if isinstance(child, int):
        return None
    return _window(display, _inner(display, child) or child)


def named(display: Display, name: str) -> Window:
    """The one window of an id (0x…), else of a title or program that has these words.

    Raises NoSuchWindow and SeveralWindows.
    """
    windows = open_windows(display)
    exact = [each for each in windows if name.casefold() in {hex(each.id), each.title.casefold()}]
    found = exact or [each for each in windows if _fits(each, name.casefold())]
    known = ", ".join(f'{hex(each.id)} "{each.title}"' for each in found or windows)[:1_500]
    if not found:
        raise NoSuchWindow(name=show_payload(name), known=known or "none")
    if len(found) > 1:
        raise SeveralWindows(name=show_payload(name), known=known)
    return found[0]


def _fits(window: Window, name: str) -> bool:
    return name in window.title.casefold() or name in window.owner.name.casefold()


def give_focus(display: Display, window: Window, stop: threading.Event) -> None:
    """Bring a window to the front and give it the keyboard; raises FocusRefused."""
    resource = display.create_resource_object("window", window.id)
    if manager_does(display, "_NET_ACTIVE_WINDOW"):
        ask_for_focus(display, resource)
    else:
        resource.configure(stack_mode=Xlib.X.Above)
        resource.set_input_focus(Xlib.X.RevertToParent, Xlib.X.CurrentTime)
    display.sync()
    deadline = time.monotonic() + FOCUS_SECONDS
    while (now := focused(display)) is None or now.id != window.id:
        if time.monotonic() > deadline or stop.wait(0.02):
            raise FocusRefused(window=window.title)


def _clients(display: Display) -> Iterator[Any]:
    root = display.screen().root
    if manager_does(display, "_NET_CLIENT_LIST"):
        for number in numbers_of(display, root, "_NET_CLIENT_LIST")[:MAX_WINDOWS]:
            yield display.create_resource_object("window", number)
        return
    for top in root.query_tree().children[-MAX_WINDOWS:]:
        window = _inner(display, top)
        # Without a manager's list, what is not shown may be anything: helpers, menus to come.
        if window is not None and _is_shown(window):
            yield window


def _is_shown(window: Any) -> bool:
    try:
        attributes = window.get_attributes()
    except Xlib.error.BadWindow:
        return False  # closed meanwhile
    return attributes.map_state == Xlib.X.IsViewable and not attributes.override_redirect


def _inner(display: Display, top: Any) -> Any | None:
    """The program's own window in what may be a window manager's frame."""
    try:
        candidates = [top, *top.query_tree().children[:20]]
        marked = [each for each in candidates if _is_client(display, each)]
    except Xlib.error.BadWindow:
        return None
    return marked[0] if marked else None


def _is_client(display: Display, window: Any) -> bool:
    return bool(numbers_of(display, window, "WM_STATE")) or window.get_wm_class() is not None


def _top_of(display: Display, window: Any) -> Any | None:
    """The program's window that an inner window is part of: toolkits focus parts of windows."""
    root, best = display.screen().root, None
    while not isinstance(window, int) and window != root:
        if numbers_of(display, window, "WM_STATE"):
            return window
        if window.get_wm_class() is not None or best is None:
            best = window
        window = window.query_tree().parent
    return best


def _window(display: Display, window: Any) -> Window:
    size = window.get_geometry()
    place = display.screen().root.translate_coords(window, 0, 0)
    name = (window.get_wm_class() or ("", ""))[0]
    return Window(
        id=window.id,
        title=_title(display, window),
        owner=owner_of(_pid(display, window), _shown(name)),
        x=place.x,
        y=place.y,
        width=size.width,
        height=size.height,
        shown=window.get_attributes().map_state == Xlib.X.IsViewable,
    )


def _title(display: Display, window: Any) -> str:
    utf8 = display.intern_atom("UTF8_STRING")
    found = window.get_full_property(display.intern_atom("_NET_WM_NAME"), utf8)
    title = found.value if found else window.get_wm_name() or ""
    return _shown(title.decode("utf-8", "replace") if isinstance(title, bytes) else title)


def _shown(text: str) -> str:
    """What a program says of itself, as people may see it: one line, nothing hidden."""
    return show_payload(" ".join(text.split()))[:MAX_TITLE]


def _pid(display: Display, window: Any) -> int | None:
    """The process that the server knows behind a window, else the one that the window names."""
    if display.has_extension(res.extname):
        asked = [{"client": window.id, "mask": res.LocalClientPIDMask}]
        ids = display.res_query_client_ids(asked).ids
        return next((each.value[0] for each in ids if each.value), None)
    said = numbers_of(display, window, "_NET_WM_PID")
    machine = window.get_wm_client_machine()
    return said[0] if said and machine == socket.gethostname() else None
