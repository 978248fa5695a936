"""Commands of real processes: their output, their end, and that nothing of them is left."""

from pathlib import Path

import pytest

from device_agent.tools.step import StepRoom, Stop, StopReason
from dispatch_core.abilities import VerdictKind
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import Bound
from tests.device_agent.shells import Bystander, left_in, shell_in, timed_out
from tests.device_agent.waiting import PATIENCE

pytestmark = pytest.mark.processes


def test_a_command_gives_its_output_and_exit_code(bystander: Bystander) -> None:
    result = bystander.run("echo out; echo err >&2; exit 3")
    assert (result.status, result.text, result.exit_code) == (StepStatus.FAILED, "out\nerr\n", 3)


def test_output_is_seen_while_the_command_runs(bystander: Bystander) -> None:
    thread = bystander.start("echo ready; sleep 300", until="ready")
    assert bystander.result is None
    bystander.stop.ask(StopReason.PERSON)
    thread.join(PATIENCE)


def test_a_command_starts_in_the_shared_folder(bystander: Bystander) -> None:
    assert bystander.run("pwd").text == f"{bystander.folder}\n"


def test_broken_utf_8_and_nul_are_still_text(bystander: Bystander) -> None:
    assert bystander.run(r"printf 'a\0b\377\303\251'").text == "a\ufffdb\ufffdé"


def test_a_killed_command_has_the_shells_exit_code(bystander: Bystander) -> None:
    assert bystander.run("kill -9 $$").exit_code == 137


def test_a_command_over_its_time_is_ended_and_its_output_kept(tmp_path: Path) -> None:
    result = timed_out(tmp_path, "echo so far; sleep 300", "so far")
    assert result.text.startswith("so far")
    assert not left_in(tmp_path)


def test_what_is_left_in_the_background_ends_with_the_command(bystander: Bystander) -> None:
    result = bystander.run("setsid sleep 300 & echo done")
    assert result.status is StepStatus.DONE
    assert result.text == "done\n[left in the background, ended with the command: 1]"
    assert not left_in(bystander.folder)


def test_a_stop_for_closing_is_an_interruption(bystander: Bystander) -> None:
    thread = bystander.start("echo ready; sleep 300")
    bystander.stop.ask(StopReason.CLOSING)
    thread.join(PATIENCE)
    assert bystander.result is not None
    assert bystander.result.status is StepStatus.INTERRUPTED
    assert "the companion was stopped" in bystander.result.text


def test_a_killed_guard_is_an_interruption(bystander: Bystander) -> None:
    result = bystander.run("kill -9 $PPID")
    assert result.status is StepStatus.INTERRUPTED


def test_a_folder_that_is_gone_is_told(bystander: Bystander, tmp_path: Path) -> None:
    bystander.bound = Bound(working_directory=str(tmp_path / "gone"))
    result = bystander.run("echo hi")
    assert result.status is StepStatus.FAILED
    assert "could not be started: No such file or directory" in result.text


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"command": 1},
        {"command": " "},
        {"command": "a\0b"},
        {"command": "a", "cwd": "/"},
        {"command": "a", "pty": "yes"},
    ],
)
def test_a_step_with_other_arguments_is_refused(
    tmp_path: Path, arguments: dict[str, object]
) -> None:
    room = StepRoom(5, Stop(), lambda _text: None, lambda _name, _path: None)
    shell = shell_in(tmp_path)
    assert shell(room, arguments).status is StepStatus.REFUSED
    assert shell.prepare("thread-1", arguments).verdict is VerdictKind.DENY
