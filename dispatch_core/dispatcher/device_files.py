"""What a device may take from a thread: the attached file that its step names, and no other."""

import unicodedata
from pathlib import Path

from dispatch_core.abilities import ToolName
from dispatch_core.dispatcher.attached_files import AttachedFiles
from dispatch_core.dispatcher.core_files import safe_name
from dispatch_core.dispatcher.device_desk import working_on
from dispatch_core.errors import NotFound
from dispatch_core.records import attached, runs, steps
from dispatch_core.records.attached import Attached
from dispatch_core.records.transaction import Transaction


class DeviceFiles(AttachedFiles):
    """The verb by which a device takes an attached file."""

    async def attached_file(self, device_id: str, step_id: str, name: str) -> Path:
        """Where the bytes are of the file that this step of the device is to save.

        It must have been there before the step was asked for: what is attached under the same name
        while a person thinks is another file. Raises LostClaim, NotFound, AttachmentUnavailable.
        """

        def find(tx: Transaction) -> Attached:
            run = working_on(tx, device_id, step_id, runs.get)
            step = steps.get(tx, step_id)
            if step.tool != ToolName.RECEIVE_FILE or step.arguments.get("name") != name:
                raise NotFound(what="file for this step named", name=name)
            return _named(attached.brought_before(tx, run.thread_id, step_id), name)

        found = await self.store.read(find)
        return await self.bytes_of(found.id, found.file, found.sha256)


def _named(files: list[Attached], name: str) -> Attached:
    """The newest file of this name; case counts only where it makes a difference."""
    for same in (_exactly, _loosely):
        for file in files:
            if same(safe_name(file.file.name)) == same(name):
                return file
    raise NotFound(what="file in this thread named", name=name)


def _exactly(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _loosely(name: str) -> str:
    return _exactly(name).casefold()
