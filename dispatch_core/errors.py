"""Every refusal and fault that Dispatch names: the docstring of a class is its message."""

from enum import StrEnum


class ErrorKind(StrEnum):
    """What a door answers with: each door maps a kind to its own words or status code."""

    INVALID = "invalid"
    FORBIDDEN = "forbidden"
    MISSING = "missing"
    CONFLICT = "conflict"
    UNAVAILABLE = "unavailable"


class DispatchError(Exception):
    """Something went wrong in Dispatch."""

    kind: ErrorKind = ErrorKind.INVALID

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__((self.__doc__ or "").format(**facts))


class SettingError(DispatchError):
    """{name} {problem}."""


class IllegalMove(DispatchError):
    """A run can't go from {before} to {after}."""

    kind = ErrorKind.CONFLICT


class NotFound(DispatchError):
    """There is no {what} {name}."""

    kind = ErrorKind.MISSING


class AmbiguousRun(DispatchError):
    """More than one run begins with {prefix} ({ids}, …); write more of the id."""

    kind = ErrorKind.CONFLICT


class NotYours(DispatchError):
    """Only {who} may {action}."""

    kind = ErrorKind.FORBIDDEN


class AlreadyEnded(DispatchError):
    """This run has already ended: {status}."""

    kind = ErrorKind.CONFLICT


class StillActive(DispatchError):
    """This run is still {status}; stop it first, or wait for its end."""

    kind = ErrorKind.CONFLICT


class LostClaim(DispatchError):
    """The claim on run {run_id} is no longer held here, so nothing was changed."""

    kind = ErrorKind.CONFLICT


class EmptyRequest(DispatchError):
    """There is no task in this message; write what to do, or `help`."""


class NothingReads(DispatchError):
    """No command runs in this thread now, so nothing was written to one."""

    kind = ErrorKind.CONFLICT


class MayNotWrite(DispatchError):
    """What you write to a running command counts as approving it, and here you may not approve."""

    kind = ErrorKind.FORBIDDEN


class WrittenTogether(DispatchError):
    """Here {needed} people approve a command together, so nobody may write to it alone."""

    kind = ErrorKind.FORBIDDEN


class BadOverride(DispatchError):
    """I can't read `{text}`; write for example `[route=cloud-code timeout=60]` at the start."""


class BadSchedule(DispatchError):
    """{problem}. Write `every weekday at 9 check the build` or `tomorrow at 14:00 say hello`."""


class TooManySchedules(DispatchError):
    """You have {count} schedules already, which is the limit; remove one first."""

    kind = ErrorKind.CONFLICT


class ScheduleEnded(DispatchError):
    """This schedule is {status}, so nothing was changed."""

    kind = ErrorKind.CONFLICT


class StillWaits(DispatchError):
    """Its previous run still waits, so it was not started once more."""

    kind = ErrorKind.CONFLICT


class BadMessage(DispatchError):
    """This request can't be read: {problem}."""


class BadLink(DispatchError):
    """This link is wrong or has expired; ask for a new one in the thread."""

    kind = ErrorKind.FORBIDDEN


class ForeignRequest(DispatchError):
    """The {what} {name} is not one of this server's; set DISPATCH_PUBLIC_URL if it should be."""

    kind = ErrorKind.FORBIDDEN


class NoSandbox(DispatchError):
    """cloud-code has no sandbox here, so nothing was run: {why}."""

    kind = ErrorKind.UNAVAILABLE


class StoreUnavailable(DispatchError):
    """The database does not take writes now ({why}), so nothing was accepted; try again soon."""

    kind = ErrorKind.UNAVAILABLE


class StoreDamaged(StoreUnavailable):
    """The database is damaged ({why}), so nothing was accepted; restore it from a backup."""


class StoreNotOpened(StoreUnavailable):
    """The database {where} can't be opened ({why}); {mend}."""


class SchemaMismatch(DispatchError):
    """The database schema is {found} and this version needs {needed}; {mend}."""

    kind = ErrorKind.UNAVAILABLE


class NoDatabase(DispatchError):
    """There is no database {file} yet; `dispatch serve` makes it."""

    kind = ErrorKind.MISSING


class StoreInUse(DispatchError):
    """The database in {home} is in use by process {owner}; stop it or set another DISPATCH_HOME."""

    kind = ErrorKind.UNAVAILABLE


class AttachmentUnavailable(DispatchError):
    """The file {name} could not be fetched ({why}); attach it again and retry."""

    kind = ErrorKind.UNAVAILABLE


class NoRoom(DispatchError):
    """This server can't keep or read files now ({why}); mend that there, then try again."""

    kind = ErrorKind.UNAVAILABLE


class ArtifactTooLarge(DispatchError):
    """{name} is larger than {limit} bytes and was left out."""
