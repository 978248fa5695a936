"""As which program a command is run: the approved one, or the shell where it is the shell's."""

import subprocess
from pathlib import Path

import pytest

from device_agent.tools.shell.launch import Launch, launch
from dispatch_core.protocol import Bound
from tests.device_agent.shells import Bystander

SHELL = "/bin/sh"


def launched(command: str, found: dict[str, str], folder: Path) -> Launch:
    return launch(SHELL, command, found, folder=folder, path="/usr/bin", trace=folder / "trace")


FOUND = {"ls": "/opt/ls", "git": "/usr/bin/git", "./run.sh": "/srv/run.sh", "echo": "/bin/echo"}


@pytest.mark.parametrize(
    ("command", "argv"),
    [
        ("ls", ("ls",)),
        ("ls  -la /srv", ("ls", "-la", "/srv")),
        ("git log --since=2026-01-01 -n5", ("git", "log", "--since=2026-01-01", "-n5")),
        ("./run.sh a@b:c", ("./run.sh", "a@b:c")),
        ("cat x", None),
        ("echo hi", None),
        ("A=1 ls", None),
        ("ls *", None),
        ("ls ~", None),
        ("ls $HOME", None),
        ("ls 'a b'", None),
        ("ls;ls", None),
        ("ls | ls", None),
        ("ls > x", None),
        ("ls &", None),
        ("ls #x", None),
        ("ls !x", None),
        ("ls {a,b}", None),
        ("ls\nls", None),
        ("ls\tx", None),
        ("ls é", None),
        ("%1", None),
        ("", None),
    ],
)
def test_plain_words_are_run_as_the_program_that_was_approved(
    tmp_path: Path, command: str, argv: tuple[str, ...] | None
) -> None:
    what = launched(command, FOUND, tmp_path)
    if argv is None:
        assert what.argv[:2] == (SHELL, "-c")
        assert what.executable is None
    else:
        assert what == Launch(argv, FOUND[argv[0]], (SHELL, "-c", command))


@pytest.mark.processes
def test_the_approved_program_runs_though_another_came_before_it(
    bystander: Bystander, tmp_path: Path
) -> None:
    approved = tmp_path / "tool"
    approved.write_text("#!/bin/sh\necho approved $0\n")
    approved.chmod(0o755)
    bystander.bound = Bound(programs={"env": str(approved)})
    assert bystander.run("env x").text == f"approved {approved}\n"


@pytest.mark.processes
def test_a_program_is_called_by_the_name_that_a_shell_would_call_it_by(
    bystander: Bystander,
) -> None:
    script = bystander.folder / "script"
    script.write_text("#!/bin/sh\necho I am $0\n")
    script.chmod(0o755)
    (bystander.folder / "alias").symlink_to(script)
    bystander.bound = Bound(programs={"./alias": str(script)})
    assert bystander.run("./alias x").text == "I am ./alias\n"


@pytest.mark.processes
def test_a_script_without_a_first_line_is_the_shells_as_ever(bystander: Bystander) -> None:
    script = bystander.folder / "run.sh"
    script.write_text("echo from the script $1\n")
    script.chmod(0o755)
    bystander.bound = Bound(programs={"./run.sh": str(script)})
    assert bystander.run("./run.sh now").text == "from the script now\n"


def test_every_word_that_a_shell_does_itself_is_the_shells(tmp_path: Path) -> None:
    words = subprocess.run(
        ["bash", "-c", "compgen -b; compgen -k"], check=True, capture_output=True, text=True
    ).stdout.split()
    assert len(words) > 50
    for word in words:
        found = {word: f"/usr/bin/{word}"}
        assert launched(f"{word} x", found, tmp_path).executable is None, word
