"""What whoever decides a write is shown: the difference, whole or said not to be."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_agent.policy.owner import Mode
from device_agent.tools.files.diff import preview_of
from device_agent.tools.files.write_file import WriteFile
from dispatch_core.abilities import VerdictKind
from dispatch_core.protocol import MAX_PREVIEW_CHARS, Preparation
from tests.device_agent.files.conftest import Bench


def prepared(bench: Bench, path: str, content: str = "new\n") -> Preparation:
    tool = WriteFile(bench.folders, bench.policy)
    return tool.prepare("thread-1", {"path": path, "content": content})


def _lines_of(text: str) -> int:
    """What stands after the last line break is a line only where it is not empty."""
    return text.count("\n") + bool(text and not text.endswith("\n"))


_LINES = st.lists(st.text("ab\r\t\u202e", max_size=3), max_size=12).map("\n".join)


def test_whoever_decides_sees_a_diff(bench: Bench) -> None:
    (bench.shared / "notes.txt").write_text("one\ntwo\nthree\n")
    preparation = prepared(bench, "notes.txt", "one\n2\nthree\n")
    assert preparation.verdict is VerdictKind.ASK
    path = bench.shared / "notes.txt"
    assert preparation.preview.splitlines() == [
        f"--- {path}",
        f"+++ {path}",
        "@@ -1,3 +1,3 @@",
        " one",
        "-two",
        "+2",
        " three",
    ]
    assert preparation.reasons == (f"It replaces {path}.",)
    assert list(preparation.bound.files) == [str(path)]


def test_a_new_file_is_shown_as_one(bench: Bench) -> None:
    preparation = prepared(bench, "new.txt", "hello\n")
    assert preparation.preview.splitlines()[0] == "--- (absent)"
    assert "+hello" in preparation.preview
    assert preparation.bound.files == {str(bench.shared / "new.txt"): "absent"}


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("same\n", "same\n", "stays as it is"),
        ("a", "a\n", "\\ No newline at end of file"),
        ("a\n", "a", "\\ No newline at end of file"),
        ("a\n", "a\u202eb\n", "+a\\u{202E}b"),
        ("a\r\n", "a\n", "-a\\u{D}"),
        ("\0\1", "text\n", "+text"),
        ("x" * 2_000_000, "text\n", "this replaces all of it"),
        ("a\n", "b" * 5_000 + "\n", "4601 characters more"),
    ],
)
def test_a_preview_says_what_changes(bench: Bench, old: str, new: str, shown: str) -> None:
    (bench.shared / "notes.txt").write_bytes(old.encode())
    assert shown in prepared(bench, "notes.txt", new).preview


def test_a_change_that_cannot_be_shown_whole_says_so_and_is_never_granted(bench: Bench) -> None:
    bench.owner_says(write_files=Mode.ALLOW)
    preparation = prepared(bench, "new.txt", "line\n" * 20_000)
    assert len(preparation.preview) <= MAX_PREVIEW_CHARS
    assert preparation.preview.splitlines()[-1].endswith("more lines that are not shown")
    assert preparation.verdict is VerdictKind.ASK
    assert preparation.reasons[0].startswith("Careful: the change can't be shown whole")
    assert preparation.grant is None


@given(old=_LINES, new=_LINES)
def test_a_diff_tells_every_line_that_comes_and_goes(old: str, new: str) -> None:
    shown, whole = preview_of("x", old.encode(), new.encode())
    assert whole
    if old == new:
        assert shown == "x stays as it is, byte for byte."
        return
    lines = shown.splitlines()[2:]
    told = Counter(line[0] for line in lines if line[0] in "+-")
    assert told["+"] - told["-"] == _lines_of(new) - _lines_of(old)
    assert "\u202e" not in shown
