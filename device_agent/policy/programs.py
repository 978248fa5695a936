"""Where this device finds the programs of a command, and whether their bytes can be trusted."""

import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dispatch_core.policy.commands.interpreters import family, look_into
from dispatch_core.policy.commands.programs import KNOWN
from dispatch_core.policy.commands.reading import Call, Concern, names
from dispatch_core.policy.commands.wrappers import look_through

# What the shell does by itself, whatever lies on the PATH. Others of its commands are a concern.
BUILT_IN = names(
    "echo printf pwd true false : cd type command builtin time test [ kill eval source . trap exec"
    " enable alias unalias set shopt hash complete compgen bind mapfile readarray read fc let"
    " export declare typeset local readonly unset pushd popd dirs umask ulimit history getopts"
    " disown suspend bg fg jobs wait exit return logout break continue shift times caller"
)


@dataclass(frozen=True)
class Found:
    """Where a call's program lies; path is None for the shell's own, and for what is not there.

    is_loose tells that others than the system's administrator can change its bytes.
    """

    path: Path | None
    concerns: tuple[Concern, ...] = ()
    is_loose: bool = False


@dataclass(frozen=True)
class Search:
    """Where programs are looked for: from a working folder, on a PATH, beside shared folders."""

    working_directory: Path
    environment: Mapping[str, str]
    shared: Sequence[Path]

    def find(self, call: Call) -> Found:
        """Where the program of a call lies, and what is of concern about that place."""
        written = call.words[0].text
        if call.by_shell and written in BUILT_IN:
            return Found(None)
        path, concerns = self._locate(written)
        if path is None:
            missing = Concern(f"There is no program {written} on this device.")
            return Found(None, (*concerns, missing))
        real = Path(os.path.realpath(path))
        concerns += _disguise(call, real)
        if any(map(self._is_at_hand, (path, real))):
            why = f"{written} lies in a shared folder ({real}), where its bytes can change."
            return Found(real, (*concerns, Concern(why, lasting=True)), is_loose=True)
        if not (_is_system(path.parent) and _is_system(real)):
            why = f"{written} ({real}) is no program of the system: its bytes can change."
            return Found(real, (*concerns, Concern(why, lasting=True)), is_loose=True)
        return Found(real, concerns)

    def _locate(self, written: str) -> tuple[Path | None, tuple[Concern, ...]]:
        if "/" in written:
            path = self.working_directory / written
            return (path if _is_program(path) else None), ()
        concerns: tuple[Concern, ...] = ()
        for entry in self.environment.get("PATH", "").split(os.pathsep):
            folder = self.working_directory / entry
            # Bytes that are put there later would be found before the program that is found now.
            if not concerns and (not Path(entry).is_absolute() or self._is_in_shared(folder)):
                why = f"The PATH has a folder ({entry or '.'}) in which new programs can appear."
                concerns = (Concern(why, lasting=True),)
            if _is_program(folder / written):
                return folder / written, concerns
        return None, concerns

    def _is_in_shared(self, path: Path) -> bool:
        return any(path.is_relative_to(folder) for folder in self.shared)

    def _is_at_hand(self, path: Path) -> bool:
        """Whether it lies where commands of before may have written."""
        return self._is_in_shared(path) or path.is_relative_to(self.working_directory)


def _is_program(path: Path) -> bool:
    try:
        return path.is_file() and os.access(path, os.X_OK)
    except OSError:
        return False


def _is_system(path: Path) -> bool:
    """Whether only root can change a file, or the names of the folders that lead to it."""
    try:
        return all(_is_roots(each.stat()) for each in (path, *path.parents))
    except OSError:
        return False


def _is_roots(info: os.stat_result) -> bool:
    return info.st_uid == 0 and not info.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _disguise(call: Call, real: Path) -> tuple[Concern, ...]:
    """A concern where the name says nothing of the program that lies behind it."""
    behind = real.name
    if family(behind) == family(call.name) or _is_known(call.name) or not _is_known(behind):
        return ()
    return (Concern(f"{call.name} is {behind} by another name."),)


def _is_known(name: str) -> bool:
    return bool(name in KNOWN or look_through(name, [name]) or look_into(name, ()) or name == "git")
