"""The cloud-knowledge route reads the texts that people attached to the thread, and no others."""

import asyncio
import tempfile
import threading
from pathlib import Path
from typing import Any

import pytest

from dispatch_core.knowledge.attached import is_text, read_attached
from dispatch_core.routes import cloud_knowledge_files
from dispatch_core.views import AttachedFile
from tests.core.knowledge.thread import NOTES, Thread


async def test_an_answer_quotes_the_attached_file_and_names_its_place(ask: Any) -> None:
    said = await ask("what does this say about refunds?", Thread({"notes.md": NOTES}, {"notes.md"}))
    assert said == (
        "> Refunds are paid within 14 days of the return.\n\n"
        "Source: `notes.md`, Shop \u203a Refunds, attached in this thread"
    )


async def test_a_file_of_an_earlier_message_stands_beside_the_library(ask: Any) -> None:
    said = await ask("when are refunds paid?", Thread({"notes.md": NOTES}))
    assert said.index("14 days") < said.index("30 days")
    assert "returns.md`, Returns" in said
    assert "Cars are red" in await ask("which colour are cars, red?", Thread({"notes.md": NOTES}))


async def test_what_the_file_lacks_is_answered_from_the_library(ask: Any) -> None:
    said = await ask("are cars red?", Thread({"notes.md": NOTES}, {"notes.md"}))
    assert "Cars are red" in said
    assert "attached" not in said


@pytest.mark.parametrize("query", ["Which days does `other.txt` name?", "days in OTHER.TXT?"])
async def test_a_file_that_is_named_is_the_one_that_is_searched(ask: Any, query: str) -> None:
    files = {"other.txt": "Two days are free.", "notes.md": NOTES}
    said = await ask(query, Thread(files, {"notes.md"}))
    assert "Two days are free" in said
    assert "notes.md" not in said


@pytest.mark.parametrize("query", ["summarise notes.md", "what is in this file?", "tl;dr"])
async def test_who_asks_for_the_whole_sees_how_the_file_begins(ask: Any, query: str) -> None:
    said = await ask(query, Thread({"notes.md": NOTES}, {"notes.md"}))
    assert said.startswith("I quote and don't summarise")
    assert "> We sell pears." in said


async def test_a_later_file_of_a_name_takes_the_place_of_the_earlier(ask: Any) -> None:
    thread = Thread({"old": "", "a.txt": "Pears are sweet."})
    older = AttachedFile("a.txt", "text/plain", 0, "old")
    thread.work.files = (older, thread.work.files[1])
    assert "Pears are sweet" in await ask("are pears sweet?", thread)
    assert thread.fetched == ["a.txt"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("prices.csv", "name,price\npear,3\n"),
        ("app.yaml", "server:\n  pear: 3\n"),
        ("app.json", '{"pear": 3}'),
        ("shop.py", "def pear():\n    return 3\n"),
        ("page.html", "<p>pear</p>"),
        ("wide.txt", "pear".encode("utf-16")),
        ("old.txt", "pear caf\xe9".encode("latin-1")),
    ],
)
async def test_texts_of_every_kind_are_read(ask: Any, name: str, content: str | bytes) -> None:
    said = await ask("what about the pear?", Thread({name: content}, {name}))
    assert f"Source: `{name}`" in said
    assert "pear" in said.partition("Source")[0]


@pytest.mark.parametrize("name", ["report.pdf", "book.docx", "sheet.xlsx", "photo.png", "mail.eml"])
async def test_what_is_no_text_is_neither_fetched_nor_parsed_and_the_answer_says_so(
    ask: Any, name: str
) -> None:
    thread = Thread({name: b"%PDF-1.7 refunds"}, {name})
    said = await ask("what does this say about refunds?", thread)
    assert f"I have not read `{name}`: of attached files only text is" in said
    assert "attach what it says as a text file" in said
    assert thread.fetched == []


@pytest.mark.parametrize("content", [b"%PDF-1.7 pears", b"a\0b pears", b"PK\x03\x04 pears"])
async def test_what_only_calls_itself_text_is_not_read(ask: Any, content: bytes) -> None:
    said = await ask("what about pears?", Thread({"a.txt": content}, {"a.txt"}))
    assert "I have not read `a.txt`" in said


async def test_a_question_that_nothing_answers_names_what_was_searched_and_what_was_not(
    ask: Any,
) -> None:
    said = await ask("how tall is Mount Everest?", Thread({"notes.md": NOTES, "a.pdf": "x"}))
    assert "in the 1 document I have" in said
    assert "nor in this thread's `notes.md`" in said
    assert "I have not read `a.pdf`" in said


async def test_one_file_that_cannot_be_fetched_does_not_hide_the_others(ask: Any) -> None:
    files = {"notes.md": NOTES, "gone.txt": "x"}
    said = await ask("what about refunds?", Thread(files, files))
    assert "14 days" in said
    assert "I have not read `gone.txt`: it could not be fetched; attach it again." in said


async def test_too_large_a_file_is_not_fetched_and_the_newest_are_read_first(
    ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cloud_knowledge_files, "MOST_FETCHED", 2)
    files: dict[str, str | bytes] = {"huge.txt": b"a" * 1_000_001}
    files |= {f"{number}.txt": "Pears are sweet." for number in range(4)}
    thread = Thread(files)
    said = await ask("is Mount Everest tall?", thread)
    assert thread.fetched == ["3.txt", "2.txt"]
    assert "I have not read `1.txt`, `0.txt`, `huge.txt`: of attached texts I read up to 1" in said


async def test_a_file_that_is_larger_than_was_said_is_not_read(ask: Any) -> None:
    thread = Thread({"a.txt": b"pears " * 200_000}, {"a.txt"})
    thread.work.files = (AttachedFile("a.txt", "text/plain", 6, "a.txt"),)
    assert "I have not read `a.txt`: of attached texts" in await ask("pears?", thread)


async def test_nothing_of_a_file_is_kept_and_none_is_read_on_the_event_loop(
    ask: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    threads = []

    def told(*given: Any) -> Any:
        threads.append(threading.current_thread())
        return read_attached(*given)

    monkeypatch.setattr(cloud_knowledge_files, "read_attached", told)
    await ask("what about refunds?", Thread({"notes.md": NOTES}, {"notes.md"}))
    assert threads
    assert threading.main_thread() not in threads
    assert not await asyncio.to_thread(lambda: list(tmp_path.glob("dispatch-job-*")))
    assert "14 days" not in await ask("when are refunds paid?", Thread({}))


@pytest.mark.parametrize(
    ("name", "mime_type", "text"),
    [
        ("notes.md", "application/octet-stream", True),
        ("LICENSE", "text/plain", True),
        ("unknown.zzz", "text/plain; charset=utf-8", True),
        ("data", "application/json", True),
        ("report.pdf", "text/plain", False),
        ("a.rtf", "text/rtf", False),
        ("sheet", "application/vnd.ms-excel", False),
        ("noname", "", False),
    ],
)
def test_what_is_read_goes_by_the_ending_and_then_by_the_type(
    name: str, mime_type: str, text: bool
) -> None:
    assert is_text(name, mime_type) is text
