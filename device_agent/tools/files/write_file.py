"""write_file: a new file, or one replaced as it was approved."""

import io
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

from device_agent.errors import ChangedMeanwhile
from device_agent.folders import Folders
from device_agent.paths.replacing import KEPT_BYTES, Present, put
from device_agent.tools.files.diff import preview_of
from device_agent.tools.files.judging import Policy, judge_writing, look_at_target
from device_agent.tools.step import StepRoom, denied, refused
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import Drift, Preparation, StepResult
from dispatch_core.redaction import make_visible
from dispatch_core.sizes import size_words

MAX_WRITE_BYTES = 1024 * 1024
NOTHING_SAID = "This step does not say what to write and where, so nothing was written."
TOO_LONG = f"At most {size_words(MAX_WRITE_BYTES)} can be written at once; nothing was written."
UNSEEN = "the new text has characters that can't be seen or that change its direction."
NOT_WHOLE = "the change can't be shown whole; look at the request itself."


@dataclass(frozen=True)
class WriteFile:
    """Writes a text; what it replaces is what was there when it was approved, or nothing is."""

    folders: Folders
    policy: Policy

    def prepare(self, thread_id: str, arguments: Mapping[str, Any]) -> Preparation:
        """A diff for whoever decides; the present bytes are bound."""
        asked = _asked(arguments)
        if isinstance(asked, str):
            return denied(asked)
        path, content = asked
        target = look_at_target(self.folders, path)
        old = _old(target.present)
        preview, whole = preview_of(str(target.path), old, content.encode())
        warnings = [] if whole else [NOT_WHOLE]
        if make_visible(content.replace("\r\n", "\n")) != content.replace("\r\n", "\n"):
            warnings.append(UNSEEN)
        return judge_writing(self.policy, target, preview, warnings)

    def __call__(self, room: StepRoom, arguments: Mapping[str, Any]) -> StepResult:
        """Write it in one move."""
        asked = _asked(arguments)
        if isinstance(asked, str):
            return refused(asked)
        path, content = asked
        started, new = time.monotonic(), content.encode()
        return written(self.folders, room, path, io.BytesIO(new), len(new), started)


def _old(present: Present) -> bytes | None:
    """What is there now; bytes that are no text stand for what is too long to compare."""
    if present.info is None:
        return None
    return b"\0" if present.info.st_size > KEPT_BYTES else present.head


def written(
    folders: Folders, room: StepRoom, path: str, source: IO[bytes], size: int, began: float
) -> StepResult:
    """Put bytes in place as they were approved, and say so; a drift where that is not so."""
    target = look_at_target(folders, path)
    approved = room.bound.files.get(str(target.path), "")
    try:
        with folders.open_parent(target.place, path) as parent:
            put(parent, target.place.inside.name, source, approved, path)
    except ChangedMeanwhile as changed:
        return StepResult(status=StepStatus.REFUSED, text=str(changed), drift=Drift.FILES)
    did = "Made" if target.present.info is None else "Replaced"
    return StepResult(
        status=StepStatus.DONE,
        text=f"{did} {target.path} ({size_words(size)}).",
        seconds=time.monotonic() - began,
    )


def _asked(arguments: Mapping[str, Any]) -> tuple[str, str] | str:
    """The path and the text, or why nothing can be written."""
    path, content = arguments.get("path"), arguments.get("content")
    if set(arguments) != {"path", "content"} or not isinstance(path, str):
        return NOTHING_SAID
    if not isinstance(content, str):
        return NOTHING_SAID
    try:
        return TOO_LONG if len(content.encode()) > MAX_WRITE_BYTES else (path, content)
    except UnicodeEncodeError:
        return "This text has half a character in it, so nothing was written."
