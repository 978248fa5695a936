"""What was read in a command: its calls of programs, and what gives cause for concern."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum


class Expands(Enum):
    """What the shell would make of a word that looks literal."""

    NOTHING = "nothing"
    PATTERN = "pattern"  # *, ? and [ stand for the names of files
    HOME = "home"  # a leading ~


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a call: text is what the program gets, or the source where that is unknown."""

    text: str
    expands: Expands = Expands.NOTHING


@dataclass(frozen=True, slots=True)
class Concern:
    """Why a person should look: one sentence.

    lasting tells that a lasting grant for exactly this command may still be given.
    """

    sentence: str
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a program. by_shell: the shell itself starts it, so its own commands count.

    scripts are the words that name a file whose text the program would run.
    """

    words: tuple[Word, ...]
    by_shell: bool = True
    scripts: tuple[str, ...] = ()

    @property
    def argv(self) -> tuple[str, ...]:
        """The words as text."""
        return tuple(word.text for word in self.words)

    @property
    def name(self) -> str:
        """The program's name without its folder."""
        return base_name(self.words[0].text)

    @property
    def args(self) -> tuple[str, ...]:
        """The words after the name."""
        return self.argv[1:]

    def inner(self, start: int, *, by_shell: bool) -> "Call":
        """The call that this one wraps, from a word on."""
        return replace(self, words=self.words[start:], by_shell=by_shell)


@dataclass(frozen=True, slots=True)
class Reading:
    """A command as it was read.

    stages are the calls in their order, each with those that it wraps behind it (timeout, then
    ls); operators stand between them. mentioned is the argv of every call that was seen anywhere,
    in substitutions and inline programs, too. denial is why it is never done, whoever asks.
    """

    stages: tuple[tuple[Call, ...], ...]
    operators: tuple[str, ...]
    concerns: tuple[Concern, ...]
    mentioned: tuple[tuple[str, ...], ...]
    denial: str | None = None

    @property
    def is_plain(self) -> bool:
        """Whether it is plain words and nothing in it is known to hide a program."""
        return not self.concerns

    @property
    def may_last(self) -> bool:
        """Whether a lasting grant may cover it: one call or a pipe, with no grave concern."""
        pipe = bool(self.stages) and set(self.operators) <= {"|"}
        return pipe and all(concern.lasting for concern in self.concerns)


def base_name(path: str) -> str:
    """The last part of a path."""
    return path.rpartition("/")[2]


def names(words: str) -> frozenset[str]:
    """The words of a text, for a table of names."""
    return frozenset(words.split())


def once(concerns: Iterable[Concern]) -> tuple[Concern, ...]:
    """Each concern once, in the order of the first."""
    return tuple(dict.fromkeys(concerns))
