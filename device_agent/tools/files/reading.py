"""What the tools that read at one path share: the path of the order, the verdict, the place."""

import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from device_agent.folders import Folders, Place
from device_agent.tools.files.judging import Policy, judge_reading, place_to_read
from device_agent.tools.step import StepRoom, denied, only_text, refused
from dispatch_core.protocol import Preparation, StepResult


@dataclass(frozen=True)
class PathReader(ABC):
    """Reads what lies at the one path that an order names, and nowhere else."""

    folders: Folders
    policy: Policy
    NO_PATH: ClassVar[str]

    def prepare(self, thread_id: str, arguments: Mapping[str, Any]) -> Preparation:
        """Nobody is asked for what lies in a shared folder, unless its owner wants it."""
        path = only_text(arguments, "path")
        if path is None:
            return denied(self.NO_PATH)
        return judge_reading(self.folders, self.policy, path)

    def __call__(self, room: StepRoom, arguments: Mapping[str, Any]) -> StepResult:
        """Read at the place to which the path leads now; raises Unreadable, MissingPath, …"""
        path = only_text(arguments, "path")
        if path is None:
            return refused(self.NO_PATH)
        started = time.monotonic()
        place = place_to_read(self.folders, self.policy, room.bound, path)
        result = self.read(room, path, place)
        return result.model_copy(update={"seconds": time.monotonic() - started})

    @abstractmethod
    def read(self, room: StepRoom, path: str, place: Place) -> StepResult:
        """Read at a place that may be read; path is how the order calls it."""
