"""A connection to the X11 display; what goes wrong with it ends in a sentence."""

import contextlib
import os
import re
import socket
from collections.abc import Iterator
from typing import Any

import Xlib.display
import Xlib.error
import Xlib.xauth

from device_agent.desktop.errors import NoDesktop, WindowGone

Display = Xlib.display.Display
_UNREACHABLE = (
    Xlib.error.DisplayError,
    Xlib.error.ConnectionClosedError,
    Xlib.error.XauthError,
    OSError,
    OverflowError,  # a number of a display that is none
)


@contextlib.contextmanager
def opened() -> Iterator[Display]:
    """The display that DISPLAY names; raises NoDesktop, and WindowGone for one that closed.

    Errors that the server reports late are dropped: python-xlib would print them.
    """
    with in_sentences():
        _check_local()
        display = Xlib.display.Display()
        display.set_error_handler(_drop)
        try:
            yield display
        finally:
            with contextlib.suppress(*_UNREACHABLE):
                display.close()


@contextlib.contextmanager
def in_sentences() -> Iterator[None]:
    """Raise what X11 and its libraries raise as what a person reads."""
    try:
        yield
    except (Xlib.error.BadWindow, Xlib.error.BadDrawable, Xlib.error.BadMatch):
        raise WindowGone from None
    except _UNREACHABLE as error:
        raise NoDesktop(why=f"the X11 display does not answer: {error}") from None
    except Xlib.error.XError as error:
        raise NoDesktop(why=f"the X11 display refuses: {type(error).__name__}") from None


def _check_local() -> None:
    """Raise OSError where a display of this computer is not there.

    python-xlib would leave sockets open, and ask whoever listens on a port of that number.
    """
    local = re.fullmatch(r"(?:unix)?:(\d+)(?:\.\d+)?", os.environ.get("DISPLAY", ""))
    if local is None:
        return
    path = f"/tmp/.X11-unix/X{local[1]}"  # noqa: S108 (where X11 says that it is)
    with socket.socket(socket.AF_UNIX) as knock:
        knock.connect(path if os.path.exists(path) else f"\0{path}")  # noqa: PTH110 (a socket)


def _drop(_error: Any, _request: Any) -> None:
    return None
