"""A run's files and long answers: in the thread once, whatever happens on the way."""

import json
from dataclasses import replace
from typing import Any

import pytest

from dispatch_core.views import ArtifactView
from tests.bot.announcer.bench import Bench
from tests.bot.announcer.shelf import a_file, a_run, words

LONG = "```\n" + "a line of an answer\n" * 1_000


def shared(bench: Bench, thread: str) -> list[dict[str, Any]]:
    return [file for one in bench.replies(thread) for file in one.get("files", [])]


async def with_file(bench: Bench) -> tuple[str, str]:
    thread = await bench.thread()
    bench.shelf.store("plot.png", b"bytes")
    return thread, bench.shelf.add(thread, a_file(thread))


async def test_a_file_is_uploaded_into_the_thread_with_its_link(bench: Bench) -> None:
    thread, entry = await with_file(bench)
    await bench.announcer().drain()
    (file,) = shared(bench, thread)
    assert bench.slack.slack.files.content(file["id"]) == b"bytes"
    assert file["title"] == "plot.png"
    assert bench.shelf.entries[entry].ref == f"C0GENERAL/{file['id']}"
    (message,) = bench.replies(thread)
    assert "http://127.0.0.1:8765/artifacts/artifact-1?token=t" in json.dumps(message)


async def test_the_files_id_is_noted_before_it_is_shared(bench: Bench) -> None:
    thread, _ = await with_file(bench)
    noted: list[tuple[str, int]] = []
    bench.shelf.on_note = lambda _id, attempt: noted.append((attempt, len(shared(bench, thread))))
    await bench.announcer().drain()
    (file,) = shared(bench, thread)
    assert noted[-1][0].endswith(file["id"])
    assert noted[-1][1] == 0


async def test_a_crash_after_sharing_shares_no_second_time(bench: Bench) -> None:
    thread, entry = await with_file(bench)
    await bench.announcer().drain()
    (file,) = shared(bench, thread)
    bench.shelf.forget(entry, attempt=f"{bench.clock.now - 5:.3f} {file['id']}")
    await bench.announcer().drain()
    assert [one["id"] for one in shared(bench, thread)] == [file["id"]]
    assert bench.shelf.entries[entry].ref == f"C0GENERAL/{file['id']}"


async def test_a_crash_before_sharing_shares_the_noted_file(bench: Bench) -> None:
    thread, entry = await with_file(bench)
    file_id = bench.slack.slack.files.add("U0DISPATCH", "plot.png", b"bytes")
    bench.shelf.forget(entry, attempt=f"{bench.clock.now - 5:.3f} {file_id}")
    await bench.announcer().drain()
    assert [one["id"] for one in shared(bench, thread)] == [file_id]
    assert bench.calls("files.getUploadURLExternal") == []


async def test_a_noted_file_that_slack_dropped_is_uploaded_anew(bench: Bench) -> None:
    thread, entry = await with_file(bench)
    bench.shelf.forget(entry, attempt=f"{bench.clock.now - 5:.3f} F0DROPPED")
    await bench.announcer().drain()
    assert len(shared(bench, thread)) == 1


@pytest.mark.parametrize("fault", ["lost_answer", "server_error", "rate_limit"])
async def test_a_file_survives_trouble_and_stands_once(bench: Bench, fault: str) -> None:
    thread, _ = await with_file(bench)
    bench.slack.faults.set(fault, True)
    bench.clock.after(20, lambda: bench.slack.faults.set(fault, False))
    await bench.announcer().drain()
    assert len(shared(bench, thread)) == 1
    assert bench.all_announced()


async def test_a_refused_upload_becomes_a_message_with_the_link(bench: Bench) -> None:
    thread, entry = await with_file(bench)
    bench.slack.faults.set("refuse_upload", True)
    await bench.announcer().drain()
    (message,) = bench.replies(thread)
    assert "Slack did not take the file" in json.dumps(message)
    assert "artifacts/artifact-1" in json.dumps(message)
    bench.shelf.forget(entry, attempt=f"{bench.clock.now - 5:.3f} link")
    await bench.announcer().drain()
    assert len(bench.replies(thread)) == 1


async def test_an_empty_file_is_told_of_with_its_link(bench: Bench) -> None:
    thread = await bench.thread()
    bench.shelf.add(thread, a_file(thread, size=0))
    await bench.announcer().drain()
    (message,) = bench.replies(thread)
    assert "empty" in json.dumps(message)
    assert bench.calls("files.getUploadURLExternal") == []


async def test_a_file_that_is_no_longer_kept_is_told_of(bench: Bench) -> None:
    thread = await bench.thread()
    entry = bench.shelf.add(thread, a_file(thread))
    await bench.announcer().drain()
    assert "no longer kept" in json.dumps(bench.replies(thread))
    assert bench.shelf.entries[entry].announced == 1


async def test_a_file_keeps_its_place_among_the_messages(bench: Bench) -> None:
    thread = await bench.thread()
    bench.shelf.store("plot.png", b"bytes")
    bench.shelf.add(thread, a_run(thread))
    bench.shelf.add(thread, a_file(thread))
    bench.shelf.add(thread, words("done"))
    await bench.announcer().drain()
    kinds = ["files" in one for one in bench.replies(thread)]
    assert kinds == [False, True, False]


async def test_a_long_answer_is_its_beginning_and_one_file(bench: Bench) -> None:
    thread = await bench.thread()
    entry = bench.shelf.add(thread, words(LONG))
    await bench.announcer().drain()
    assert len(bench.replies(thread)) == 2
    (file,) = shared(bench, thread)
    assert file["name"] == "answer.md"
    assert bench.slack.slack.files.content(file["id"]).decode() == LONG
    bench.shelf.forget(entry, attempt=f"{bench.clock.now - 5:.3f} {file['id']}")
    await bench.announcer().drain()
    assert len(bench.replies(thread)) == 2


async def test_a_long_answer_without_uploads_shows_more_and_says_so(bench: Bench) -> None:
    thread = await bench.thread()
    bench.shelf.add(thread, words(LONG))
    bench.slack.faults.set("refuse_upload", True)
    await bench.announcer().drain()
    (message,) = bench.replies(thread)
    assert "Slack did not take the rest" in json.dumps(message)


async def test_a_persons_message_gets_eyes_only_where_it_waits(bench: Bench) -> None:
    thread = await bench.thread()
    first = await bench.slack.say("U0ADA", "C0GENERAL", "a")
    second = await bench.slack.say("U0ADA", "C0GENERAL", "b")
    for ts, waits in ((first, False), (second, True)):
        key = f"T0DISPATCH:C0GENERAL:{ts}"
        said = words("x", author="T0DISPATCH:U0ADA", message_key=key, queued_behind=waits)
        bench.shelf.add(thread, said)
    await bench.announcer().drain()
    entry = list(bench.shelf.entries)[-1]
    bench.shelf.change(entry, text="x")
    await bench.announcer().drain()
    marked = [one["ts"] for one in bench.slack.messages("C0GENERAL") if one.get("reactions")]
    assert marked == [second]
    assert bench.replies(thread) == []
    assert bench.all_announced()


async def test_an_artifact_never_changes_once_it_stands(bench: Bench) -> None:
    thread, entry = await with_file(bench)
    announcer = bench.announcer()
    await announcer.drain()
    body = bench.shelf.entries[entry].body
    assert isinstance(body, ArtifactView)
    assert replace(body, kind="x") != body
    bench.shelf.change(entry, kind="x")
    await announcer.drain()
    assert len(bench.replies(thread)) == 1
    assert bench.all_announced()
