"""Where a thread's command starts, and what it sees."""

import json
import re
import stat
from pathlib import Path

import pytest

from device_agent.folders import Folders
from device_agent.tools.shell.directories import WorkingDirectories
from device_agent.tools.shell.environment import clean_environment, hashed
from dispatch_core.abilities import VerdictKind
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import Grantable, Preparation
from tests.device_agent.shells import Bystander, shell_in


def places(folder: Path, most: int = 200) -> WorkingDirectories:
    folders = Folders([str(folder)], private=folder.parent / "home")
    return WorkingDirectories(folder.parent / "places.json", folders, most)


@pytest.mark.processes
def test_a_thread_goes_on_where_its_last_command_ended(bystander: Bystander) -> None:
    (bystander.folder / "sub dir").mkdir()
    moved = bystander.run("cd 'sub dir' && true")
    assert moved.text == f"[this thread is in {bystander.folder}/sub dir now]"
    assert bystander.run("pwd").text == f"{bystander.folder}/sub dir\n"
    bystander.thread_id = "another"
    assert bystander.run("pwd").text == f"{bystander.folder}\n"


@pytest.mark.processes
@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("cd /; exit 7", 7),
        ("cd /; false", 1),
        ("cd /; set -eu; echo $NOPE", 1),
        ("cd /; set -x; true", 0),
        ("set -C; cd /", 0),
        ("cd /; kill -TERM $$", 143),
        ("cd /; exec 9>/dev/null 3>/dev/null", 0),
    ],
)
def test_a_thread_moves_however_its_command_ends(
    bystander: Bystander, command: str, code: int
) -> None:
    result = bystander.run(command)
    assert result.exit_code == code
    assert "places.json" not in result.text
    assert ".ended-in" not in result.text
    assert bystander.run("pwd").text == "/\n"


@pytest.mark.processes
@pytest.mark.parametrize("command", ["cd /; kill -9 $$", "cd /; exec true", "(cd /)", "cd /; if"])
def test_a_thread_stays_where_its_command_told_no_end(bystander: Bystander, command: str) -> None:
    bystander.run(command)
    assert bystander.run("pwd").text == f"{bystander.folder}\n"


@pytest.mark.processes
def test_what_a_shell_says_of_faults_names_the_persons_lines_only(bystander: Bystander) -> None:
    assert "line 1: nosuch: " in bystander.run("nosuch").text
    broken = bystander.run("echo (").text
    assert "`echo ('" in broken
    assert "trap" not in broken


@pytest.mark.processes
def test_a_folder_that_vanished_gives_way_to_the_default_and_says_so(bystander: Bystander) -> None:
    gone = bystander.folder / "gone"
    bystander.run("mkdir gone; cd gone")
    gone.rmdir()
    preparation = shell_in(bystander.folder).prepare("thread-1", {"command": "pwd"})
    assert preparation.bound.working_directory == str(bystander.folder)
    assert f"{gone}, where this thread's last command ended, is gone; it starts in" in str(
        preparation.reasons
    )
    bystander.bound = preparation.bound
    result = bystander.run("pwd")
    assert result.text == (
        f"{bystander.folder}\n[{gone} is gone; this started in {bystander.folder}]"
    )
    assert bystander.run("pwd").text == f"{bystander.folder}\n"


def test_a_folder_outside_the_shared_ones_is_kept_and_said(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    kept = places(shared)
    kept.leave("a", Path("/usr"))
    assert kept.start_of("a").path == Path("/usr").resolve()
    assert "outside the folders that this device shares" in kept.start_of("a").sentence
    (shared / "sub").mkdir()
    kept.leave("a", shared / "sub")
    assert kept.start_of("a").sentence == (
        f"It starts in {shared}/sub, where this thread's last command ended."
    )
    kept.leave("a", shared)
    assert (kept.start_of("a").path, kept.start_of("a").sentence) == (shared, "")


def test_a_folder_that_became_a_link_is_no_longer_the_threads(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    (shared / "sub").mkdir(parents=True)
    kept = places(shared)
    kept.leave("a", shared / "sub")
    (shared / "sub").rmdir()
    (shared / "sub").symlink_to("/etc")
    assert kept.start_of("a").path == shared


def test_the_threads_used_last_are_kept_privately(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    (shared / "sub").mkdir(parents=True)
    kept = places(shared, most=3)
    for thread in "abcad":
        kept.leave(thread, shared / "sub")
    file = tmp_path / "places.json"
    assert list(json.loads(file.read_text())) == ["c", "a", "d"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_text("no JSON")
    assert kept.start_of("a").path == shared


def test_a_preparation_binds_the_folder_and_every_variable(tmp_path: Path) -> None:
    bound = shell_in(tmp_path).prepare("thread-1", {"command": "ls"}).bound
    assert bound.working_directory == str(tmp_path)
    assert bound.environment == hashed(clean_environment())
    assert set(map(len, bound.environment.values())) == {64}
    assert shell_in(tmp_path).prepare("t", {"command": "ls", "pty": True}).bound != bound


def test_a_terminal_asks_whatever_is_allowed_without_one(tmp_path: Path) -> None:
    shell = shell_in(tmp_path)
    allows = Preparation(
        verdict=VerdictKind.ALLOW,
        reasons=("It only reads.",),
        grant=Grantable(key="git log", words="git log here"),
    )
    object.__setattr__(shell, "judge", lambda _command, **_where: allows)
    assert shell.prepare("t", {"command": "git log"}).verdict is VerdictKind.ALLOW
    said = shell.prepare("t", {"command": "git log", "pty": True})
    assert said.verdict is VerdictKind.ASK
    assert said.grant == Grantable(key="tty git log", words="git log here (in a terminal)")
    assert said.reasons == ("It runs in a terminal of its own (80 columns, 24 lines).",)


# The kinds that the issue names, and what else makes a program load or run something.
WORDS = """
BASH_ENV BASH_FUNC_ls%% BASHOPTS CDPATH CLASSPATH DYLD_INSERT_LIBRARIES DYLD_LIBRARY_PATH EDITOR ENV
GCONV_PATH GIT_CONFIG_COUNT GIT_DIR GIT_EXTERNAL_DIFF GIT_PAGER GIT_SSH_COMMAND GOFLAGS IFS
JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS LC_EVIL LD_AUDIT LD_LIBRARY_PATH LD_PRELOAD LESS
LESSOPEN LOCPATH LUA_INIT MAKEFLAGS MANPAGER NODE_OPTIONS NODE_PATH npm_config_prefix PERL5LIB
PERL5OPT PERL5DB PROMPT_COMMAND PS1 PS4 PYTHONHOME PYTHONPATH PYTHONSTARTUP PYTHONWARNINGS
RIPGREP_CONFIG_PATH RUBYLIB RUBYOPT SHELLOPTS SSH_AUTH_SOCK TAR_OPTIONS TERMINFO VISUAL ZDOTDIR
AWS_SECRET_ACCESS_KEY SLACK_BOT_TOKEN DISPATCH_DEVICE_HOME GITHUB_TOKEN HTTP_PROXY DISPLAY
"""
NEVER_PASSED = WORDS.split()


@pytest.mark.parametrize("name", NEVER_PASSED)
def test_no_variable_that_changes_what_runs_is_passed(name: str) -> None:
    assert name not in clean_environment({name: "x", "PATH": "/bin"})


def test_at_a_terminal_nothing_turns_pages_whatever_the_owner_set() -> None:
    seen = clean_environment({"GIT_PAGER": "evil", "LESSOPEN": "evil"}, terminal=True)
    assert (seen["PAGER"], seen["GIT_PAGER"], seen["LESSSECURE"]) == ("cat", "cat", "1")
    assert "evil" not in seen.values()


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/usr/bin:/bin", "/usr/bin:/bin"),
        (".:/usr/bin", "/usr/bin"),
        ("/usr/bin:", "/usr/bin"),
        ("bin:~/bin", "/usr/local/bin:/usr/bin:/bin"),
        ("", "/usr/local/bin:/usr/bin:/bin"),
    ],
)
def test_programs_are_never_looked_for_where_a_command_happens_to_start(
    path: str, kept: str
) -> None:
    assert clean_environment({"PATH": path})["PATH"] == kept


@pytest.mark.processes
def test_a_command_sees_no_secret(bystander: Bystander, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NEVER_PASSED:
        if "%" not in name:
            monkeypatch.setenv(name, "hunter2")
    result = bystander.run("env")
    assert result.status is StepStatus.DONE
    assert "hunter2" not in result.text
    assert set(re.findall(r"^(\w+)=", result.text, re.MULTILINE)) <= {
        *("HOME", "PATH", "LANG", "LANGUAGE", "TZ", "USER", "LOGNAME", "SHELL", "TMPDIR"),
        *("TERM", "PWD", "SHLVL", "_", "LC_ALL", "LC_CTYPE", "DISPATCH_COMMAND"),
    }
