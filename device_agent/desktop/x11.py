"""An X11 desktop: everything that can be asked of one."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

from device_agent.desktop import acting, looking
from device_agent.desktop.asked import Action, ListWindows, Read, Screenshot, Tree
from device_agent.desktop.elements import Elements
from device_agent.policy.owner import OwnerPolicy
from device_agent.tools.step import StepRoom
from dispatch_core.protocol import Preparation, StepResult


@dataclass(frozen=True)
class X11Seat:
    """spool is a private folder for pictures."""

    spool: Path
    _elements: Elements = field(default_factory=Elements, init=False)
    _lent: set[int] = field(default_factory=set, init=False)

    def prepare(self, policy: OwnerPolicy, thread_id: str, action: Action) -> Preparation:
        """Which window or element it is about, now."""
        if isinstance(action, Screenshot | ListWindows | Tree | Read):
            return looking.prepare(policy, self._elements, thread_id, action)
        return acting.prepare(policy, self._elements, thread_id, action)

    def do(self, room: StepRoom, action: Action, given_up: threading.Event) -> StepResult:
        """Look, or act on nothing but what was approved."""
        if isinstance(action, Screenshot | ListWindows | Tree | Read):
            return looking.do(room, self.spool, self._elements, action)
        return acting.do(room, self._elements, self._lent, action, given_up)
