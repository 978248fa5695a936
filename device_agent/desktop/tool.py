"""The desktop tool: looks at the owner's desktop and acts on it, within the owner's mode."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from device_agent.desktop.asked import Action, understood
from device_agent.desktop.errors import DesktopSilent, NoDesktop, NotOnThisDesktop
from device_agent.desktop.patience import within
from device_agent.desktop.probe import has_x11, limits
from device_agent.policy.owner import OwnerPolicy
from device_agent.tools.step import StepRoom
from dispatch_core.protocol import Preparation, StepResult

PREPARE_SECONDS = 15.0
# On top of a step's own time: a last key, an upload's end.
SPARE_SECONDS = 5.0


class Seat(Protocol):
    """One kind of desktop, as far as it can be used."""

    def prepare(self, policy: OwnerPolicy, thread_id: str, action: Action) -> Preparation:
        """What would be looked at or acted on, in words."""

    def do(self, room: StepRoom, action: Action, given_up: threading.Event) -> StepResult:
        """Look or act, until the room's stop or given_up."""


@dataclass
class Desktop:
    """policy tells the owner's modes as they stand; spool is a private folder for pictures.

    The refs of a thread's last tree are kept here, so they end with the companion.
    """

    policy: Callable[[], OwnerPolicy]
    spool: Path
    _seat: Seat | None = field(default=None, init=False)

    def prepare(self, thread_id: str, arguments: Mapping[str, Any]) -> Preparation:
        """What would be looked at or acted on, by its window's title and program."""
        action, policy = _checked(arguments), self.policy()
        return within(PREPARE_SECONDS, lambda: self._seated().prepare(policy, thread_id, action))

    def __call__(self, room: StepRoom, arguments: Mapping[str, Any]) -> StepResult:
        """Look or act; ends with a sentence whatever befalls the display."""
        action, given_up = _checked(arguments), threading.Event()
        seconds = room.timeout_seconds + SPARE_SECONDS
        try:
            return within(
                seconds, lambda: self._seated().do(room, action, given_up), room.stop.event
            )
        except DesktopSilent:
            given_up.set()
            raise

    def _seated(self) -> Seat:
        if self._seat is None:
            self._seat = _make_seat(self.spool)
        return self._seat


def _checked(arguments: Mapping[str, Any]) -> Action:
    action = understood(dict(arguments))
    if why := limits().get(action.action):
        raise NotOnThisDesktop(action=action.action, why=why)
    return action


def _make_seat(spool: Path) -> Seat:
    """The desktop of this system; pynput looks for a display as soon as it is imported."""
    try:
        if has_x11():
            from device_agent.desktop.x11 import X11Seat  # noqa: PLC0415 (needs the extra)

            return X11Seat(spool)
        from device_agent.desktop.blind import BlindSeat  # noqa: PLC0415 (needs the extra)

        return BlindSeat(spool)
    except ImportError as error:
        raise NoDesktop(why=str(error).splitlines()[0]) from None
