"""Searching: names or lines, as a plain table, within its limits, and never where it may not."""

import os
from pathlib import Path

import pytest

from device_agent.errors import MissingPath
from device_agent.tools.files import search_files
from device_agent.tools.files.search_files import SearchFiles
from device_agent.tools.step import StopReason
from dispatch_core.abilities import VerdictKind
from dispatch_core.lifecycle import StepStatus
from tests.device_agent.files.conftest import Bench


@pytest.fixture
def filled(bench: Bench) -> Bench:
    for path, text in {
        "sub/todo.md": "first\nthe Needle is here\nlast\n",
        "sub/Needle-notes.txt": "nothing\n",
        "a.py": "x = 'needle'\ny = 'needle'\n",
        "node_modules/x/needle.js": "needle\n",
        ".env": "KEY=needle\n",
    }.items():
        (bench.shared / path).parent.mkdir(parents=True, exist_ok=True)
        (bench.shared / path).write_text(text)
    (bench.shared / "picture.bin").write_bytes(b"\0needle")
    (bench.shared / "link").symlink_to("/etc")
    os.mkfifo(bench.shared / "pipe")
    return bench


def found(bench: Bench, query: str, kind: str, path: str = ".") -> list[str]:
    tool = SearchFiles(bench.folders, bench.policy)
    result = bench.use(tool, query=query, kind=kind, path=path)
    assert result.status is StepStatus.DONE
    return result.text.splitlines()


def test_lines_are_found_with_their_file_and_number(filled: Bench) -> None:
    *lines, summary = found(filled, "needle", "content")
    assert lines == [
        "a.py:1: x = 'needle'",
        "a.py:2: y = 'needle'",
        "sub/todo.md:2: the Needle is here",
    ]
    assert summary == (
        "3 found; looked at 5 files; left out: 1 binary, "
        "1 folder made by tools, 1 kept closed, 1 special file, 1 symbolic link."
    )


def test_names_are_found_by_a_part_or_a_pattern(filled: Bench) -> None:
    assert found(filled, "needle", "name")[:-1] == [
        "node_modules/x/needle.js",
        "sub/Needle-notes.txt",
    ]
    assert found(filled, "*.md", "name")[:-1] == ["sub/todo.md"]
    assert found(filled, "sub", "name")[:-1] == ["sub/"]


def test_nothing_found_says_where_it_looked(filled: Bench) -> None:
    assert found(filled, "no such words", "content", "sub") == ["0 found; looked at 3 files."]


def test_a_long_line_shows_the_part_that_was_found(bench: Bench) -> None:
    (bench.shared / "long.txt").write_text("a" * 5_000 + "needle" + "b" * 5_000)
    line = found(bench, "needle", "content")[0]
    assert "needle" in line
    assert len(line) < 300


@pytest.mark.parametrize(
    ("limit", "value", "told"),
    [
        ("MOST_RESULTS", 2, "after 2 results"),
        ("MOST_ENTRIES", 3, "after 3 entries"),
        ("MOST_BYTES", 1, "after 0 MB"),
    ],
)
def test_a_search_stops_at_its_limits_and_says_which(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, told: str
) -> None:
    for number in range(9):
        (bench.shared / f"{number}.txt").write_text("needle\n")
    monkeypatch.setattr(search_files, limit, value)
    tool = SearchFiles(bench.folders, bench.policy)
    result = bench.use(tool, query="needle", kind="content", path=".")
    assert result.truncated
    assert f"stopped {told}, so there may be more." in result.text


def test_a_search_ends_when_its_time_is_over(bench: Bench) -> None:
    tool = SearchFiles(bench.folders, bench.policy, seconds=0)
    result = bench.use(tool, query="deep", kind="content", path=".")
    assert "stopped when its time was over" in result.text


def test_a_stopped_search_ends_as_stopped(bench: Bench) -> None:
    bench.stop.ask(StopReason.PERSON)
    tool = SearchFiles(bench.folders, bench.policy)
    assert bench.use(tool, query="deep", kind="name", path=".").status is StepStatus.STOPPED


def test_a_file_that_is_too_large_is_left_out(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_files, "LARGEST_FILE", 3)
    assert found(bench, "deep", "content") == ["0 found; looked at 0 files; left out: 2 too large."]


@pytest.mark.parametrize(
    "arguments",
    [
        {"query": "x", "path": "."},
        {"query": "x", "path": ".", "kind": "regex"},
        {"query": " ", "path": ".", "kind": "name"},
        {"query": "x" * 1_000, "path": ".", "kind": "name"},
        {"query": 1, "path": ".", "kind": "name"},
        {"query": "x", "path": 1, "kind": "name"},
    ],
)
def test_other_arguments_are_refused(bench: Bench, arguments: dict[str, object]) -> None:
    tool = SearchFiles(bench.folders, bench.policy)
    assert tool.prepare("thread-1", arguments).verdict is VerdictKind.DENY
    assert tool(bench.room(), arguments).status is StepStatus.REFUSED


def test_a_missing_folder_is_named(bench: Bench) -> None:
    with pytest.raises(MissingPath, match="There is no nowhere"):
        found(bench, "x", "name", "nowhere")


def test_a_deep_tree_is_walked_without_end_of_descriptors(bench: Bench) -> None:
    deep = Path(bench.shared, *["d"] * 100)
    deep.mkdir(parents=True)
    (deep / "needle").touch()
    assert found(bench, "needle", "name")[-1].endswith("left out: 1 too deep.")
