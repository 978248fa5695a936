"""What a window manager says that it does, and is asked to do (EWMH)."""

from typing import Any

import Xlib.error
import Xlib.X
from Xlib.protocol import event

from device_agent.desktop.display import Display

_FROM_A_TOOL = 2  # the source of a request that stands for a person


def manager_does(display: Display, hint: str) -> bool:
    """Whether a living window manager says that it does what a hint names."""
    root = display.screen().root
    check = numbers_of(display, root, "_NET_SUPPORTING_WM_CHECK")
    if not check:
        return False
    manager = display.create_resource_object("window", check[0])
    try:
        lives = numbers_of(display, manager, "_NET_SUPPORTING_WM_CHECK") == check
    except Xlib.error.BadWindow:
        return False
    return lives and display.intern_atom(hint) in numbers_of(display, root, "_NET_SUPPORTED")


def ask_for_focus(display: Display, resource: Any) -> None:
    """Ask the window manager to bring a window to the front, and up where it is hidden."""
    message = event.ClientMessage(
        window=resource,
        client_type=display.intern_atom("_NET_ACTIVE_WINDOW"),
        data=(32, [_FROM_A_TOOL, Xlib.X.CurrentTime, 0, 0, 0]),
    )
    mask = Xlib.X.SubstructureRedirectMask | Xlib.X.SubstructureNotifyMask
    display.screen().root.send_event(message, event_mask=mask)


def numbers_of(display: Display, window: Any, name: str) -> list[int]:
    """A window's property of 32-bit numbers; empty where it has none."""
    found = window.get_full_property(display.intern_atom(name), Xlib.X.AnyPropertyType)
    return list(found.value) if found and found.format == 32 else []
