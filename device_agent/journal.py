"""What the device did: each step before it starts and after its end, on disk before all else.

One JSON object a line, {step, event, at, result?}; event is started, ended or delivered. A line
that a crash tore is the last one, and is dropped: a torn `started` had no effect yet, a torn
`ended` leaves a step that was interrupted.
"""

import json
import os
import threading
import time
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from device_agent.errors import DamagedFile
from device_agent.settings import sync_folder, write_private
from dispatch_core.protocol import StepResult

# The core keeps a delivered result durably and never offers the step again; a month is ample.
KEPT_SECONDS = 30 * 86_400


class Event(StrEnum):
    """What a line tells of its step."""

    STARTED = "started"
    ENDED = "ended"
    DELIVERED = "delivered"


@dataclass(frozen=True, slots=True)
class Entry:
    """A step as the journal has it; result is None while it has no recorded end."""

    step_id: str
    at: float
    result: StepResult | None = None
    delivered: bool = False


class Journal:
    """Append-only and fsynced: once a verb returns, what it wrote survives a power cut."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._path = path
        self._entries: dict[str, Entry] = {}
        lines = self._read()
        for line in lines:
            self._apply(line)
        self._rewrite([line for line in lines if line["step"] in self._entries])
        self._file = path.open("ab")

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def find(self, step_id: str) -> Entry | None:
        """What is known of a step; None where it never started here."""
        with self._lock:
            return self._entries.get(step_id)

    def undelivered(self) -> list[Entry]:
        """The steps that started and whose end the core has not taken yet, oldest first."""
        with self._lock:
            return [entry for entry in self._entries.values() if not entry.delivered]

    def start(self, step_id: str) -> None:
        """Note that a step is about to have its effect."""
        self._append({"step": step_id, "event": Event.STARTED})

    def end(self, step_id: str, result: StepResult) -> None:
        """Note how it ended."""
        line = {"step": step_id, "event": Event.ENDED, "result": result.model_dump(mode="json")}
        self._append(line)

    def deliver(self, step_id: str) -> None:
        """Note that the core has taken the end."""
        self._append({"step": step_id, "event": Event.DELIVERED})

    def _append(self, line: dict[str, Any]) -> None:
        line["at"] = time.time()
        with self._lock:
            self._file.write(json.dumps(line).encode() + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())
            self._apply(line)

    def _apply(self, line: dict[str, Any]) -> None:
        step_id = line["step"]
        entry = self._entries.get(step_id) or Entry(step_id, line["at"])
        if line["event"] == Event.ENDED:
            entry = replace(entry, result=StepResult.model_validate(line["result"]))
        elif line["event"] == Event.DELIVERED:
            entry = replace(entry, delivered=True)
        self._entries[step_id] = entry

    def _read(self) -> list[dict[str, Any]]:
        raw = self._path.read_bytes().split(b"\n") if self._path.exists() else [b""]
        lines = []
        for line in raw[:-1]:  # what follows the last newline is torn, or empty
            try:
                lines.append(json.loads(line))
            except ValueError:
                # Guessing here could repeat a command, so a person has to look.
                mend = "move it away if no command of this device is open"
                raise DamagedFile(path=self._path, why="a line is damaged", mend=mend) from None
        return lines

    def _rewrite(self, lines: list[dict[str, Any]]) -> None:
        """Drop a torn end and what was delivered long ago."""
        oldest = time.time() - KEPT_SECONDS
        for entry in list(self._entries.values()):
            if entry.delivered and entry.at < oldest:
                del self._entries[entry.step_id]
        kept = [json.dumps(line) + "\n" for line in lines if line["step"] in self._entries]
        write_private(self._path, "".join(kept).encode())
        sync_folder(self._path.parent)
