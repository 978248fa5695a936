"""A world with a secret outside the shared folder, and every tool set on a path at once."""

import io
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from device_agent.folders import Folders
from device_agent.policy.owner import OwnerPolicy
from device_agent.tools.files.fetch import Fetch
from device_agent.tools.files.list_folder import ListFolder
from device_agent.tools.files.read_file import ReadFile
from device_agent.tools.files.receive_file import ReceiveFile
from device_agent.tools.files.search_files import SearchFiles
from device_agent.tools.files.write_file import WriteFile
from device_agent.tools.step import DeviceTool, StepRoom, Stop
from dispatch_core.abilities import VerdictKind
from dispatch_core.errors import DispatchError
from dispatch_core.lifecycle import StepStatus

SECRET = "s3cr3t"  # in the bytes of all that lies outside, and in a name that no path names
NAME, KEY = "diary.txt", "identity.key"
PLANTED = "planted"


@dataclass
class World:
    """shared/ is open; outside/, shared-too/ and shared/.companion (the private home) are not."""

    base: Path

    def __post_init__(self) -> None:
        for folder in (self.outside / "folder", self.shared / "sub", self.private):
            folder.mkdir(parents=True)
        (self.base / "shared-too").mkdir()
        (self.shared / "notes.txt").write_text("notes")
        (self.shared / "sub" / "deep.txt").write_text("deep")
        beyond = (self.outside, self.outside / "folder", self.base / "shared-too", self.private)
        for folder in beyond:
            for name in (NAME, KEY, "deep.txt", f"{SECRET}.txt"):
                (folder / name).write_text(f"the {SECRET} itself")

    @property
    def shared(self) -> Path:
        return self.base / "shared"

    @property
    def outside(self) -> Path:
        return self.base / "outside"

    @property
    def private(self) -> Path:
        return self.shared / ".companion"

    @cached_property
    def folders(self) -> Folders:
        return Folders([str(self.shared)], private=self.private)

    def beyond(self) -> dict[str, bytes]:
        """All that no tool may change."""
        roots = (self.outside, self.base / "shared-too", self.private)
        return {
            str(path): path.read_bytes() if path.is_file() else b""
            for root in roots
            for path in sorted(root.rglob("*"))
        }


@dataclass
class Loot:
    """What an attempt gave away: each tool's words and all bytes that it sent."""

    done: set[str] = field(default_factory=set)
    seen: list[str] = field(default_factory=list)

    def has_secret(self) -> bool:
        return any(SECRET in text for text in self.seen)


TOOLS = ("read", "list", "search", "find", "write", "fetch", "receive")


def attempt(world: World, path: str, tools: tuple[str, ...] = TOOLS) -> Loot:
    """Set each tool on a path; what it raises other than DispatchError is for the test to see."""
    loot = Loot()
    spool = world.base / "spool"
    spool.mkdir(exist_ok=True)
    for name in tools:
        tool, arguments = _tool(world.folders, spool, name, path)
        try:
            _use(tool, arguments, loot, name)
        except DispatchError as error:
            loot.seen.append(str(error))
    return loot


def _tool(folders: Folders, spool: Path, name: str, path: str) -> tuple[DeviceTool, dict[str, str]]:
    made: dict[str, Callable[[], tuple[DeviceTool, dict[str, str]]]] = {
        "read": lambda: (ReadFile(folders, OwnerPolicy, spool), {}),
        "list": lambda: (ListFolder(folders, OwnerPolicy), {}),
        "search": lambda: (
            SearchFiles(folders, OwnerPolicy),
            {"query": "the", "kind": "content"},
        ),
        "find": lambda: (SearchFiles(folders, OwnerPolicy), {"query": "*", "kind": "name"}),
        "write": lambda: (WriteFile(folders, OwnerPolicy), {"content": PLANTED}),
        "fetch": lambda: (Fetch(folders, OwnerPolicy, spool), {}),
        "receive": lambda: (ReceiveFile(folders, OwnerPolicy, spool), {"name": "gift.txt"}),
    }
    tool, more = made[name]()
    return tool, {"path": path, **more}


def _use(tool: DeviceTool, arguments: dict[str, Any], loot: Loot, name: str) -> None:
    prepared = tool.prepare("thread-1", arguments)
    loot.seen += [prepared.preview]
    if prepared.verdict is VerdictKind.DENY:
        return
    room = StepRoom(
        10,
        Stop(),
        lambda _text: None,
        lambda _name, file: loot.seen.append(_unpacked(file.read_bytes())),
        lambda _name, target: target.write_text(PLANTED) and None,
        bound=prepared.bound,
    )
    result = tool(room, arguments)
    loot.seen.append(result.text)
    if result.status is StepStatus.DONE:
        loot.done.add(name)


def _unpacked(data: bytes) -> str:
    """What an artifact holds, an archive's names and contents included."""
    if not data.startswith(b"PK"):
        return data.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [
            name + archive.read(name).decode("utf-8", "replace") for name in archive.namelist()
        ]
    return "\n".join(parts)


@contextmanager
def standing_in(folder: Path) -> Iterator[None]:
    """Work in a folder: what is relative to the process must not matter."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
