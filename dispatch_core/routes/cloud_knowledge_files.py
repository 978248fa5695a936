"""A thread's own files for the cloud-knowledge route: which are read, and why others are not."""

import asyncio
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dispatch_core.errors import AttachmentUnavailable
from dispatch_core.knowledge.attached import is_text, read_attached, shown_name
from dispatch_core.knowledge.passages import Passage
from dispatch_core.knowledge.readers import NotText
from dispatch_core.routes.tool import StepContext
from dispatch_core.sandbox.workplace import workplace
from dispatch_core.views import AttachedFile

LARGEST_TEXT = 1_000_000
LARGEST_TOGETHER = 2_000_000
MOST_FETCHED = 20
MOST_NAMES = 5
NOT_TEXT = "of attached files only text is; attach what it says as a text file, or send code that "
NOT_TEXT += "reads it"
TOO_LARGE = "of attached texts I read up to 1 MB each, and of a thread's the newest 20 and 2 MB; "
TOO_LARGE += "attach the part that matters, or send code that reads it"


@dataclass(frozen=True, slots=True)
class Text:
    """An attached file that was read; own tells that it came with the question itself."""

    name: str
    passages: tuple[Passage, ...]
    own: bool


@dataclass(frozen=True, slots=True)
class Unread:
    """An attached file that was not read, and why."""

    name: str
    why: str
    own: bool


@dataclass(frozen=True, slots=True)
class ThreadFiles:
    """What a thread's files say, newest first."""

    texts: tuple[Text, ...] = ()
    unread: tuple[Unread, ...] = ()

    def meant_by(self, query: str) -> tuple[Text, ...]:
        """The files that a question names, else those that came with it."""
        named = tuple(text for text in self.texts if _naming(text.name).search(query))
        return named or tuple(text for text in self.texts if text.own)

    def warnings(self, query: str, *, every: bool = False) -> Iterator[str]:
        """Sentences on what was not read: of every file, or of those that the question means."""
        meant = [u for u in self.unread if every or u.own or _naming(u.name).search(query)]
        for why in dict.fromkeys(unread.why for unread in meant):
            names = listed([unread.name for unread in meant if unread.why == why])
            yield f"I have not read {names}: {why}."


def without_names(query: str, texts: Iterable[Text]) -> str:
    """A question without the names of these files in it."""
    for text in texts:
        query = _naming(text.name).sub(" ", query)
    return query


def _naming(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)`?{re.escape(name)}`?(?!\w)", re.IGNORECASE)


def listed(names: Sequence[str]) -> str:
    """Names in a sentence, the first few of many."""
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(f"`{name}`" for name in names[:MOST_NAMES]) + more


async def files_of(context: StepContext) -> ThreadFiles:
    """Read the thread's texts; nothing of them is kept."""
    if not context.work.files:
        return ThreadFiles()
    reading = _Reading(context, await context.asked_with())
    newest: dict[str, AttachedFile] = {}
    for file in reversed(context.work.files):
        newest.setdefault(file.name, file)
    order = sorted(newest.values(), key=lambda file: file.source not in reading.own)
    with workplace() as folder:
        for file in order:
            await reading.take(file, folder)
    return ThreadFiles(tuple(reading.texts), tuple(reading.unread))


@dataclass(slots=True)
class _Reading:
    context: StepContext
    own: frozenset[str]
    texts: list[Text] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    left: int = LARGEST_TOGETHER
    fetched: int = 0

    async def take(self, file: AttachedFile, folder: Path) -> None:
        """Read one file, or note why not."""
        why = self._refusal(file) or await self._read(file, folder)
        if why:
            self.unread.append(Unread(shown_name(file.name), why, file.source in self.own))

    def _refusal(self, file: AttachedFile) -> str:
        if not is_text(file.name, file.mime_type):
            return NOT_TEXT
        too_large = file.size_bytes > min(LARGEST_TEXT, self.left)
        return TOO_LARGE if too_large or self.fetched >= MOST_FETCHED else ""

    async def _read(self, file: AttachedFile, folder: Path) -> str:
        self.fetched += 1
        try:
            names = await self.context.files_into(folder, {file.source})
            passages = await asyncio.to_thread(self._passages, file.name, folder / names[-1])
        except NotText:
            return NOT_TEXT
        except (AttachmentUnavailable, OSError, IndexError):
            return "it could not be fetched; attach it again"
        if passages is None:
            return TOO_LARGE
        self.texts.append(Text(shown_name(file.name), passages, file.source in self.own))
        return ""

    def _passages(self, name: str, path: Path) -> tuple[Passage, ...] | None:
        """What a file says; None where it is larger than it was said to be."""
        size = path.stat().st_size
        if size > min(LARGEST_TEXT, self.left):
            return None
        self.left -= size
        return read_attached(name, path, LARGEST_TEXT)
