"""Which entry of a channel is shown next: approvals first, ends before progress."""

from collections.abc import Iterable

from bot.announcer.pace import Kind
from dispatch_core.views import DISPATCH, EntryKind, MessageView, RunView, ThreadEntry

APPROVAL, ORDINARY, PROGRESS = URGENCIES = range(3)


def from_person(entry: ThreadEntry) -> bool:
    """Whether the entry is a person's own message, which is in Slack already."""
    return isinstance(entry.body, MessageView) and entry.body.author != DISPATCH


def kind_of(entry: ThreadEntry, posted: bool) -> Kind:
    """What showing this entry costs; posted tells whether it has its message already."""
    if from_person(entry):
        return Kind.FREE
    if not posted:
        return Kind.POST
    if isinstance(entry.body, RunView) and entry.body.active:
        return Kind.PROGRESS
    return Kind.FREE if entry.kind is EntryKind.ARTIFACT else Kind.EDIT


def in_order(waiting: Iterable[tuple[ThreadEntry, Kind]]) -> list[tuple[ThreadEntry, Kind]]:
    """The entries that may be shown now, the most urgent first.

    In each thread only the first of the unposted entries is among them, and it is as urgent as
    the most urgent one that waits behind it.
    """
    entries = list(waiting)
    heads: dict[str, ThreadEntry] = {}
    urgency: dict[str, int] = {}
    for entry, kind in entries:
        if kind is Kind.POST:
            thread = entry.thread_key
            first = heads.setdefault(thread, entry)
            heads[thread] = min(first, entry, key=lambda one: one.position)
            urgency[thread] = min(urgency.get(thread, PROGRESS), urgency_of(entry, kind))

    def rank(item: tuple[ThreadEntry, Kind]) -> tuple[int, str]:
        entry, kind = item
        own = urgency_of(entry, kind)
        return (urgency[entry.thread_key] if kind is Kind.POST else own, entry.id)

    free = (item for item in entries if item[1] is not Kind.POST)
    first_posts = (item for item in entries if heads.get(item[0].thread_key) is item[0])
    return sorted([*free, *first_posts], key=rank)


def urgency_of(entry: ThreadEntry, kind: Kind) -> int:
    """How soon this entry is to be shown: one of URGENCIES, the most urgent first."""
    if entry.kind is EntryKind.APPROVAL:
        return APPROVAL
    return PROGRESS if kind is Kind.PROGRESS else ORDINARY
