"""Every Web API call that came in, for tests and for type checks."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.local_workspace.json_text import Json, compact, decoded

PAYLOAD_LOG = "DISPATCH_PAYLOAD_LOG"
MOST_KEPT = 10_000


@dataclass(frozen=True)
class ApiCall:
    """One call: what was asked, the HTTP status, and the answer (None if none was sent)."""

    method: str
    params: Json
    status: int
    answer: Json | None
    at: float

    @property
    def ok(self) -> bool:
        return bool(self.answer and self.answer.get("ok"))


class Journal:
    """The calls, oldest first. Accepted ones are also appended to $DISPATCH_PAYLOAD_LOG."""

    def __init__(self) -> None:
        self._calls: list[ApiCall] = []
        log = os.environ.get(PAYLOAD_LOG)
        self._log = Path(log) if log else None

    def add(self, call: ApiCall) -> None:
        self._calls.append(call)
        del self._calls[:-MOST_KEPT]
        if self._log and call.ok:
            with self._log.open("a", encoding="utf-8") as file:
                file.write(compact({"method": call.method, "params": call.params}) + "\n")

    def to(self, method: str) -> list[ApiCall]:
        """The calls of one method."""
        return [call for call in self._calls if call.method == method]

    def clear(self) -> None:
        self._calls.clear()

    def __iter__(self) -> Iterator[ApiCall]:
        return iter(list(self._calls))

    def __len__(self) -> int:
        return len(self._calls)

    def __getitem__(self, index: int) -> ApiCall:
        return self._calls[index]


STRUCTURED = frozenset({"attachments", "blocks", "files", "metadata", "view"})
"""Arguments that are JSON in a string when they come in a form."""


def json_params(params: Json) -> Json:
    """The arguments as JSON, without the token, which no log may hold."""
    return {
        key: decoded(value) if key in STRUCTURED else value
        for key, value in params.items()
        if key != "token"
    }
