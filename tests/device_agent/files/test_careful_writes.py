"""Writes that are asked for loudly, or never done, and whom the owner wants to be asked."""

import os
import stat

import pytest

from device_agent.errors import DeceptivePath, MissingPath, NotWritable, SymlinkInPlace, WrongSort
from device_agent.policy.owner import Mode
from device_agent.tools.files.write_file import WriteFile
from dispatch_core.abilities import VerdictKind
from dispatch_core.protocol import Preparation
from tests.device_agent.files.conftest import Bench


def prepared(bench: Bench, path: str, content: str = "new\n") -> Preparation:
    tool = WriteFile(bench.folders, bench.policy)
    return tool.prepare("thread-1", {"path": path, "content": content})


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


def test_a_huge_file_is_not_replaced(bench: Bench) -> None:
    os.truncate(bench.shared / "notes.txt", 2 * 1024**3)
    with pytest.raises(NotWritable, match="larger than 1 GB"):
        prepared(bench, "notes.txt")
