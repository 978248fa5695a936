"""Words for a device's files: taken where they can mean nothing else, and left alone elsewhere."""

import time

import pytest

from dispatch_core.abilities import ToolName
from dispatch_core.lifecycle import Route
from dispatch_core.route_cues.device_files import read_file_words
from dispatch_core.routes.desktop_local import captions, words
from dispatch_core.routing import choose_route

FENCE = "```"


@pytest.mark.parametrize(
    ("text", "tool", "arguments"),
    [
        ("fetch ~/work", ToolName.FETCH, {"path": "~/work"}),
        ("Fetch ./report.pdf", ToolName.FETCH, {"path": "./report.pdf"}),
        ("fetch reports/2026/", ToolName.FETCH, {"path": "reports/2026/"}),
        ("fetch '~/My Documents'", ToolName.FETCH, {"path": "~/My Documents"}),
        (
            "find invoice in ~/Documents",
            ToolName.SEARCH_FILES,
            {"path": "~/Documents", "query": "invoice", "kind": "name"},
        ),
        (
            "find *.pdf in .",
            ToolName.SEARCH_FILES,
            {"path": ".", "query": "*.pdf", "kind": "name"},
        ),
        (
            "search TODO in ./src",
            ToolName.SEARCH_FILES,
            {"path": "./src", "query": "TODO", "kind": "content"},
        ),
        (
            "search for made in Italy in docs/",
            ToolName.SEARCH_FILES,
            {"path": "docs/", "query": "made in Italy", "kind": "content"},
        ),
        (
            "search 'for' in /srv/app",
            ToolName.SEARCH_FILES,
            {"path": "/srv/app", "query": "for", "kind": "content"},
        ),
        (
            "save report.pdf to ~/Documents/",
            ToolName.RECEIVE_FILE,
            {"path": "~/Documents/", "name": "report.pdf"},
        ),
        (
            "put 'my table.csv' in ./data",
            ToolName.RECEIVE_FILE,
            {"path": "./data", "name": "my table.csv"},
        ),
        (
            f"write notes.txt\n{FENCE}\nhello\n{FENCE}",
            ToolName.WRITE_FILE,
            {"path": "notes.txt", "content": "hello\n"},
        ),
        (
            f"write ~/a/b:\n{FENCE}python\nprint(1)\n{FENCE}\n",
            ToolName.WRITE_FILE,
            {"path": "~/a/b", "content": "print(1)\n"},
        ),
        (
            f"write a.txt {FENCE}one\ntwo{FENCE}",
            ToolName.WRITE_FILE,
            {"path": "a.txt", "content": "one\ntwo\n"},
        ),
        (
            f"write 'my notes.md'\r\n~~~\r\nsee {FENCE}\r\n~~~",
            ToolName.WRITE_FILE,
            {"path": "my notes.md", "content": f"see {FENCE}\n"},
        ),
    ],
)
def test_words_for_files_are_a_devices_and_mean_one_step(
    text: str, tool: ToolName, arguments: dict[str, str]
) -> None:
    choice = choose_route(text)
    assert (choice.route, choice.confidence) == (Route.DESKTOP_LOCAL, 1.0)
    assert words.plan(text) == (tool, arguments)


@pytest.mark.parametrize(
    "text",
    [
        "fetch it",
        "fetch me the latest numbers",
        "fetch example.com",
        "fetch https://example.com/a.csv",
        "fetch www.example.com/a",
        "find a restaurant in Berlin",
        "find the bug in this function",
        "find out what the time is in Tokyo",
        "search for flights in October",
        "search the documents for leave policy",
        "save the date to my calendar",
        "save me some time in the morning",
        "put it in writing",
        "put the kettle on",
        "put Alice in charge",
        "write a poem",
        "write tests for my parser",
        "write to Bob",
        f"write a function that prints\n{FENCE}\n1\n{FENCE}",
        f"write tests for\n{FENCE}python\nx = 1\n{FENCE}",
        f"write this in Rust: {FENCE}x{FENCE}",
        "writer's block",
        "finding things in /tmp is hard",
        "putty in ./x",
    ],
)
def test_ordinary_sentences_are_left_alone(text: str) -> None:
    assert read_file_words(text) is None
    assert choose_route(text).confidence < 1.0 or FENCE in text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (f"write a.txt\n{FENCE}\nhello", "Close the block"),
        (f"write ./empty\n{FENCE}{FENCE}", "Close the block"),
        (f"write a.txt\n{FENCE}\na\n{FENCE}\nand\n{FENCE}\nb\n{FENCE}", "one block only"),
    ],
)
def test_a_block_that_cannot_be_read_is_explained(text: str, sentence: str) -> None:
    assert choose_route(text).route is Route.DESKTOP_LOCAL
    planned = words.plan(text)
    assert isinstance(planned, str)
    assert sentence in planned


@pytest.mark.parametrize("piece", ["in ", "find in ", "write ", "`", "~", "'", "./", "put a.b in "])
@pytest.mark.parametrize("start", ["find x in ", "write x", "save a.b to ", "fetch "])
def test_a_hostile_message_is_read_in_bounded_time(start: str, piece: str) -> None:
    started = time.process_time()
    read_file_words(start + piece * (40_000 // len(piece)))
    assert time.process_time() - started < 0.5


def test_an_approval_shows_where_and_how_much_is_written() -> None:
    asked = captions.asked_for(ToolName.WRITE_FILE, {"path": "a.txt", "content": "é\nb"})
    assert asked == "path: a.txt\nsize: 4 bytes, 2 lines"
