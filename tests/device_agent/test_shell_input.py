"""Writing to a command while it runs, through a pipe or at a terminal."""

import threading
from pathlib import Path

import pytest

from device_agent.tools.shell.keyboard import END_OF_INPUT, INTERRUPT
from device_agent.tools.step import StopReason
from dispatch_core.lifecycle import StepStatus
from dispatch_core.planning.fences import plain
from dispatch_core.protocol import StepResult
from tests.device_agent.shells import Bystander, timed_out
from tests.device_agent.waiting import PATIENCE, eventually

pytestmark = pytest.mark.processes


def ended(bystander: Bystander, thread: threading.Thread) -> StepResult:
    thread.join(PATIENCE)
    assert bystander.result is not None
    return bystander.result


def test_lines_reach_a_command_in_order_and_its_input_ends(bystander: Bystander) -> None:
    thread = bystander.start("echo ready; cat")
    bystander.typed += ["first", "", "écrit"]
    eventually(lambda: "écrit" in bystander.seen)
    bystander.typed.append(END_OF_INPUT)
    result = ended(bystander, thread)
    assert (result.status, result.text) == (StepStatus.DONE, "ready\nfirst\n\nécrit\n")


def test_a_question_is_answered(bystander: Bystander) -> None:
    thread = bystander.start('printf "name? "; read name; echo "hello $name"', until="name? ")
    bystander.typed.append("Ada")
    assert ended(bystander, thread).text == "name? hello Ada\n"


def test_a_command_that_waits_for_a_line_waits_until_its_time_is_over(tmp_path: Path) -> None:
    assert timed_out(tmp_path, "echo waiting; read line", "waiting").text == "waiting\n"


def test_control_c_interrupts_and_the_command_may_go_on(bystander: Bystander) -> None:
    thread = bystander.start(
        "trap 'hit=1' INT; echo ready; until [ $hit ]; do sleep 0.1; done; read a; echo went on: $a"
    )
    bystander.typed += [INTERRUPT, "one"]
    result = ended(bystander, thread)
    assert (result.status, result.text) == (StepStatus.DONE, "ready\nwent on: one\n")


def test_what_nobody_reads_any_more_is_told(bystander: Bystander) -> None:
    thread = bystander.start("exec 0<&-; echo ready; sleep 300")
    bystander.typed.append("hello")
    eventually(lambda: "reads no more input" in bystander.seen)
    bystander.stop.ask(StopReason.PERSON)
    ended(bystander, thread)


def test_more_than_a_pipe_holds_waits_for_its_reader(bystander: Bystander) -> None:
    thread = bystander.start("echo ready; until [ -e go ]; do sleep 0.1; done; wc -c")
    bystander.typed += ["x" * 99_999] * 3 + [END_OF_INPUT]
    eventually(lambda: not bystander.typed)
    (bystander.folder / "go").touch()
    assert ended(bystander, thread).text.split() == ["ready", "300000"]


def test_a_terminal_is_one_with_a_size(bystander: Bystander) -> None:
    result = bystander.run("test -t 0 -a -t 1 -a -t 2 && stty size && tty; exit 3", pty=True)
    assert result.exit_code == 3
    assert plain(result.text).startswith("24 80\n/dev/")


def test_a_terminal_is_the_commands_own(bystander: Bystander) -> None:
    result = bystander.run("echo to the terminal > /dev/tty; ps -o tpgid= -p $$", pty=True)
    assert "to the terminal" in result.text
    assert int(plain(result.text).split()[-1]) > 0


def test_a_terminal_echoes_what_is_typed_unless_a_password_is_asked_for(
    bystander: Bystander,
) -> None:
    thread = bystander.start(
        "read a; stty -echo; echo ready; read b; echo $a $b", until="", pty=True
    )
    bystander.typed.append("seen")
    eventually(lambda: "ready" in bystander.seen)
    bystander.typed.append("hunter2")
    assert plain(ended(bystander, thread).text) == "seen\nready\nseen hunter2\n"


def test_control_c_and_control_d_are_keys_of_a_terminal(bystander: Bystander) -> None:
    thread = bystander.start(
        "trap 'hit=1' INT; echo ready; cat; echo end; until [ $hit ]; do sleep 0.1; done; echo; "
        "echo hit",
        pty=True,
    )
    bystander.typed.append(END_OF_INPUT)
    eventually(lambda: "end" in bystander.seen)
    bystander.typed.append(INTERRUPT)
    assert ended(bystander, thread).text.split()[-1] == "hit"


def test_colours_and_overwritten_lines_are_not_shown(bystander: Bystander) -> None:
    command = r"printf '\033[31mred\033[0m\033(B\033=\n10%%\r100%%\nab\bc\n'"
    assert plain(bystander.run(command, pty=True).text) == "red\n100%\nac\n"


def test_a_killed_command_at_a_terminal_has_the_shells_exit_code(bystander: Bystander) -> None:
    assert bystander.run("kill -9 $$", pty=True).exit_code == 137
