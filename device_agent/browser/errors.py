"""What the browser refuses or can't do: the docstring of a class is its message."""

from dispatch_core.errors import DispatchError, ErrorKind


class BadAsk(DispatchError):
    """The browser does not understand this step ({why}), so nothing was done."""


class BadUrl(DispatchError):
    """{url} can't be opened: {why}."""


class SiteRefused(DispatchError):
    """{site} can't be opened: {why}."""

    kind = ErrorKind.FORBIDDEN


class NoBrowser(DispatchError):
    """No Chromium or Chrome is on this device; install one, or name it in DISPATCH_BROWSER."""

    kind = ErrorKind.UNAVAILABLE


class BrowserFailed(DispatchError):
    """The browser could not be started: {why}."""

    kind = ErrorKind.UNAVAILABLE


class NoPage(DispatchError):
    """No page is open here{why}; write `open https://…` first."""

    kind = ErrorKind.CONFLICT


class NoSnapshot(DispatchError):
    """{ref} is of no snapshot of the present page; write `snapshot` and use what it shows."""

    kind = ErrorKind.CONFLICT


class ElementGone(DispatchError):
    """{ref} is not on the page any more; write `snapshot` and use what it shows."""

    kind = ErrorKind.CONFLICT


class NoSuchText(DispatchError):
    """Nothing on the page says “{text}”; write `snapshot` to see what is there."""

    kind = ErrorKind.MISSING


class SeveralSay(DispatchError):
    """{count} places on the page say “{text}”; write `snapshot` and use a ref."""

    kind = ErrorKind.CONFLICT


class NoSuchTab(DispatchError):
    """There is no tab {number}; write `tabs` to see them."""

    kind = ErrorKind.MISSING


class PageFailed(DispatchError):
    """{what} did not work: {why}"""


class FileChanged(DispatchError):
    """{path} has changed since this was approved, so it was not uploaded."""

    kind = ErrorKind.CONFLICT


class FileTooLarge(DispatchError):
    """{name} has more than {limit} MB, which is the most that can be sent."""


class WindowOpen(DispatchError):
    """Your browser window for signing in is open on this computer; close it, then retry."""

    kind = ErrorKind.CONFLICT


class WindowOpenAlready(DispatchError):
    """Your browser window for signing in is open already; use that one, or close it first."""

    kind = ErrorKind.CONFLICT


class ProfileInUse(DispatchError):
    """Another browser still uses {profile}; wait until it has ended, then try again."""

    kind = ErrorKind.CONFLICT


class NoScreen(DispatchError):
    """No screen can be reached from here; run this in a terminal of this computer's own desktop."""

    kind = ErrorKind.UNAVAILABLE


class WindowFailed(DispatchError):
    """The browser's window ended by itself: {why}."""


class BrowserNotPermitted(DispatchError):
    """Dispatch may not use the browser here; first: dispatch-device permit browser_automation."""

    kind = ErrorKind.FORBIDDEN
