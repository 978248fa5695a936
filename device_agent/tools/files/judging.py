"""What the device says to reading or writing a path, before anything is read or written."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from device_agent.errors import BadPath, DeceptivePath, NotWritable, Unreadable
from device_agent.folders import Folders, Place
from device_agent.paths.replacing import Present, present_at
from device_agent.paths.tree import IsClosed
from device_agent.paths.written import deceptive, looks_like
from device_agent.policy.owner import Area, Mode, OwnerPolicy
from device_agent.tools.files.meaning import gives_access, holds_secrets, runs_by_itself
from device_agent.tools.step import denied
from dispatch_core.abilities import VerdictKind
from dispatch_core.errors import DispatchError
from dispatch_core.protocol import Bound, Grantable, Preparation

# Read anew for each step, so that an owner who turns something off has turned it off.
Policy = Callable[[], OwnerPolicy]

READS = "It only reads inside the folders that this device's owner opened."
SECRETS = "{path} is a place where keys or passwords are kept."
NO_READING = "This device's owner does not let Dispatch read files."
NO_WRITING = "This device's owner does not let Dispatch write files."
# A file that is only read is bound by its place: a log may grow while a person thinks.
ANY_BYTES = "any bytes"
LONGEST_SHOWN_PATH = 800


def judge_reading(folders: Folders, policy: Policy, path: str) -> Preparation:
    """The verdict on reading a path, or what lies below it; where it leads is bound with it."""
    mode = policy().mode(Area.READ_FILES)
    if mode is Mode.DENY:
        return denied(NO_READING)
    try:
        place = folders.place(path)
    except DispatchError:
        # Opening it says so, as it does for what is away only by then.
        return Preparation(verdict=VerdictKind.ALLOW, reasons=(READS,))
    secret = holds_secrets(place.whole)
    if mode is Mode.ALLOW and not secret:
        return Preparation(verdict=VerdictKind.ALLOW, reasons=(READS,))
    _check_showable(place)
    reasons = (SECRETS.format(path=place.whole),) if secret else (f"It reads {place.whole}.",)
    return Preparation(
        verdict=VerdictKind.ASK,
        reasons=reasons,
        bound=Bound(files={str(place.whole): ANY_BYTES}),
        grant=None if secret or mode is Mode.ASK else _reading_grant(place),
    )


def place_to_read(folders: Folders, policy: Policy, bound: Bound, path: str) -> Place:
    """Where a path leads now; to be opened as this place, so that it can't lead elsewhere after.

    Raises Unreadable where somebody should have been asked for it and was not.
    """
    place = folders.place(path)
    whole = place.whole
    asks = holds_secrets(whole) or policy().mode(Area.READ_FILES) is not Mode.ALLOW
    if asks and str(whole) not in bound.files:
        raise Unreadable(path=path, why="it is asked for, and nobody was asked for this")
    return place


def closed_below(folders: Folders, place: Place, bound: Bound) -> IsClosed:
    """What is not looked into while the folder at a place is walked.

    A secret below it is nobody's business, unless the folder itself was approved as one.
    """
    approved = holds_secrets(place.whole) and str(place.whole) in bound.files
    own_files = folders.closed.files()

    def is_closed(info: os.stat_result, below: str) -> bool:
        if folders.closed.holds(info, own_files):
            return True
        return not approved and holds_secrets(PurePath(below))

    return is_closed


def _reading_grant(place: Place) -> Grantable:
    return Grantable(
        key=f"read files in {place.folder}",
        words=f"read what lies in {place.folder}, but for keys and passwords",
    )


def _check_showable(place: Place) -> None:
    """Raise BadPath for one that no sentence of an approval could hold whole."""
    if len(str(place.whole)) > LONGEST_SHOWN_PATH:
        raise BadPath(path=f"{str(place.whole)[:80]}…", why="it is too long to be shown")


@dataclass(frozen=True)
class Target:
    """Where something is to be written: its place, and what is there now."""

    place: Place
    present: Present

    @property
    def path(self) -> Path:
        """The whole path."""
        return self.place.whole


def look_at_target(folders: Folders, path: str) -> Target:
    """Where a path would be written; raises DispatchError for what is never written."""
    place = folders.place_to_write(path)
    _check_showable(place)
    if why := deceptive(place.whole):
        raise DeceptivePath(path=path, why=why)
    if gives_access(place.whole):
        raise NotWritable(path=path, why="keys to sign in with lie there; do that by hand")
    with folders.open_parent(place, path) as parent:
        present = present_at(parent, place.inside.name, path)
        if present.info is None:
            _refuse_twins(parent, place.inside.name, path)
        elif folders.closed.holds(present.info):
            raise NotWritable(path=path, why="it is the companion's own")
    return Target(place, present)


def _refuse_twins(parent: int, name: str, path: str) -> None:
    """A new name must not look the same as one that is there: é is written in two ways."""
    wanted = looks_like(name)
    with os.scandir(parent) as entries:
        for entry in entries:
            if entry.name != name and looks_like(entry.name) == wanted:
                why = "another file there has a name that looks the same."
                raise DeceptivePath(path=path, why=why)


def judge_writing(
    policy: Policy, target: Target, preview: str, warnings: Sequence[str] = ()
) -> Preparation:
    """The verdict on writing a target, whose present bytes are bound; warnings come first."""
    mode = policy().mode(Area.WRITE_FILES)
    if mode is Mode.DENY:
        return denied(NO_WRITING)
    loud = (*_warnings(target), *warnings)
    verdict = VerdictKind.ALLOW if mode is Mode.ALLOW and not loud else VerdictKind.ASK
    does = "makes the new file" if target.present.info is None else "replaces"
    return Preparation(
        verdict=verdict,
        reasons=(*(f"Careful: {each}" for each in loud), f"It {does} {target.path}."),
        bound=Bound(files={str(target.path): target.present.sha256}),
        preview=preview,
        grant=None if loud or mode is Mode.ASK else _writing_grant(target),
    )


def _warnings(target: Target) -> list[str]:
    """What an approver must not overlook."""
    found = []
    if sentence := runs_by_itself(target.path, target.place.folder):
        found.append(sentence)
    if holds_secrets(target.path):
        found.append(SECRETS.format(path=target.path))
    info = target.present.info
    if info is not None and info.st_mode & 0o111:
        found.append(f"{target.path.name} is a program: whoever runs it runs what is written.")
    if info is not None and info.st_nlink > 1:
        found.append(
            f"{target.path.name} has {info.st_nlink} names (hard links); "
            "the others keep what is there now."
        )
    return found


def _writing_grant(target: Target) -> Grantable:
    folder = target.path.parent
    return Grantable(
        key=f"write files in {folder}",
        words=f"write ordinary files in {folder}, not in folders below it",
    )
