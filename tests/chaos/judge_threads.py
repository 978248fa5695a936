"""Whether each thread shows the truth: everything once, in order, as the rows have it."""

from collections import Counter
from collections.abc import Iterator

from bot.local_workspace.json_text import Json
from tests.chaos.evidence import Evidence, Row, entry_of, requests, words_of

APPROVAL_WORDS = {
    "approved": "Approved",
    "rejected": "Rejected",
    "expired": "Expired",
    "withdrawn": "Withdrawn",
    "pending": "may decide",
}
CARD = "asked by"


def violations(found: Evidence) -> Iterator[str]:
    """Every untruth in a thread, a line each."""
    yield from _posted_twice(found)
    yield from _titles_twice(found)
    yield from _files(found)
    yield from _shown(found)
    yield from _order(found)


def _posted_twice(found: Evidence) -> Iterator[str]:
    """No entry has two messages."""
    for channel, messages in found.posted.items():
        entries = Counter(entry_of(message) for message in messages)
        for entry, times in entries.items():
            if entry and times > 1:
                yield f"posted twice: entry {entry} stands {times} times in {channel}"


def _titles_twice(found: Evidence) -> Iterator[str]:
    """The same by what people read: each run has one card, whatever its metadata says."""
    cards: dict[tuple[str, str], list[str]] = {}
    for channel, messages in found.posted.items():
        for message in messages:
            if CARD in (words := words_of(message)):
                cards.setdefault((channel, str(message.get("thread_ts"))), []).append(words)
    for said in requests(found.said):
        title = said.task.text.splitlines()[-1 if "```" not in said.task.text else 1][:60]
        shown = cards.get((said.channel, said.thread_ts), [])
        of_runs = [one for one in shown if title in one and "✋ Approval" not in one]
        known = len(found.runs_of(said))
        routes = [one for one in of_runs if any(word in one for word in ROUTES)]
        if len(routes) > known and _only_one(found, said.channel, said.thread_ts, title):
            yield f"card twice: {len(routes)} cards of {known} runs for {title!r} in {said.key}"


ROUTES = ("inline ·", "cloud-code ·", "cloud-knowledge ·", "desktop-local on")


def _only_one(found: Evidence, channel: str, thread_ts: str, title: str) -> bool:
    """Whether no other message of the thread asked for the same."""
    same = [
        one
        for one in requests(found.said)
        if (one.channel, one.thread_ts) == (channel, thread_ts) and title in one.task.text
    ]
    return len(same) == 1


def _files(found: Evidence) -> Iterator[str]:
    """Each artifact is in its thread once, as a file or as a link."""
    made = Counter(str(one["name"]) for one in found.artifacts)
    shared: Counter[str] = Counter()
    for messages in found.posted.values():
        for message in messages:
            names = [str(file["name"]) for file in message.get("files") or []]
            linked = [name for name in made if not names and f"📎 `{name}`" in words_of(message)]
            shared.update([*names, *linked])
    for name in made.keys() | shared.keys():
        if shared[name] != made[name]:
            yield f"file: {name} was made {made[name]} times and is shown {shared[name]} times"


def _shown(found: Evidence) -> Iterator[str]:
    """What stands in Slack is what the rows say now."""
    by_ref = {
        f"{channel}/{message['ts']}": message
        for channel, messages in found.posted.items()
        for message in messages
    }
    subjects = {str(row["id"]): row for row in (*found.runs, *found.approvals)}
    for entry in found.entries:
        name = f"entry {entry['id']} ({entry['kind']})"
        if entry["announced"] != entry["revision"]:
            yield f"not shown: {name}, revision {entry['revision']} against {entry['announced']}"
        elif entry["kind"] in ("run", "approval"):
            message = by_ref.get(_posted_ref(found, entry))
            if message is None or entry_of(message) != entry["id"]:
                yield f"nowhere: {name} is announced at {entry['ref']}, where it does not stand"
            else:
                yield from _words(name, subjects[str(entry["subject_id"])], message)


def _posted_ref(found: Evidence, entry: Row) -> str:
    return str(entry["ref"])


def _words(name: str, subject: Row, message: Json) -> Iterator[str]:
    words, status = words_of(message), str(subject["status"])
    expected = APPROVAL_WORDS[status] if "decided_by" in subject else status.replace("_", " ")
    if expected not in words:
        yield f"stale: {name} shows {words[:120]!r} and is {status}"
    if subject.get("reason") == "done" and not subject["answer_apart"]:
        answer = str(subject["answer"]).strip().splitlines()
        if answer and answer[0][:40] not in words:
            yield f"stale: {name} lacks its answer {answer[0][:40]!r} in {words[:200]!r}"


def _order(found: Evidence) -> Iterator[str]:
    """In each thread what was posted stands in the order of its entries."""
    threads: dict[str, list[tuple[int, str]]] = {}
    for entry in found.entries:
        ref = str(entry["ref"] or "")
        if entry["kind"] in ("run", "approval") and "/" in ref:
            ts = ref.partition("/")[2]
            threads.setdefault(str(entry["thread_id"]), []).append((entry["position"], ts))
    for thread, shown in threads.items():
        times = [ts for _, ts in sorted(shown)]
        if times != sorted(times):
            yield f"out of order: thread {found.threads[thread]}: {times}"
