"""Where the words of a command lead: inside the shared folders, outside, or to what is closed."""

import fnmatch
import itertools
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from device_agent.folders import Folders
from dispatch_core.errors import DispatchError
from dispatch_core.policy.commands.forbidden import deleted_folders
from dispatch_core.policy.commands.reading import Expands, Word

CLOSED = "It names the companion's own folder, which stays closed to everybody."
DELETES = "It deletes {what} whole; that is never done by Dispatch."
# More files than these a pattern is not followed to.
MOST_MATCHES = 200
MOST_LOOKED_AT = 20_000
_PATTERN = re.compile(r"[*?\[]")
_HOME = re.compile(r"^(?:~|\$HOME|\$\{HOME\})(?=/|$)")


@dataclass(frozen=True)
class Operands:
    """The words of one command, seen from its working folder."""

    working_directory: Path
    folders: Folders
    environment: Mapping[str, str]

    def why_outside(self, word: Word) -> str | None:
        """Why a word is not surely a path inside the shared folders; None where it is."""
        if word.expands is Expands.PATTERN:
            return self._why_pattern_outside(word.text)
        text = self.expanded(word.text) if word.expands is Expands.HOME else word.text
        if word.text == "-":
            return "It reads what - stands for."
        return self._why_path_outside(text)

    def closed(self, commands: Sequence[tuple[str, ...]], text: str) -> str | None:
        """Why a command is refused: it reaches for the companion's home, or deletes all of one."""
        private = str(self.folders.private)
        # Many file systems take .Home for .home.
        if re.search(re.escape(private) + r"(?![\w.-])", self.expanded_in(text), re.IGNORECASE):
            return CLOSED
        words = dict.fromkeys(part for argv in commands for word in argv for part in _parts(word))
        if any(map(self._is_closed, words)):
            return CLOSED
        for word in (word for argv in commands for word in deleted_folders(argv)):
            if self._holds_home(self._real(word)):
                return DELETES.format(what=word)
        return None

    def expanded(self, text: str) -> str:
        """A word with what stands for the home folder at its start."""
        home = self.environment.get("HOME", "")
        return _HOME.sub(lambda _: home, text) if home else text

    def expanded_in(self, text: str) -> str:
        """A text with each spelling of the home folder written out."""
        home = self.environment.get("HOME", "")
        return re.sub(r"(?<![\w/])(?:~|\$HOME|\$\{HOME\})(?=/)", lambda _: home, text)

    def _why_path_outside(self, text: str) -> str | None:
        try:
            folder, inside = self.folders.resolve(str(self.working_directory / text))
        except DispatchError as error:
            return str(error)
        # What a command reads below a folder can't be told apart from the companion's own.
        whole = folder / inside
        if self.folders.private.is_relative_to(whole):
            return f"{text} holds the companion's own folder."
        return CLOSED if any(map(self._is_own, (whole, *whole.parents))) else None

    def _is_own(self, path: Path) -> bool:
        """Whether it is the companion's under another name: a hard link, or by other letters."""
        try:
            return self.folders.is_private(path.stat())
        except OSError:
            return False

    def _why_pattern_outside(self, pattern: str) -> str | None:
        if "[" in pattern:
            return f"{pattern} is a pattern that shells read in different ways."
        matches = self._matches(pattern)
        if len(matches) > MOST_MATCHES:
            return f"{pattern} stands for more files than are looked at."
        if any(match.startswith("-") for match in matches):
            return f"{pattern} stands for a name that begins with a dash."
        found = [*matches, pattern]
        return next(filter(None, map(self._why_path_outside, found)), None)

    def _matches(self, pattern: str) -> list[str]:
        """The names that a shell would put for a pattern, one more than the most at most."""
        found = ["/" if pattern.startswith("/") else ""]
        for part in filter(None, pattern.split("/")):
            deeper = (str(Path(each, name)) for each in found for name in self._names(each, part))
            found = list(itertools.islice(deeper, MOST_MATCHES + 1))
        return found

    def _names(self, below: str, part: str) -> Iterator[str]:
        folder = self.working_directory / below
        if not _PATTERN.search(part):
            if os.path.lexists(folder / part):
                yield part
            return
        try:
            with os.scandir(folder) as entries:
                names = [entry.name for entry in itertools.islice(entries, MOST_LOOKED_AT)]
        except OSError:
            return
        hidden = part.startswith(".")
        yield from (
            n for n in names if fnmatch.fnmatchcase(n, part) and n.startswith(".") <= hidden
        )

    def _is_closed(self, word: str) -> bool:
        text = self.expanded(word)
        path = os.path.normpath(self.working_directory / text)
        if _PATTERN.search(text):
            return _may_reach(path, self.folders.private)
        real, own = self._real(text), self.folders.private
        return Path(str(real).casefold()).is_relative_to(str(own).casefold())

    def _real(self, text: str) -> Path:
        try:
            return Path(os.path.realpath(self.working_directory / self.expanded(text)))
        except (OSError, ValueError):
            return Path(os.devnull)

    def _holds_home(self, path: Path) -> bool:
        home = Path(self.environment.get("HOME") or os.devnull)
        return home.is_relative_to(path) or self.folders.private.is_relative_to(path)


def _parts(word: str) -> Iterator[str]:
    """A word, and what it may bring behind an equals sign: --file=x, of=x."""
    yield word
    head, equals, value = word.partition("=")
    if equals and head:
        yield value


def _may_reach(pattern: str, private: Path) -> bool:
    """Whether a pattern can stand for the closed folder or for what is in it."""
    parts, own = pattern.split("/")[1:], private.parts[1:]
    if len(parts) < len(own):
        return False
    return all(map(_may_be, own, parts))


def _may_be(name: str, part: str) -> bool:
    # A leading dot is only met by a dot; what [ … ] means is left open.
    hidden = name.startswith(".") and not part.startswith((".", "["))
    return not hidden and ("[" in part or fnmatch.fnmatchcase(name, part))
