"""What the companion refuses or can't do: the docstring of a class is its message."""

from dispatch_core.errors import DispatchError, ErrorKind


class NotPairedYet(DispatchError):
    """This computer is not paired; write /devices pair in Slack and run the command it shows."""


class PairingGone(DispatchError):
    """{name} is no longer paired with {url}; write /devices pair in Slack to pair it again."""

    kind = ErrorKind.FORBIDDEN


class AlreadyRunning(DispatchError):
    """The companion of {home} is already running as process {owner}; stop that one first."""

    kind = ErrorKind.CONFLICT


class BadAddress(DispatchError):
    """{url} is not an address of Dispatch; it starts with https:// or http://."""


class PlainHttp(DispatchError):
    """{url} is not encrypted; use https://, or add --insecure if you trust the network between."""


class CoreAway(DispatchError):
    """Dispatch at {url} does not answer ({why}); check the address and the network."""

    kind = ErrorKind.UNAVAILABLE


class CoreInTrouble(CoreAway):
    """Dispatch at {url} can't take this now, and says: {why}"""


class RefusedByCore(DispatchError):
    """{message}"""

    def __init__(self, *, error: str, message: str) -> None:
        self.error = error
        super().__init__(message=message)


class BadName(DispatchError):
    """{name} can't be a device's name; use up to 40 letters, digits, dots and dashes."""


class NoSuchPermission(DispatchError):
    """There is no permission {name}; choose from {known}."""


class NoSuchFolder(DispatchError):
    """There is no folder {path}; give --folder a folder that exists."""


class OpenKey(DispatchError):
    """Others on this computer can read {path}; run chmod 600 on it, or pair anew."""


class DamagedFile(DispatchError):
    """{path} can't be read ({why}); {mend}."""


class OutsideFolders(DispatchError):
    """{path} is outside the folders that this device shares ({shared})."""

    kind = ErrorKind.FORBIDDEN


class NothingShared(DispatchError):
    """This device shares no folder; its owner can pair it again with --folder."""

    kind = ErrorKind.FORBIDDEN


class MissingPath(DispatchError):
    """There is no {path} on this device."""

    kind = ErrorKind.MISSING


class Unreadable(DispatchError):
    """{path} can't be read: {why}."""


class WrongSort(DispatchError):
    """{path} is {sort}; {hint}."""


class FileTooLarge(DispatchError):
    """{path} has {size}, and at most {limit} can be sent."""
