"""Reading and listing: what is sent and shown, and for what the owner is asked."""

import os

import pytest

from device_agent.errors import FileTooLarge, Unreadable
from device_agent.policy.owner import Mode
from device_agent.tools.files.fetch import Fetch
from device_agent.tools.files.list_folder import ListFolder
from device_agent.tools.files.read_file import ReadFile
from dispatch_core.abilities import VerdictKind
from dispatch_core.lifecycle import StepStatus
from tests.device_agent.files.conftest import Bench


def reader(bench: Bench) -> ReadFile:
    return ReadFile(bench.folders, bench.policy, bench.spool)


def test_a_file_is_sent_and_its_copy_removed(bench: Bench) -> None:
    result = bench.use(reader(bench), path="sub/deep.txt")
    assert (result.status, result.text) == (StepStatus.DONE, "sub/deep.txt (4 bytes)")
    assert bench.sent == {"deep.txt": b"deep"}
    assert not list(bench.spool.iterdir())


def test_a_file_that_is_too_large_is_told_with_both_sizes(bench: Bench) -> None:
    small = ReadFile(bench.folders, bench.policy, bench.spool, limit=4)
    with pytest.raises(
        FileTooLarge, match=r"notes\.txt has 5 bytes, and at most 4 bytes can be sent"
    ):
        bench.use(small, path="notes.txt")


def test_a_folder_is_listed_folders_first(bench: Bench) -> None:
    (bench.shared / "Alpha.csv").write_bytes(b"x" * 1500)
    (bench.shared / "link").symlink_to("/etc/passwd")
    for name in bench.shared.iterdir():
        os.utime(name, (0, 0), follow_symlinks=False)
    lines = bench.use(ListFolder(bench.folders, bench.policy), path=".").text.splitlines()
    assert [line.split()[-1] for line in lines] == ["sub/", "Alpha.csv", "link@", "notes.txt"]
    assert "1.5 kB  1970-01-01" in lines[1]


def test_a_name_shows_what_is_hidden_in_it(bench: Bench) -> None:
    for name in ("a\nb", "c\u202ed", "e\u200bf", "g\x1b[2Kh"):
        (bench.shared / "sub" / name).touch()
    text = bench.use(ListFolder(bench.folders, bench.policy), path="sub").text
    assert [line.split()[-1] for line in text.splitlines()] == [
        "a\\u{A}b",
        "c\\u{202E}d",
        "deep.txt",
        "e\\u{200B}f",
        "g\\u{1B}[2Kh",
    ]


def test_a_crowded_folder_is_cut_and_says_so(bench: Bench) -> None:
    for number in range(600):
        (bench.shared / "sub" / f"{number:03}").touch()
    result = bench.use(ListFolder(bench.folders, bench.policy), path="sub")
    assert result.truncated
    assert result.text.splitlines()[-1] == "… and 101 more"


@pytest.mark.parametrize(
    "path",
    [
        ".ssh/id_ed25519",
        ".ssh",
        ".SSH/config",
        ".aws/credentials",
        ".env",
        ".env.production",
        "server.pem",
        "id_rsa",
        ".netrc",
        ".git-credentials",
        ".config/gcloud/tokens",
        ".bash_history",
        "passwords.kdbx",
    ],
)
def test_secrets_are_asked_for_even_where_reading_is_allowed(bench: Bench, path: str) -> None:
    (bench.shared / path).parent.mkdir(parents=True, exist_ok=True)
    preparation = reader(bench).prepare("thread-1", {"path": path})
    assert preparation.verdict is VerdictKind.ASK
    assert "keys or passwords" in preparation.reasons[0]
    assert preparation.grant is None


def test_a_secret_that_was_approved_is_sent(bench: Bench) -> None:
    (bench.shared / ".env").write_text("TOKEN=1")
    bench.use(reader(bench), path=".env")
    assert bench.sent == {".env": b"TOKEN=1"}


def test_a_link_that_leads_to_a_secret_by_now_is_not_read(bench: Bench) -> None:
    (bench.shared / ".env").write_text("TOKEN=1")
    link = bench.shared / "link"
    link.symlink_to("notes.txt")

    def swap() -> None:
        link.unlink()
        link.symlink_to(".env")

    with pytest.raises(Unreadable, match="nobody was asked for this"):
        bench.use(reader(bench), swap, path="link")
    assert not bench.sent


def test_an_approval_for_one_secret_opens_no_other(bench: Bench) -> None:
    for name in (".ssh", ".aws"):
        (bench.shared / name).mkdir()
        (bench.shared / name / "key").write_text(name)
    link = bench.shared / "link"
    link.symlink_to(".ssh")

    def swap() -> None:
        link.unlink()
        link.symlink_to(".aws")

    with pytest.raises(Unreadable, match="nobody was asked for this"):
        bench.use(Fetch(bench.folders, bench.policy, bench.spool), swap, path="link")
    assert not bench.sent


def test_where_the_owner_wants_to_be_asked_nothing_else_is_read(bench: Bench) -> None:
    bench.owner_says(read_files=Mode.ASK)
    bench.use(reader(bench), path="notes.txt")
    with pytest.raises(Unreadable):
        reader(bench)(bench.room(), {"path": "notes.txt"})
    assert bench.sent == {"notes.txt": b"notes"}


@pytest.mark.parametrize(
    ("mode", "verdict", "grantable"),
    [
        (Mode.DENY, VerdictKind.DENY, False),
        (Mode.ASK, VerdictKind.ASK, False),
        (Mode.GRANTS, VerdictKind.ASK, True),
        (Mode.ALLOW, VerdictKind.ALLOW, False),
    ],
)
def test_the_owner_decides_who_is_asked(
    bench: Bench, mode: Mode, verdict: VerdictKind, grantable: bool
) -> None:
    bench.owner_says(read_files=mode)
    preparation = reader(bench).prepare("thread-1", {"path": "sub/deep.txt"})
    assert (preparation.verdict, preparation.grant is not None) == (verdict, grantable)
    assert (str(bench.shared / "sub/deep.txt") in preparation.bound.files) == (
        verdict is VerdictKind.ASK
    )
