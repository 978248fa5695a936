"""The owner's policy: policy.toml in the device's home; what is missing is the safe default."""

import fnmatch
import tomllib
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from device_agent.errors import DamagedFile
from device_agent.policy import toml
from device_agent.settings import write_private

FILE_NAME = "policy.toml"
Words = Annotated[str, StringConstraints(pattern=r"\S")]
MEND = "mend it, or run `dispatch-device policy reset`"


class Area(StrEnum):
    """A kind of work that the owner sets a mode for."""

    READ_FILES = "read_files"
    WRITE_FILES = "write_files"
    SHELL = "shell"
    BROWSER = "browser"
    DESKTOP = "desktop"


class Mode(StrEnum):
    """What is said to work of an area, from the strictest to the widest.

    deny refuses it; ask asks each time; grants asks, and a lasting grant may be given; allow
    lets through what the area's rules allow (for the shell: the listed read-only commands inside
    the shared folders), and offers a grant for the rest.
    """

    DENY = "deny"
    ASK = "ask"
    GRANTS = "grants"
    ALLOW = "allow"


class Modes(BaseModel):
    """The mode of each area."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    read_files: Mode = Mode.ALLOW
    write_files: Mode = Mode.GRANTS
    shell: Mode = Mode.GRANTS
    browser: Mode = Mode.GRANTS
    desktop: Mode = Mode.GRANTS


class ShellRules(BaseModel):
    """What the owner says to single commands, each as words: `git log`, `rm`.

    allow names whole commands that are let through exactly as written. ask names commands known
    only to read that ask all the same. Both count in the mode allow only. deny names commands that
    are refused whatever else is said.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    allow: tuple[Words, ...] = ()
    ask: tuple[Words, ...] = ()
    deny: tuple[Words, ...] = ()


class SiteRules(BaseModel):
    """What the browser must not open, and what it may reach beside the public internet.

    deny names hosts, each of which covers the hosts below it, too. private names hosts of this
    computer or its network that the browser may reach, each with its port: `127.0.0.1:8000`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    deny: tuple[str, ...] = ()
    private: tuple[str, ...] = ()


class OwnerPolicy(BaseModel):
    """What the owner of this device says to the work that Dispatch wants to do here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    modes: Modes = Field(default_factory=Modes)
    shell: ShellRules = Field(default_factory=ShellRules)
    sites: SiteRules = Field(default_factory=SiteRules)

    @classmethod
    def load(cls, home: Path) -> "OwnerPolicy":
        """Read policy.toml; the defaults where there is none. Raises DamagedFile."""
        path = home / FILE_NAME
        try:
            return cls.model_validate(tomllib.loads(path.read_text("utf-8")))
        except FileNotFoundError:
            return cls()
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            raise DamagedFile(path=path, why=str(error), mend=MEND) from None
        except ValidationError as error:
            raise DamagedFile(path=path, why=_first_problem(error), mend=MEND) from None

    def save(self, home: Path) -> None:
        """Replace the file in one move; only the owner can read it."""
        text = toml.written(self.model_dump(mode="json", exclude_none=True))
        write_private(home / FILE_NAME, text.encode())

    def mode(self, area: Area) -> Mode:
        """The mode of an area."""
        return Mode(getattr(self.modes, area.value))

    def denial_of(self, argv: Sequence[str]) -> str | None:
        """The deny pattern that a command meets, or None."""
        return next((each for each in self.shell.deny if meets(argv, each)), None)

    def denies_site(self, host: str) -> bool:
        """Whether the browser must not open a host, or one above it."""
        labels = host.casefold().rstrip(".").split(".")
        above = {".".join(labels[i:]) for i in range(len(labels))}
        return any(site.casefold().strip(".") in above for site in self.sites.deny)


def meets(argv: Sequence[str], pattern: str) -> bool:
    """Whether a command is what a pattern names.

    The first word is the program's name, wherever it lies; the others must be among the arguments
    in this order, with whatever between them: `git push` means `git -C /x push -f`, too. `*` and
    `?` stand for any characters, as in names of files.
    """
    name, *rest = pattern.split()
    if not argv or not fnmatch.fnmatchcase(Path(argv[0]).name, name):
        return False
    left = iter(argv[1:])
    return all(any(fnmatch.fnmatchcase(word, wanted) for word in left) for wanted in rest)


def _first_problem(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg'][:1].lower()}{first['msg'][1:]}"
