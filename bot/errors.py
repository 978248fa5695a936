"""What the bot itself refuses, beside what the core refuses; the docstring is the sentence."""

from dispatch_core.errors import DispatchError, ErrorKind


class NotWelcome(DispatchError):
    """I work for full members of this workspace only, and {why}; ask a colleague who is one."""

    kind = ErrorKind.FORBIDDEN


class SlackUnavailable(DispatchError):
    """Slack did not tell me {what} ({why}), so nothing was done; try again in a moment."""

    kind = ErrorKind.UNAVAILABLE


class SignInRefused(DispatchError):
    """Slack refused {name} ({why}); copy the token anew from your app's settings page."""

    kind = ErrorKind.FORBIDDEN


class NotInChannel(DispatchError):
    """I am not in this channel ({why}); invite me with /invite, then try again."""

    kind = ErrorKind.FORBIDDEN


class PostUnconfirmed(DispatchError):
    """Slack did not confirm my post ({why}); look whether it is there before you try again."""

    kind = ErrorKind.CONFLICT


class PortInUse(DispatchError):
    """Port {port} is in use on this machine; choose another with --port."""

    kind = ErrorKind.CONFLICT


class Unreadable(DispatchError):
    """I can't read this request ({problem}), so nothing was done; open it anew and try again."""


class NothingHere(DispatchError):
    """There is nothing to {action} in this thread."""

    kind = ErrorKind.MISSING


class OnlyInThread(DispatchError):
    """Write `{word}` in the thread of the run that you mean."""
