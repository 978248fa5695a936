"""The audit trail as lines, each bound to the one before by SHA-256; knows no database.

A line is `{seq, at, kind, person, subjects, facts, previous, hash}`. hash is over the canonical
JSON of the rest, so that no line can be changed, dropped, put in or moved without breaking it.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dispatch_core.errors import DispatchError, ErrorKind

BEGINNING = "0" * 64
"""What the first line names as the one before it."""
FIELDS = frozenset({"seq", "at", "kind", "person", "subjects", "facts", "previous", "hash"})


class AuditKind(StrEnum):
    """What a line tells of."""

    ASKED = "asked"
    VOTED = "voted"
    APPROVED = "approved"
    REJECTED = "rejected"
    EDITED = "edited"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    GRANT_GIVEN = "grant given"
    GRANT_USED = "grant used"
    GRANT_REVOKED = "grant revoked"
    DEVICE_PAIRED = "device paired"
    DEVICE_REPORTED_MORE = "device reported more"
    DEVICE_CONFIRMED = "device confirmed"
    DEVICE_REMOVED = "device removed"
    STEP_INPUT = "step input"


class BrokenTrail(DispatchError):
    """{where}: {problem}."""

    kind = ErrorKind.CONFLICT


@dataclass(frozen=True, slots=True)
class Head:
    """The trail's end: how many lines it has, and the last one's hash."""

    seq: int = 0
    hash: str = BEGINNING


@dataclass(frozen=True, slots=True)
class Verified:
    """An unbroken stretch of the trail; first is 0 where it is empty."""

    first: int
    last: Head

    @property
    def words(self) -> str:
        """What was found, in a sentence, and what it leaves open."""
        if not self.first:
            return f"There are no lines after line {self.last.seq} of the trail, so none is broken."
        lines = f"Lines {self.first} to {self.last.seq} are unbroken"
        earlier = "" if self.first == 1 else "; what came before them is not in it"
        return f"{lines}{earlier}. The last hash is {self.last.hash}."


def digest(line: Mapping[str, Any]) -> str:
    """The SHA-256, in hex, over a line without its own hash."""
    rest = {name: value for name, value in line.items() if name != "hash"}
    return hashlib.sha256(canonical(rest).encode()).hexdigest()


def canonical(value: Mapping[str, Any]) -> str:
    """JSON that is the same for the same value: sorted keys, no spaces, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def follow(lines: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterator[tuple[str, Head]]:
    """Check that each line fits its hash and follows the one before; yields how far it is right.

    Each comes with the name of its place. The first may stand anywhere in the trail, unless it says
    that it is the first. Raises BrokenTrail at the first that does not fit.
    """
    head: Head | None = None
    for where, line in lines:
        if set(line) != FIELDS:
            raise BrokenTrail(where=where, problem="it is no line of an audit trail")
        if line["hash"] != digest(line):
            raise BrokenTrail(where=where, problem="what it says was changed: its hash is another")
        before = head or (Head() if line["seq"] == 1 else Head(line["seq"] - 1, line["previous"]))
        if (line["seq"], line["previous"]) != (before.seq + 1, before.hash):
            problem = (
                f"it is line {line['seq']} of the trail and does not follow line {before.seq}; "
                "lines were left out, put in or moved"
            )
            raise BrokenTrail(where=where, problem=problem)
        head = Head(line["seq"], line["hash"])
        yield where, head


def verify_export(texts: Iterable[str]) -> Verified:
    """Check an export, which ends in a line that names the trail's end; raises BrokenTrail."""
    export, first, last, place = _Export(texts), 0, Head(), "the beginning"
    for where, head in follow(export.lines()):
        first, last, place = first or head.seq, head, where
    if export.end is None:
        problem = "the export stops here without its last line, so its end was cut off"
        raise BrokenTrail(where=f"after {place}", problem=problem)
    if first and export.end != last:
        problem = f"the export ends at line {last.seq} of the trail and not at {export.end.seq}"
        raise BrokenTrail(where=f"after {place}", problem=problem)
    return Verified(first, export.end)


def end_line(head: Head) -> str:
    """The last line of an export."""
    return canonical({"end": {"seq": head.seq, "hash": head.hash}})


def _parsed(texts: Iterable[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, text in enumerate(texts, start=1):
        if not text.strip():
            continue
        try:
            line = json.loads(text)
        except ValueError:
            line = None
        if not isinstance(line, dict):
            raise BrokenTrail(where=f"line {number}", problem="it is no JSON object")
        yield f"line {number}", line


class _Export:
    """The lines of an export; end is known once they are read."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = texts
        self.end: Head | None = None

    def lines(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Those of the trail, each with the name of its place; raises BrokenTrail."""
        for where, line in _parsed(self._texts):
            if self.end is not None:
                raise BrokenTrail(where=where, problem="it stands after the export's last line")
            if set(line) == {"end"}:
                self.end = _end(where, line["end"])
            else:
                yield where, line


def _end(where: str, named: Any) -> Head:
    try:
        return Head(**named)
    except TypeError:
        raise BrokenTrail(where=where, problem="it names no end of a trail") from None
