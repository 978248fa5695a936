"""Troubles that can be switched on, from the page and from tests."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.local_workspace.json_text import Json
from bot.local_workspace.refusal import Refusal


@dataclass(frozen=True)
class Fault:
    """One trouble: its id, its name on the page, and what it does. A one-shot is never `on`."""

    id: str
    label: str
    description: str
    one_shot: bool = False


FAULTS = (
    Fault("rate_limit", "Rate limited", "Every Web API call is answered 429, Retry-After 1."),
    Fault("server_error", "Server error", "Every Web API call is answered 500 and does nothing."),
    Fault("slow", "Slow answers", "Every Web API call is answered four seconds late."),
    Fault("lost_answer", "Lost answers", "Calls do their work; the answer never arrives."),
    Fault("disconnect", "Disconnect", "Drops the app's sockets, once, now.", one_shot=True),
    Fault("duplicates", "Duplicates", "Each event is delivered three times."),
    Fault("refuse_upload", "Refuse uploads", "The workspace takes no files from the app."),
)


class Faults:
    """Which faults are on. `on_change` is called with the id of each one that is switched."""

    def __init__(self, on_change: Callable[[str], None]) -> None:
        self._on: set[str] = set()
        self._on_change = on_change

    def on(self, fault_id: str) -> bool:
        return fault_id in self._on

    def set(self, fault_id: str, on: bool = True) -> None:
        """Switch a fault on or off; a one-shot happens now and stays off."""
        fault = next((one for one in FAULTS if one.id == fault_id), None)
        if fault is None:
            raise Refusal("unknown_fault")
        if on and not fault.one_shot:
            self._on.add(fault_id)
        else:
            self._on.discard(fault_id)
        if on or not fault.one_shot:
            self._on_change(fault_id)

    def clear(self) -> None:
        for fault_id in list(self._on):
            self.set(fault_id, False)

    def listed(self) -> list[Json]:
        """Every fault, as the page shows it."""
        return [
            {
                "id": one.id,
                "label": one.label,
                "description": one.description,
                "on": self.on(one.id),
            }
            for one in FAULTS
        ]
