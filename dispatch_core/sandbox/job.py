"""What to run in the sandbox, and how it ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Language(StrEnum):
    """The languages that the sandbox speaks."""

    PYTHON = "python"
    BASH = "bash"


@dataclass(frozen=True, slots=True)
class Job:
    """One program. attached maps a plain file name in the working folder to a file to copy there.

    fonts is matplotlib's list of fonts: the file's name and its bytes, or nothing.
    """

    language: Language
    code: str
    attached: Mapping[str, Path] = field(default_factory=dict)
    fonts: tuple[str, bytes] | None = None


class Ending(StrEnum):
    """Why the program is no longer there."""

    EXITED = "exited"
    TIMED_OUT = "timed_out"
    OVER_LIMIT = "over_limit"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class LeftFile:
    """A file that the program left: a safe name, and the copy of it on this machine."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a program ended.

    exit_code is None unless it exited by itself (128 + n: ended by signal n). notes are sentences
    for the person: the limit that was broken, files that were left out.
    """

    ending: Ending
    exit_code: int | None
    seconds: float
    output: str
    truncated: bool
    files: tuple[LeftFile, ...] = ()
    notes: tuple[str, ...] = ()
