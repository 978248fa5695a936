"""What this device says to a shell command, before any of it runs."""

import json
import os
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from device_agent.folders import Folders
from device_agent.policy.hashes import sha256_of
from device_agent.policy.listed import NotListed, paths_of, rule_name
from device_agent.policy.operands import Operands
from device_agent.policy.owner import Area, Mode, OwnerPolicy
from device_agent.policy.programs import Found, Search
from device_agent.policy.repository import why_not
from dispatch_core.abilities import VerdictKind
from dispatch_core.policy.commands.analysis import analyse
from dispatch_core.policy.commands.programs import FOLLOWS
from dispatch_core.policy.commands.reading import Call, Concern, Expands, Reading, once
from dispatch_core.protocol import Bound, Grantable, Preparation, Program
from dispatch_core.redaction import make_visible

FORBIDDEN = "This device's owner does not let Dispatch run commands."
ASKS = "Every shell command asks a person first."
READS = "It only reads inside the shared folders, as this device's owner allows."
MOST_REASONS = 30
MOST_REASON_CHARACTERS = 1_000
MOST_PROGRAMS = 200
MOST_KEY_CHARACTERS = 4_000
MAKEFILES = ("GNUmakefile", "makefile", "Makefile")


def judge_command(
    command: str,
    *,
    working_directory: Path,
    folders: Folders,
    policy: OwnerPolicy,
    environment: Mapping[str, str],
) -> Preparation:
    """The device's verdict on a command that would start in this folder with these variables."""
    mode = policy.mode(Area.SHELL)
    if mode is Mode.DENY:
        return _refusal(FORBIDDEN)
    reading = analyse(command)
    operands = Operands(working_directory, folders, environment)
    look = _Look(reading, operands, policy, mode)
    if reason := _why_never(command, reading, policy, operands):
        look.gather()
        return _refusal(reason, look.programs())
    return look.preparation()


def _refusal(sentence: str, programs: tuple[Program, ...] = ()) -> Preparation:
    reasons = _told([sentence])
    return Preparation(verdict=VerdictKind.DENY, reasons=reasons, programs=programs)


def _told(sentences: Sequence[str]) -> tuple[str, ...]:
    """Reasons as they cross the wire: as many and as long as it takes, and no hidden letters."""
    return tuple(make_visible(each)[:MOST_REASON_CHARACTERS] for each in sentences[:MOST_REASONS])


def _why_never(
    command: str, reading: Reading, policy: OwnerPolicy, operands: Operands
) -> str | None:
    if reading.denial:
        return reading.denial
    for argv in reading.mentioned:
        if pattern := policy.denial_of(argv):
            return f"This device's owner denies commands of the kind `{pattern}`."
    return operands.closed(reading.mentioned, command)


@dataclass
class _Look:
    """One command, looked at on this device; what is found gathers in files and programs."""

    reading: Reading
    operands: Operands
    policy: OwnerPolicy
    mode: Mode
    files: dict[str, str] = field(default_factory=dict)
    found: list[tuple[Call, Found]] = field(default_factory=list)

    def preparation(self) -> Preparation:
        """The verdict, why, what it binds, and what a lasting grant would cover."""
        concerns = self.gather()
        refused = self._why_not_allowed(concerns) if self.mode is Mode.ALLOW else ASKS
        paths = {call.words[0].text: shown(found.path) for call, found in self.found if found.path}
        said = Preparation(
            verdict=VerdictKind.ALLOW,
            reasons=(READS,),
            programs=self.programs(),
            bound=Bound(files=self.files, programs=paths),
        )
        if refused is None:
            return said
        sentences = [concern.sentence for concern in concerns]
        if refused not in sentences and (self.mode is Mode.ALLOW or not sentences):
            sentences.append(refused)
        asks = {"reasons": _told(sentences), "grant": self._grant(concerns)}
        return said.model_copy(update={"verdict": VerdictKind.ASK} | asks)

    def gather(self) -> tuple[Concern, ...]:
        """Find the programs and the scripts, and tell all that is of concern."""
        return once([*self.reading.concerns, *self._concerns_here()])

    def programs(self) -> tuple[Program, ...]:
        """The programs that were found, each with its words."""
        return tuple(
            Program(
                name=call.words[0].text,
                path=found.path and shown(found.path),
                args=call.args,
            )
            for call, found in self.found[:MOST_PROGRAMS]
        )

    def _concerns_here(self) -> Iterator[Concern]:
        """What only this device can tell: where programs lie, and what scripts hold."""
        search = Search(
            self.operands.working_directory, self.operands.environment, self.operands.folders.shared
        )
        for call in (call for stage in self.reading.stages for call in stage):
            found = search.find(call)
            self.found.append((call, found))
            yield from found.concerns
            scripts = [*call.scripts, *self._makefiles(call)]
            if found.is_loose and found.path:
                scripts.append(str(found.path))
            for script in scripts:
                yield from self._bind(call, script)

    def _makefiles(self, call: Call) -> list[str]:
        if call.name not in ("make", "gmake"):
            return []
        there = [n for n in MAKEFILES if (self.operands.working_directory / n).exists()]
        return there[:1] or [MAKEFILES[-1]]

    def _bind(self, call: Call, script: str) -> Iterator[Concern]:
        path = os.path.realpath(self.operands.working_directory / self.operands.expanded(script))
        digest = sha256_of(Path(path))
        if digest is None:
            why = f"{call.name} would run {script}, which can't be read here to tell its bytes."
            yield Concern(why)
        else:
            self.files[shown(Path(path))] = digest

    def _why_not_allowed(self, concerns: tuple[Concern, ...]) -> str | None:
        """Why the owner's list does not let it through; None where it does."""
        stages = self.reading.stages
        if grave := next((concern for concern in concerns if not concern.lasting), None):
            return grave.sentence
        if len(stages) == 1 and self._is_allowed_as_written(stages[0][0]):
            return None
        # Where nothing follows, to change the folder is all that happens.
        alone = [FOLLOWS] if len(stages) == 1 and stages[0][0].name == "cd" else []
        if rest := [concern.sentence for concern in concerns if concern.sentence not in alone]:
            return rest[0]
        return next(filter(None, (self._why_not_listed(stage[-1]) for stage in stages)), None)

    def _is_allowed_as_written(self, call: Call) -> bool:
        return any(written_words(each) == call.argv for each in self.policy.shell.allow)

    def _why_not_listed(self, call: Call) -> str | None:
        if rule_name(call) in self.policy.shell.ask:
            return f"This device's owner wants to be asked for {rule_name(call)}."
        try:
            paths = list(paths_of(call))
        except NotListed as refusal:
            return str(refusal)
        outside = next(filter(None, map(self.operands.why_outside, paths)), None)
        if outside is None and call.name == "git":
            return self._why_not_git()
        return outside

    def _why_not_git(self) -> str | None:
        environment, folders = self.operands.environment, self.operands.folders
        # In a terminal git starts its owner's pager, and a pager starts what it is told.
        if "PAGER" in environment and "GIT_PAGER" not in environment:
            return "git may start a pager in a terminal, and that can start other programs."
        return why_not(self.operands.working_directory, lambda path: _is_in(path, folders))

    def _grant(self, concerns: tuple[Concern, ...]) -> Grantable | None:
        """What a lasting grant would cover: these programs with these words, in this folder."""
        may_last = self.reading.may_last and all(concern.lasting for concern in concerns)
        if not may_last or self.mode is Mode.ASK or self._has_pattern():
            return None
        folder = str(self.operands.working_directory)
        key = json.dumps(
            {
                "version": 1,
                "commands": [
                    [found.path and shown(found.path), *call.argv] for call, found in self.found
                ],
                "files": self.files,
                "folder": folder,
            },
            sort_keys=True,
            separators=(",", ":"),
        )
        if len(key) > MOST_KEY_CHARACTERS:
            return None
        command = " | ".join(shlex.join(stage[0].argv) for stage in self.reading.stages)
        bytes_too = ", as long as its script is unchanged" if self.files else ""
        words = f"exactly `{command}` in {folder}{bytes_too}"
        return Grantable(key=key, words=words) if len(words) <= MOST_REASON_CHARACTERS else None

    def _has_pattern(self) -> bool:
        """Whether its words stand for files that may be others tomorrow."""
        words = (word for stage in self.reading.stages for word in stage[0].words)
        return any(word.expands is Expands.PATTERN for word in words)


def shown(path: Path) -> str:
    """A path as it crosses the wire: a name that is no UTF-8 is spelled by its codes."""
    return make_visible(str(path))


def written_words(command: str) -> tuple[str, ...]:
    """The words of a command of the owner's list; none where its quotes are not closed."""
    try:
        return tuple(shlex.split(command))
    except ValueError:
        return ()


def _is_in(path: Path, folders: Folders) -> bool:
    real = Path(os.path.realpath(path))
    return any(real.is_relative_to(folder) for folder in folders.shared)
