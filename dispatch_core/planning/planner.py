"""The seam of planners: given a run and its journal, the next step or the end."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from dispatch_core.abilities import ToolName
from dispatch_core.lifecycle import EndReason
from dispatch_core.work import RunWork


@dataclass(frozen=True, slots=True)
class NextStep:
    """Call this tool with exactly these arguments.

    activity says it in a few words for the card; nothing, where it takes but a moment.
    """

    tool: ToolName
    arguments: Mapping[str, Any]
    activity: str


@dataclass(frozen=True, slots=True)
class Finish:
    """End the run; answer is Markdown for the person."""

    reason: EndReason
    answer: str


class Planner(Protocol):
    """Chooses what a run does next; keeps nothing between calls, the journal is its memory.

    replans says that it may have another idea where a person rejected its step: it is then asked
    again, and finds the reason in the step's result. The runs of the others end there at once.
    """

    replans: bool = False

    async def next(self, work: RunWork) -> NextStep | Finish:
        """The next step or the end; may be called again for the same state after a crash."""

    def at_once(self, work: RunWork) -> NextStep | Finish | None:
        """The same from a planner that need not wait, and None from any other.

        It is asked in the middle of a transaction, on another thread, so it only thinks.
        """
        return None
