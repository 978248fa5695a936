"""Writing: shown as a diff, bound to what it replaces, done in one move, asked for loudly."""

import errno
import os
import stat
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device_agent.errors import (
    DeceptivePath,
    MissingPath,
    NotWritable,
    SymlinkInPlace,
    WrongSort,
)
from device_agent.paths import replacing
from device_agent.policy.owner import Mode
from device_agent.tools.files.diff import preview_of
from device_agent.tools.files.receive_file import ReceiveFile
from device_agent.tools.files.write_file import WriteFile
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import MAX_PREVIEW_CHARS, Drift, Preparation, VerdictKind
from tests.device_agent.files.conftest import Bench


@pytest.fixture(params=["as this system can", "by plain renames"])
def any_system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are neither nameless files nor swaps, the same holds."""
    if request.param == "by plain renames":
        monkeypatch.setattr(replacing, "_exchange", lambda *_: False)
        monkeypatch.setattr(replacing.sys, "platform", "other")


def prepared(bench: Bench, path: str, content: str = "new\n") -> Preparation:
    tool = WriteFile(bench.folders, bench.policy)
    return tool.prepare("thread-1", {"path": path, "content": content})


@pytest.mark.usefixtures("any_system")
def test_a_new_file_is_made_and_nothing_else(bench: Bench) -> None:
    tool = WriteFile(bench.folders, bench.policy)
    result = bench.use(tool, path="sub/new.txt", content="one\ntwo\n")
    assert result.status is StepStatus.DONE
    assert result.text == f"Made {bench.shared}/sub/new.txt (8 B)."
    assert (bench.shared / "sub" / "new.txt").read_text() == "one\ntwo\n"
    assert {path.name for path in (bench.shared / "sub").iterdir()} == {"deep.txt", "new.txt"}


@pytest.mark.usefixtures("any_system")
def test_a_replaced_file_keeps_its_mode_and_its_owner(bench: Bench) -> None:
    notes = bench.shared / "notes.txt"
    notes.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(notes, 1234, 1234)
    before = notes.stat()
    bench.use(WriteFile(bench.folders, bench.policy), path="notes.txt", content="new\n")
    after = notes.stat()
    assert notes.read_text() == "new\n"
    assert (after.st_mode, after.st_uid, after.st_gid) == (
        before.st_mode,
        before.st_uid,
        before.st_gid,
    )
    assert sorted(path.name for path in bench.shared.iterdir()) == ["notes.txt", "sub"]


@pytest.mark.usefixtures("any_system")
@pytest.mark.parametrize("path", ["notes.txt", "new.txt"])
def test_a_disk_that_is_full_leaves_all_as_it_was(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def full(_handle: int, _piece: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(replacing.os, "write", full)
    with pytest.raises(NotWritable, match="no space left"):
        bench.use(WriteFile(bench.folders, bench.policy), path=path, content="new\n")
    assert sorted(each.name for each in bench.shared.iterdir()) == ["notes.txt", "sub"]
    assert (bench.shared / "notes.txt").read_text() == "notes"


def _lines_of(text: str) -> int:
    """What stands after the last line break is a line only where it is not empty."""
    return text.count("\n") + bool(text and not text.endswith("\n"))


_LINES = st.lists(st.text("ab\r\t\u202e", max_size=3), max_size=12).map("\n".join)


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


@pytest.mark.usefixtures("any_system")
def test_what_changed_since_the_approval_is_not_replaced(bench: Bench) -> None:
    notes = bench.shared / "notes.txt"
    result = bench.use(
        WriteFile(bench.folders, bench.policy),
        lambda: notes.write_text("others' words"),
        path="notes.txt",
        content="new\n",
    )
    assert (result.status, result.drift) == (StepStatus.REFUSED, Drift.FILES)
    assert notes.read_text() == "others' words"


@pytest.mark.usefixtures("any_system")
def test_a_file_that_came_since_the_approval_is_not_replaced(bench: Bench) -> None:
    new = bench.shared / "new.txt"
    tool = WriteFile(bench.folders, bench.policy)
    result = bench.use(tool, lambda: new.write_text("mine"), path="new.txt", content="new\n")
    assert (result.status, result.drift) == (StepStatus.REFUSED, Drift.FILES)
    assert new.read_text() == "mine"


def test_what_was_never_approved_is_not_written(bench: Bench) -> None:
    tool = WriteFile(bench.folders, bench.policy)
    result = tool(bench.room(), {"path": "new.txt", "content": "new\n"})
    assert (result.status, result.drift) == (StepStatus.REFUSED, Drift.FILES)
    assert not (bench.shared / "new.txt").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="swaps by renameat2")
def test_who_writes_between_the_last_look_and_the_swap_keeps_their_words(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes, swap = bench.shared / "notes.txt", replacing._exchange
    words = iter(["others' words"])

    def late(parent: int, one: str, other: str) -> bool:
        for word in words:
            notes.write_text(word)
        return swap(parent, one, other)

    monkeypatch.setattr(replacing, "_exchange", late)
    tool = WriteFile(bench.folders, bench.policy)
    result = bench.use(tool, path="notes.txt", content="new\n")
    assert result.drift is Drift.FILES
    assert notes.read_text() == "others' words"
    assert sorted(path.name for path in bench.shared.iterdir()) == ["notes.txt", "sub"]


@pytest.mark.parametrize(
    "path",
    [
        ".bashrc",
        ".BASHRC",
        ".zshenv",
        ".profile",
        ".gitconfig",
        ".git/hooks/pre-commit",
        ".GIT/hooks/pre-commit",
        ".git/config",
        "sub/.git/config",
        ".config/autostart/x.desktop",
        ".config/systemd/user/x.service",
        "Library/LaunchAgents/x.plist",
        ".vscode/tasks.json",
        ".github/workflows/ci.yml",
        ".envrc",
        ".env",
        "bin/tool",
        "sitecustomize.py",
        "x.pth",
        "some.service",
        ".anything-hidden",
        "server.pem",
    ],
)
def test_what_runs_by_itself_or_holds_secrets_is_asked_for_loudly(bench: Bench, path: str) -> None:
    (bench.shared / path).parent.mkdir(parents=True, exist_ok=True)
    bench.owner_says(write_files=Mode.ALLOW)
    preparation = prepared(bench, path)
    assert preparation.verdict is VerdictKind.ASK
    assert preparation.reasons[0].startswith("Careful: ")
    assert preparation.grant is None


def test_a_program_and_a_file_of_several_names_are_told(bench: Bench) -> None:
    notes = bench.shared / "notes.txt"
    notes.chmod(0o755)
    os.link(notes, bench.shared / "too.txt")
    told = " ".join(prepared(bench, "notes.txt").reasons)
    assert "notes.txt is a program" in told
    assert "has 2 names" in told
    bench.use(WriteFile(bench.folders, bench.policy), path="notes.txt", content="new\n")
    assert (bench.shared / "too.txt").read_text() == "notes"


@pytest.mark.parametrize("path", [".ssh/authorized_keys", ".SSH/config", "sub/.gnupg/gpg.conf"])
def test_keys_to_sign_in_with_are_never_written(bench: Bench, path: str) -> None:
    (bench.shared / path).parent.mkdir(parents=True, exist_ok=True)
    with pytest.raises(NotWritable, match="keys to sign in with"):
        prepared(bench, path)


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("n\u043etes.txt", DeceptivePath),
        ("..\u2215x", DeceptivePath),
        ("NOTES.txt", DeceptivePath),
        ("\uff4eotes.txt", DeceptivePath),
        ("link", SymlinkInPlace),
        ("sub", WrongSort),
        ("sub/", WrongSort),
        (".", WrongSort),
        ("pipe", WrongSort),
        ("missing/new.txt", MissingPath),
        ("notes.txt/new.txt", MissingPath),
    ],
)
def test_what_is_no_place_for_a_file_is_refused(
    bench: Bench, path: str, error: type[Exception]
) -> None:
    (bench.shared / "link").symlink_to("notes.txt")
    os.mkfifo(bench.shared / "pipe")
    with pytest.raises(error):
        prepared(bench, path)


def test_two_spellings_of_one_name_are_not_both_made(bench: Bench) -> None:
    (bench.shared / "caf\u00e9.txt").touch()
    with pytest.raises(DeceptivePath, match="looks the same"):
        prepared(bench, "cafe\u0301.txt")


@pytest.mark.parametrize("bits", [stat.S_ISUID, stat.S_ISGID])
def test_a_file_with_rights_of_its_own_is_not_replaced(bench: Bench, bits: int) -> None:
    (bench.shared / "notes.txt").chmod(0o755 | bits)
    with pytest.raises(NotWritable, match="right of its own"):
        prepared(bench, "notes.txt")


@pytest.mark.parametrize(
    ("mode", "verdict", "grantable"),
    [
        (Mode.DENY, VerdictKind.DENY, False),
        (Mode.ASK, VerdictKind.ASK, False),
        (Mode.GRANTS, VerdictKind.ASK, True),
        (Mode.ALLOW, VerdictKind.ALLOW, True),
    ],
)
def test_the_owner_decides_who_is_asked(
    bench: Bench, mode: Mode, verdict: VerdictKind, grantable: bool
) -> None:
    bench.owner_says(write_files=mode)
    preparation = prepared(bench, "sub/new.txt")
    assert (preparation.verdict, preparation.grant is not None) == (verdict, grantable)
    if preparation.grant is not None:
        assert preparation.grant.words.startswith(f"write ordinary files in {bench.shared}/sub,")


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"path": "x"},
        {"path": "x", "content": 1},
        {"path": "x", "content": "y", "mode": "777"},
        {"path": "x", "content": "x" * 2_000_000},
        {"path": "x", "content": "\ud800"},
    ],
)
def test_other_arguments_are_refused(bench: Bench, arguments: dict[str, object]) -> None:
    tool = WriteFile(bench.folders, bench.policy)
    assert tool.prepare("thread-1", arguments).verdict is VerdictKind.DENY
    assert tool(bench.room(), arguments).status is StepStatus.REFUSED


@pytest.mark.parametrize("path", ["sub", "sub/", "sub/gift.txt"])
def test_an_attached_file_is_saved(bench: Bench, path: str) -> None:
    bench.attached["gift.txt"] = b"a gift"
    tool = ReceiveFile(bench.folders, bench.policy, bench.spool)
    result = bench.use(tool, name="gift.txt", path=path)
    assert result.text == f"Made {bench.shared}/sub/gift.txt (6 B)."
    gift = bench.shared / "sub" / "gift.txt"
    assert gift.read_bytes() == b"a gift"
    assert not gift.stat().st_mode & 0o111
    assert not list(bench.spool.iterdir())


def test_an_attached_file_in_place_of_another_says_what_it_replaces(bench: Bench) -> None:
    tool = ReceiveFile(bench.folders, bench.policy, bench.spool)
    said = tool.prepare("thread-1", {"name": "gift.txt", "path": "notes.txt"})
    assert said.preview == (
        f"gift.txt from this thread → {bench.shared}/notes.txt (in place of 5 B)"
    )
    assert said.bound.files[str(bench.shared / "notes.txt")] != "absent"


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".", "..", "/etc/passwd"])
def test_an_attached_file_is_named_without_a_folder(bench: Bench, name: str) -> None:
    tool = ReceiveFile(bench.folders, bench.policy, bench.spool)
    assert tool.prepare("t", {"name": name, "path": "sub"}).verdict is VerdictKind.DENY


def test_an_attached_file_that_is_not_there_is_named(bench: Bench, tmp_path: Path) -> None:
    tool = ReceiveFile(bench.folders, bench.policy, bench.spool)
    with pytest.raises(MissingPath, match=r"gift\.txt"):
        bench.use(tool, name="gift.txt", path="sub")
    assert [path.name for path in (bench.shared / "sub").iterdir()] == ["deep.txt"]
