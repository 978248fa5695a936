"""Threads and their messages: what people and Dispatch say, in order, each entry once."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import String, bindparam, exists, insert, select, update

from dispatch_core.records.columns import new_id
from dispatch_core.records.rowset import Many, values_of
from dispatch_core.records.tables import ENTRIES, FILES, MESSAGES, THREADS
from dispatch_core.records.transaction import ENTRIES_CHANGED, Transaction
from dispatch_core.views import DISPATCH, AttachedFile, EntryKind


def find(tx: Transaction, key: str) -> str | None:
    """The id of the thread with this key."""
    found: str | None = tx.connection.scalar(_FIND, {"key": key})
    return found


_FIND = select(THREADS.c.id).where(THREADS.c.key == bindparam("key"))


def find_or_make(tx: Transaction, key: str) -> str:
    """The id of the thread with this key, made now where it is new."""
    if (found := find(tx, key)) is not None:
        return found
    thread_id = new_id()
    row = {"id": thread_id, "key": key, "next_position": 1, "created_at": tx.now}
    tx.connection.execute(insert(THREADS), row)
    return thread_id


def add_entry(
    tx: Transaction, thread_id: str, kind: EntryKind, subject_id: str, *, announced: bool = False
) -> None:
    """Put a new entry at the thread's end; announced tells that the front end shows it already."""
    position = tx.connection.scalars(_NEXT_PLACE, {"thread_id": thread_id}).one()
    row = {
        "id": new_id(),
        "thread_id": thread_id,
        "position": position - 1,
        "kind": kind,
        "subject_id": subject_id,
        "announced": int(announced),
    }
    tx.connection.execute(_INSERT_ENTRY, row)
    tx.signal(ENTRIES_CHANGED)


_NEXT_PLACE = (
    update(THREADS)
    .where(THREADS.c.id == bindparam("thread_id"))
    .values(next_position=THREADS.c.next_position + 1)
    .returning(THREADS.c.next_position)
)
_INSERT_ENTRY = insert(ENTRIES)


def knows_message(tx: Transaction, message_key: str) -> bool:
    """Whether this message was taken before."""
    return bool(tx.connection.scalar(_KNOWS, {"key": message_key}))


_KNOWS = select(exists().where(MESSAGES.c.message_key == bindparam("key")))


def add_request(
    tx: Transaction,
    *,
    thread_id: str,
    author: str,
    text: str,
    message_key: str,
    files: Iterable[AttachedFile],
) -> None:
    """Keep a person's message that becomes no run; the front end shows it already."""
    message_id = _insert_message(
        tx,
        thread_id=thread_id,
        author=author,
        text=text,
        message_key=message_key,
    )
    add_files(tx, thread_id, message_id, files)
    add_entry(tx, thread_id, EntryKind.MESSAGE, message_id, announced=True)


def add_files(
    tx: Transaction, thread_id: str, message_id: str, files: Iterable[AttachedFile]
) -> None:
    """Note which files a message brought; their bytes are fetched when a step needs them."""
    for file in files:
        row = {
            "id": new_id(),
            "thread_id": thread_id,
            "message_id": message_id,
            "name": file.name,
            "mime_type": file.mime_type,
            "size_bytes": file.size_bytes,
            "source": file.source,
        }
        tx.connection.execute(insert(FILES), row)


def add_late_files(tx: Transaction, message_key: str, files: Iterable[AttachedFile]) -> None:
    """Note files that a second telling of the same message brought and the first one lacked."""
    message = tx.connection.execute(
        select(MESSAGES.c.id, MESSAGES.c.thread_id)
        .where(MESSAGES.c.message_key == message_key)
        .with_for_update()
    ).one()
    known = select(FILES.c.source).where(FILES.c.message_id == message.id)
    sources = set(tx.connection.scalars(known))
    new = [file for file in files if file.source not in sources]
    add_files(tx, message.thread_id, message.id, new)


def say(
    tx: Transaction,
    thread_id: str,
    text: str,
    *,
    run_id: str | None = None,
    device_id: str | None = None,
    confirms: str | None = None,
) -> str:
    """Let Dispatch say something in the thread; returns the message's id.

    confirms marks what its Confirm would take: an offer, as device_views.offer_of makes it.
    """
    message_id = _insert_message(
        tx,
        thread_id=thread_id,
        author=DISPATCH,
        text=text,
        run_id=run_id,
        device_id=device_id,
        confirms=confirms,
    )
    add_entry(tx, thread_id, EntryKind.MESSAGE, message_id)
    return message_id


def _insert_message(
    tx: Transaction,
    *,
    thread_id: str,
    author: str,
    text: str,
    **about: str | None,
) -> str:
    message_id = new_id()
    row = {
        "id": message_id,
        "thread_id": thread_id,
        "author": author,
        "text": text,
        "created_at": tx.now,
    }
    tx.connection.execute(insert(MESSAGES), row | about)
    return message_id


def touch_messages_about(tx: Transaction, device_id: str) -> None:
    """What was said about this device is to be shown anew: its buttons may have changed."""
    about = select(MESSAGES.c.id).where(MESSAGES.c.device_id == device_id)
    for message_id in tx.connection.scalars(about).all():
        tx.touch(message_id)


def files_of_threads(
    tx: Transaction, thread_ids: Collection[str]
) -> dict[str, tuple[AttachedFile, ...]]:
    """The files attached in many threads, oldest first, by the threads' ids."""
    files: dict[str, tuple[AttachedFile, ...]] = dict.fromkeys(thread_ids, ())
    for row in _FILES(tx, values_of(files)):
        files[row.thread_id] = (*files[row.thread_id], _attached(row))
    return files


_FILES = Many(
    {"thread_id": String},
    lambda rows: (
        select(FILES)
        .select_from(rows.source)
        .join(FILES, FILES.c.thread_id == rows["thread_id"])
        .order_by(FILES.c.id)
    ),
)


def _attached(row: Any) -> AttachedFile:
    return AttachedFile(row.name, row.mime_type, row.size_bytes, row.source)


def files_of_thread(tx: Transaction, thread_id: str) -> list[tuple[str, AttachedFile, str | None]]:
    """The files attached in a thread, oldest first: id, file, sha256 once fetched."""
    rows = _FILES(tx, values_of([thread_id]))
    return [(row.id, _attached(row), row.sha256) for row in rows]


def file_fetched(tx: Transaction, file_id: str, sha256: str) -> None:
    """The bytes of an attached file are here now."""
    tx.connection.execute(update(FILES).where(FILES.c.id == file_id).values(sha256=sha256))
