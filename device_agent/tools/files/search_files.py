"""search_files: which files are called so, or say so; bounded in time, files, bytes and results."""

import fnmatch
import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from device_agent.folders import Folders
from device_agent.paths.tree import Found, Sort, walk_tree
from device_agent.tools.files.judging import Policy, closed_below, judge_reading, place_to_read
from device_agent.tools.files.shown_names import shown_name
from device_agent.tools.step import StepRoom, Stop, denied, refused
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import Preparation, StepResult

MOST_RESULTS = 200
MOST_ENTRIES = 100_000
MOST_BYTES = 500 * 1024 * 1024
LARGEST_FILE = 5 * 1024 * 1024
MOST_SECONDS = 30.0
LONGEST_QUERY = 500
LINE_CHARS = 200
# As git and grep do it: a file is binary where a NUL stands near its start.
BINARY_HEAD = 8_000
# What tools make and keep; its contents are nobody's words. It is said that they are left out.
MADE = {".git", ".hg", ".svn", "node_modules", ".venv", "venv", "__pycache__", ".mypy_cache"}


class Kind(StrEnum):
    """What is searched: the names of files and folders, or the lines of files."""

    NAME = "name"
    CONTENT = "content"


@dataclass(frozen=True)
class SearchFiles:
    """Searches a folder and all below it, or one file's lines."""

    folders: Folders
    policy: Policy
    seconds: float = MOST_SECONDS

    def prepare(self, thread_id: str, arguments: Mapping[str, Any]) -> Preparation:
        """Nobody is asked for a shared folder, unless its owner wants it."""
        asked = _asked(arguments)
        if isinstance(asked, str):
            return denied(asked)
        return judge_reading(self.folders, self.policy, asked.path)

    def __call__(self, room: StepRoom, arguments: Mapping[str, Any]) -> StepResult:
        """A plain table of what was found, and in its last line what was looked at."""
        asked = _asked(arguments)
        if isinstance(asked, str):
            return refused(asked)
        started = time.monotonic()
        place = place_to_read(self.folders, self.policy, room.bound, asked.path)
        search = _Search(asked, room.stop, started + min(self.seconds, room.timeout_seconds))
        with self.folders.open_folder(asked.path, place) as top:
            is_closed = closed_below(self.folders, place, room.bound)
            with closing(walk_tree(top, is_closed)) as tree:
                search.run(tree)
        if room.stop.event.is_set():
            return StepResult(status=room.stop.status(), text="\n".join(search.lines))
        return StepResult(
            status=StepStatus.DONE,
            text="\n".join([*search.lines, search.summary()]),
            truncated=bool(search.cut),
            seconds=time.monotonic() - started,
        )


@dataclass(frozen=True)
class _Asked:
    query: str
    path: str
    kind: Kind


def _asked(arguments: Mapping[str, Any]) -> "_Asked | str":
    """What is searched for, or why that can't be."""
    query, path = arguments.get("query"), arguments.get("path")
    known = set(arguments) == {"query", "path", "kind"} and isinstance(path, str)
    if not known or arguments["kind"] not in set(Kind):
        return "This step does not say what to search for and where, so nothing was searched."
    if not isinstance(query, str) or not query.strip():
        return "This step names nothing to search for, so nothing was searched."
    if len(query) > LONGEST_QUERY:
        return f"Search for {LONGEST_QUERY} characters at most; nothing was searched."
    return _Asked(query, str(path), Kind(arguments["kind"]))


@dataclass
class _Search:
    """One search, up to its limits; cut says which of them it met."""

    asked: _Asked
    stop: Stop
    deadline: float
    lines: list[str] = field(default_factory=list)
    looked_at: int = 0
    bytes_read: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    cut: str = ""

    def run(self, tree: Iterator[Found]) -> None:
        """Look at one entry after the other."""
        by_name = self.asked.kind is Kind.NAME
        for entries, found in enumerate(tree, 1):
            if self._is_over(entries):
                return
            if not by_name and _is_made(found):
                if found.sort is Sort.FOLDER and found.name in MADE:
                    self.left_out["folder made by tools"] += 1
                continue
            if found.sort not in (Sort.FILE, Sort.FOLDER):
                self.left_out[found.sort.value] += 1
            if by_name:
                self._match_name(found)
            elif found.sort is Sort.FILE:
                self._read(found)

    def summary(self) -> str:
        """What was found, how much was looked at, what was left out, and whether it was cut."""
        what = "entries" if self.asked.kind is Kind.NAME else "files"
        parts = [f"{len(self.lines)} found; looked at {self.looked_at} {what}"]
        if self.left_out:
            told = ", ".join(f"{count} {sort}" for sort, count in sorted(self.left_out.items()))
            parts.append(f"left out: {told}")
        if self.cut:
            parts.append(f"stopped {self.cut}, so there may be more")
        return "; ".join(parts) + "."

    def _is_over(self, entries: int) -> bool:
        if len(self.lines) >= MOST_RESULTS:
            self.cut = f"after {MOST_RESULTS} results"
        elif entries > MOST_ENTRIES:
            self.cut = f"after {MOST_ENTRIES} entries"
        elif self.bytes_read > MOST_BYTES:
            self.cut = f"after {MOST_BYTES // 1024 // 1024} MB"
        elif time.monotonic() > self.deadline:
            self.cut = "when its time was over"
        return bool(self.cut) or self.stop.event.is_set()

    def _match_name(self, found: Found) -> None:
        self.looked_at += 1
        query, name = self.asked.query.casefold(), found.name.casefold()
        is_pattern = any(char in query for char in "*?[")
        if fnmatch.fnmatchcase(name, query) if is_pattern else query in name:
            mark = {Sort.FOLDER: "/", Sort.SYMLINK: "@"}.get(found.sort, "")
            self.lines.append(shown_name(found.path) + mark)

    def _read(self, found: Found) -> None:
        if found.info.st_size > LARGEST_FILE:
            self.left_out["too large"] += 1
            return
        try:
            with found.open() as handle, os.fdopen(os.dup(handle), "rb") as file:
                content = file.read(LARGEST_FILE + 1)
        except OSError:
            self.left_out["unreadable"] += 1
            return
        self.bytes_read += len(content)
        if b"\0" in content[:BINARY_HEAD]:
            self.left_out["binary"] += 1
            return
        self.looked_at += 1
        self._match_lines(found, content.decode("utf-8", "replace"))

    def _match_lines(self, found: Found, text: str) -> None:
        query = self.asked.query.casefold()
        if query not in text.casefold():
            return
        for number, line in enumerate(text.split("\n"), 1):
            if len(self.lines) >= MOST_RESULTS:
                return
            if query in line.casefold():
                self.lines.append(f"{shown_name(found.path)}:{number}: {_shortened(line, query)}")


def _is_made(found: Found) -> bool:
    return not MADE.isdisjoint(found.path.split("/"))


def _shortened(line: str, query: str) -> str:
    """The part of a line that holds what was found."""
    line = line.strip()
    if len(line) <= LINE_CHARS:
        return shown_name(line)
    start = max(0, line.casefold().find(query) - LINE_CHARS // 4)
    before = "…" if start else ""
    after = "…" if start + LINE_CHARS < len(line) else ""
    return before + shown_name(line[start : start + LINE_CHARS]) + after
