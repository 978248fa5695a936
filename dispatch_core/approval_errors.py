"""Why an approval is not decided, granted or edited: the docstring of a class is its message."""

from dispatch_core.errors import DispatchError, ErrorKind


class MayNotDecide(DispatchError):
    """You may not decide this request; {who} may."""

    kind = ErrorKind.FORBIDDEN


class OwnRequest(DispatchError):
    """You asked for this or edited it, and nobody decides their own request here; {who} may."""

    kind = ErrorKind.FORBIDDEN


class AlreadyVoted(DispatchError):
    """You approved this already; {missing} more must approve it before it is done."""

    kind = ErrorKind.CONFLICT


class NotGrantable(DispatchError):
    """This can be approved for this once only: nothing says what more would be covered."""

    kind = ErrorKind.CONFLICT


class BadGrantEnd(DispatchError):
    """A lasting approval ends after today and within a year; choose another day."""


class NotEditable(DispatchError):
    """This request can't be edited here; reject it with a reason instead."""

    kind = ErrorKind.CONFLICT


class BadEdit(DispatchError):
    """{problem}, so nothing was changed."""


class AlreadyDecided(DispatchError):
    """This request was already {status} by {by}."""

    kind = ErrorKind.CONFLICT


class ApprovalClosed(DispatchError):
    """This request {status} before you decided, so nothing was changed."""

    kind = ErrorKind.CONFLICT
