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


class LockedKeyring(DispatchError):
    """The system keyring is locked; unlock it and try again, or pair anew with --key-file."""

    kind = ErrorKind.UNAVAILABLE


class KeyringTrouble(DispatchError):
    """The system keyring can't be used ({why}); mend that, or pair anew with --key-file."""

    kind = ErrorKind.UNAVAILABLE


class MissingKey(DispatchError):
    """This device's key is neither in {home} nor in a keyring of this session; pair it anew."""


class NotShared(DispatchError):
    """{path} is not shared; shared are: {shared}."""

    kind = ErrorKind.MISSING


class TooManyFolders(DispatchError):
    """At most {most} folders can be shared; share one that holds several of them."""


class NoManager(DispatchError):
    """{command} can't be used here ({why}); {instead}."""

    kind = ErrorKind.UNAVAILABLE


class ManagerRefused(DispatchError):
    """`{command}` failed: {why}"""


class NotInstalled(DispatchError):
    """The companion is not installed as a service; dispatch-device install does that."""


class OpenKey(DispatchError):
    """Others on this computer can read {path}; run chmod 600 on it, or pair anew."""


class DamagedFile(DispatchError):
    """{path} can't be read ({why}); {mend}."""


class OutsideFolders(DispatchError):
    """{path} is outside the folders that this device shares ({shared})."""

    kind = ErrorKind.FORBIDDEN


class NothingShared(DispatchError):
    """This device shares no folder; its owner can add one: dispatch-device folder add PATH."""

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


class OtherMount(OutsideFolders):
    """{path} is on another file system, mounted in a shared folder; its owner can share that."""


class BadPath(DispatchError):
    """{path} is no path: {why}."""


class HiddenInPath(DispatchError):
    """The path {path} has characters that can't be seen; write it without them."""


class DeceptivePath(DispatchError):
    """Nothing is written to {path}: {why}"""


class SymlinkInPlace(DispatchError):
    """{path} is a symbolic link, and Dispatch writes through none; name the file it leads to."""


class NotWritable(DispatchError):
    """{path} can't be written: {why}."""


class ChangedMeanwhile(DispatchError):
    """{path} has changed since this was approved, so nothing was written."""

    kind = ErrorKind.CONFLICT


class FolderTooLarge(DispatchError):
    """{path} has {what}, and at most {limit} can be fetched at once; fetch a folder inside it."""


class OtherBytes(DispatchError):
    """The file {name} did not come as it was sent, so nothing was saved; try again."""

    kind = ErrorKind.UNAVAILABLE


class NotUnderstood(DispatchError):
    """This step of the desktop is not understood, so nothing was done ({where}: {why})."""


class CantBeAllowed(DispatchError):
    """`{command}` can't be allowed for good: {why}"""


class AsksByName(DispatchError):
    """Only `{name}` as a whole can be made to ask: `dispatch-device policy ask {name}`."""


class NoCommandNamed(DispatchError):
    """Name a command, as in `dispatch-device policy {verb} git push`."""


class NoSite(DispatchError):
    """{site} is no site; write a host such as example.org{more}."""
