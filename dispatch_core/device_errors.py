"""Why a device is not paired, confirmed or heard: the docstring of a class is its message."""

from dispatch_core.errors import DispatchError, ErrorKind


class PairingRefused(DispatchError):
    """This pairing code is wrong, used or expired; ask for a new one with /devices pair."""

    kind = ErrorKind.FORBIDDEN


class TooManyPairings(DispatchError):
    """You have {count} pairing codes that nobody used yet; use one, or wait until it expires."""

    kind = ErrorKind.CONFLICT


class DeviceNameTaken(DispatchError):
    """You already have a device named {name}; choose another name."""

    kind = ErrorKind.CONFLICT


class BadDeviceName(DispatchError):
    """{name} can't be a device's name; use up to 40 letters, digits, dots and dashes."""


class ReportChanged(DispatchError):
    """{name} reports something else by now, so nothing was confirmed; look at it anew."""

    kind = ErrorKind.CONFLICT


class NothingToChoose(DispatchError):
    """This run waits for no device any more."""

    kind = ErrorKind.CONFLICT


class NothingToConfirm(DispatchError):
    """Nothing of {name} waits for you: what it may do stands confirmed."""

    kind = ErrorKind.CONFLICT


class BadSignature(DispatchError):
    """This request is not signed by a paired device ({why}); pair the device anew."""

    kind = ErrorKind.FORBIDDEN


class ClockSkew(DispatchError):
    """This device's clock is more than {limit} seconds off; set it right."""

    kind = ErrorKind.FORBIDDEN


class Replayed(DispatchError):
    """This request was seen before, so it was not done again."""

    kind = ErrorKind.CONFLICT


class TooManyAttempts(DispatchError):
    """There were too many pairing attempts from here; wait a minute and try again."""

    kind = ErrorKind.UNAVAILABLE
