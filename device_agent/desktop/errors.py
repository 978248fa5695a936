"""What the desktop does not do: the docstring of a class is its message."""

from dispatch_core.errors import DispatchError, ErrorKind


class NoDesktop(DispatchError):
    """This device's desktop can't be used now: {why}."""

    kind = ErrorKind.UNAVAILABLE


class DesktopSilent(DispatchError):
    """This device's desktop did not answer within {seconds} s."""

    kind = ErrorKind.UNAVAILABLE


class NotOnThisDesktop(DispatchError):
    """This device's desktop can't do {action}: {why}."""


class WindowGone(DispatchError):
    """The window was closed meanwhile; write `windows` to see which are open."""

    kind = ErrorKind.MISSING


class OtherWindow(DispatchError):
    """Another window is there now than the approved one, so nothing was done."""

    kind = ErrorKind.CONFLICT


class NoSuchWindow(DispatchError):
    """No open window is called {name}; open are: {known}."""

    kind = ErrorKind.MISSING


class SeveralWindows(DispatchError):
    """Several windows fit {name}; name one by its id: {known}."""

    kind = ErrorKind.CONFLICT


class WindowHidden(DispatchError):
    """The window "{window}" is not shown now; write `focus NAME` to bring it up."""

    kind = ErrorKind.CONFLICT


class NothingFocused(DispatchError):
    """No window would get what is typed; write `focus NAME` first."""

    kind = ErrorKind.CONFLICT


class FocusRefused(DispatchError):
    """The window "{window}" did not take the keyboard."""


class KeyboardHeld(DispatchError):
    """Another program holds the keyboard (a menu, or a locked screen), so nothing was typed."""

    kind = ErrorKind.CONFLICT


class NoSuchKey(DispatchError):
    """There is no key {name}; write keys as in `ctrl+s`, `Enter` or `F5`."""


class CantBeTyped(DispatchError):
    """{character} can't be typed with this keyboard; {typed} characters before it were."""


class NoAccessibility(DispatchError):
    """What programs show can't be read here: {why}."""

    kind = ErrorKind.UNAVAILABLE


class NoSuchElement(DispatchError):
    """There is no element {ref} now; write `tree` for what is there."""

    kind = ErrorKind.MISSING


class ElementCant(DispatchError):
    """{ref} ({what}) {cant}."""
