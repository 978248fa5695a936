"""A connection to the X11 display; what goes wrong with it ends in a sentence."""

import contextlib
from collections.abc import Iterator
from typing import Any

import Xlib.display
import Xlib.error
import Xlib.xauth

from device_agent.errors import NoDesktop, WindowGone

Display = Xlib.display.Display
_UNREACHABLE = (
    Xlib.error.DisplayError,
    Xlib.error.ConnectionClosedError,
    Xlib.error.XauthError,
    OSError,
)


@contextlib.contextmanager
def opened() -> Iterator[Display]:
    """The display that DISPLAY names; raises NoDesktop, and WindowGone for one that closed.

    Errors that the server reports late are dropped: python-xlib would print them.
    """
    with in_sentences():
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


def _drop(_error: Any, _request: Any) -> None:
    return None
