"""The companion as real processes against the real HTTP door: at most once, whatever dies."""

import asyncio
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from device_agent.client import ANSWER_SECONDS
from dispatch_core.abilities import ToolName
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import CLAIM_WAIT_SECONDS
from tests.device_agent.conftest import Companion
from tests.device_agent.waiting import PATIENCE, eventually

pytestmark = pytest.mark.processes

HEAVY = ("sqlmodel", "sqlalchemy", "slack_bolt", "slack_sdk", "apscheduler", "aiohttp", "bot")


def test_the_companion_is_light_to_import() -> None:
    program = (
        f"import sys, device_agent.__main__\nprint([n for n in {HEAVY!r} if n in sys.modules])"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert loaded.stdout == "[]\n"


def test_pairing_tells_the_name_the_fingerprint_and_what_it_may(companion: Companion) -> None:
    paired = companion.pair()
    assert paired.returncode == 0, paired.stderr
    assert "device       laptop" in paired.stdout
    assert f"it may       read and write files in {companion.shared}, run commands" in paired.stdout
    request = companion.core.dispatcher.paired[0]
    assert request.capabilities.reachableFolders == (str(companion.shared),)
    assert stat.S_IMODE((companion.home / "identity.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(companion.home.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--folder", "/no/such"], "There is no folder /no/such"),
        (["--allow", "shell,root"], "There is no permission root"),
        (["--name", "my laptop"], "my laptop can't be a device's name"),
    ],
)
def test_a_wrong_option_is_one_sentence(
    companion: Companion, arguments: list[str], sentence: str
) -> None:
    answer = companion.command("pair", companion.core.url, "ABCD2345", *arguments)
    assert answer.returncode == 1
    assert answer.stderr.startswith(sentence)
    assert answer.stderr.count("\n") == 1


def test_a_wrong_code_and_a_wrong_address_are_one_sentence(companion: Companion) -> None:
    wrong = companion.command("pair", companion.core.url, "WRNG2345")
    assert wrong.stderr.startswith("This pairing code is wrong, used or expired")
    away = companion.command("pair", "http://127.0.0.1:9", "ABCD2345")
    assert "does not answer (no connection)" in away.stderr
    unpaired = companion.command("run")
    assert unpaired.stderr.startswith("This computer is not paired")


def test_a_home_that_cannot_be_written_is_named(companion: Companion) -> None:
    companion.home.write_text("a file where the folder should be")
    answer = companion.command("run")
    assert answer.returncode == 2
    assert answer.stderr.startswith("DISPATCH_DEVICE_HOME is wrong: ")
    assert answer.stderr.count("\n") == 1


def test_without_allow_nothing_is_allowed(companion: Companion) -> None:
    paired = companion.command("pair", companion.core.url, "ABCD2345")
    assert "it may       nothing" in paired.stdout


def test_a_command_runs_and_its_output_comes_back(companion: Companion) -> None:
    companion.pair()
    companion.core.dispatcher.order(ToolName.SHELL, command="pwd; echo hi")
    companion.start()
    result = companion.result_of()
    assert (result.status, result.text) == (StepStatus.DONE, f"{companion.shared}\nhi\n")


def test_output_is_streamed_while_the_command_runs(companion: Companion) -> None:
    companion.pair()
    dispatcher = companion.core.dispatcher
    dispatcher.order(ToolName.SHELL, command="echo first; until [ -e go ]; do sleep 0.05; done")
    companion.start()
    eventually(lambda: "first\n" in "".join(dispatcher.outputs["step-1"]))
    assert not dispatcher.results
    (companion.shared / "go").touch()
    assert companion.result_of().status is StepStatus.DONE


def test_a_short_step_does_not_wait_for_a_long_one(companion: Companion) -> None:
    companion.pair()
    dispatcher = companion.core.dispatcher
    dispatcher.order(ToolName.SHELL, command="until [ -e go ]; do sleep 0.05; done")
    dispatcher.order(ToolName.LIST_FOLDER, "step-2", path=".")
    companion.start()
    assert companion.result_of("step-2").status is StepStatus.DONE
    (companion.shared / "go").touch()
    assert companion.result_of().status is StepStatus.DONE


def test_a_file_comes_as_an_artifact(companion: Companion) -> None:
    companion.pair()
    (companion.shared / "ünï {1}.txt").write_text("words")
    companion.core.dispatcher.order(ToolName.READ_FILE, path="ünï {1}.txt")
    companion.start()
    assert companion.result_of().status is StepStatus.DONE
    view, kept = companion.core.dispatcher.artifacts["artifact-1"]
    assert (view.name, kept.read_text()) == ("ünï {1}.txt", "words")


def test_a_file_comes_though_the_lease_ran_out_on_the_way(companion: Companion) -> None:
    companion.pair()
    (companion.shared / "words.txt").write_text("words")
    companion.core.dispatcher.unheld_until_progress = True
    companion.core.dispatcher.order(ToolName.READ_FILE, path="words.txt")
    companion.start()
    assert companion.result_of().status is StepStatus.DONE
    assert companion.core.dispatcher.artifacts["artifact-1"][0].name == "words.txt"


def test_an_empty_file_comes_too(companion: Companion) -> None:
    companion.pair()
    (companion.shared / "empty").touch()
    companion.core.dispatcher.order(ToolName.READ_FILE, path="empty")
    companion.start()
    assert companion.result_of().status is StepStatus.DONE
    assert companion.core.dispatcher.artifacts["artifact-1"][0].size_bytes == 0


def test_a_file_outside_is_told_in_a_sentence(companion: Companion) -> None:
    companion.pair()
    companion.core.dispatcher.order(ToolName.READ_FILE, path="/etc/passwd")
    companion.start()
    result = companion.result_of()
    assert result.status is StepStatus.FAILED
    assert result.text.startswith("/etc/passwd is outside the folders that this device shares")


def test_what_the_owner_did_not_allow_is_refused_whatever_the_core_says(
    companion: Companion,
) -> None:
    companion.pair(allow="local_files")
    companion.core.dispatcher.order(ToolName.SHELL, command="touch ran")
    companion.start()
    result = companion.result_of()
    assert result.status is StepStatus.REFUSED
    assert "does not let Dispatch run commands" in result.text
    assert not (companion.shared / "ran").exists()


def test_a_stop_ends_the_command(companion: Companion) -> None:
    companion.pair()
    dispatcher = companion.core.dispatcher
    dispatcher.order(ToolName.SHELL, command="echo so far; sleep 300")
    companion.start()
    eventually(lambda: "so far\n" in "".join(dispatcher.outputs["step-1"]))
    dispatcher.stopped.add("step-1")
    result = companion.result_of()
    assert (result.status, result.text) == (StepStatus.STOPPED, "so far\n")


def start_counting(companion: Companion) -> "subprocess.Popen[str]":
    """A companion in the middle of a command that leaves a line for each time that it ran."""
    companion.pair()
    command = "echo ran >> runs; until [ -e go ]; do sleep 0.05; done; echo end >> runs"
    companion.core.dispatcher.order(ToolName.SHELL, command=command, lease=1)
    process = companion.start()
    eventually((companion.shared / "runs").exists)
    return process


def test_a_killed_companions_command_is_not_run_again(companion: Companion) -> None:
    process = start_counting(companion)
    children = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait(PATIENCE)
    assert not psutil.wait_procs(children, timeout=PATIENCE)[1]
    companion.start()
    result = companion.result_of()
    assert result.status is StepStatus.INTERRUPTED
    assert (companion.shared / "runs").read_text() == "ran\n"


def test_a_result_that_was_not_reported_is_delivered_after_a_restart(
    companion: Companion,
) -> None:
    process = start_counting(companion)
    companion.core.stop()
    (companion.shared / "go").touch()
    journal = companion.home / "journal.jsonl"
    eventually(lambda: "ended" in journal.read_text())
    process.kill()
    process.wait(PATIENCE)
    companion.core.start()
    companion.start()
    assert companion.result_of().status is StepStatus.DONE
    assert (companion.shared / "runs").read_text() == "ran\nend\n"


def test_a_restart_of_the_core_does_not_disturb_a_command(companion: Companion) -> None:
    process = start_counting(companion)
    companion.core.stop()
    companion.core.start()
    (companion.shared / "go").touch()
    assert companion.result_of().status is StepStatus.DONE
    assert (companion.shared / "runs").read_text() == "ran\nend\n"
    assert process.poll() is None


def test_a_step_that_is_offered_while_it_is_done_is_done_once(companion: Companion) -> None:
    start_counting(companion)
    dispatcher = companion.core.dispatcher
    dispatcher.leased_until.clear()  # its lease is over, so that it is offered again
    eventually(lambda: dispatcher.leased_until)
    (companion.shared / "go").touch()
    assert companion.result_of().status is StepStatus.DONE
    assert (companion.shared / "runs").read_text() == "ran\nend\n"


def test_an_ended_companion_takes_its_command_along_and_says_so(companion: Companion) -> None:
    process = start_counting(companion)
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0
    assert not psutil.wait_procs(children, timeout=PATIENCE)[1]
    result = companion.result_of()
    assert result.status is StepStatus.INTERRUPTED
    assert "the companion was stopped" in result.text


def test_an_idle_companion_ends_without_waiting_for_an_answer(companion: Companion) -> None:
    claimed = threading.Event()

    async def never_answered(_device: str, _wait: float) -> None:
        claimed.set()
        await asyncio.Event().wait()

    companion.core.dispatcher.claim_step = never_answered
    companion.pair()
    process = companion.start()
    assert claimed.wait(PATIENCE)
    process.send_signal(signal.SIGINT)
    # It would wait for an answer for longer than this.
    assert process.wait(CLAIM_WAIT_SECONDS + ANSWER_SECONDS - 5) == 0


def test_a_revoked_device_ends_with_one_sentence(companion: Companion) -> None:
    process = start_counting(companion)
    companion.core.dispatcher.keys.clear()
    assert process.wait(PATIENCE) == 1
    assert "laptop is no longer paired with" in process.communicate()[0].splitlines()[-1]
    assert (companion.shared / "runs").read_text() == "ran\n"


def test_a_command_that_kills_its_guard_leaves_nothing_behind(companion: Companion) -> None:
    companion.pair()
    command = (
        "setsid sh -c 'echo $$ > pid; exec sleep 300' & until [ -s pid ]; do sleep 0.05; done; "
        "kill -9 $PPID"
    )
    companion.core.dispatcher.order(ToolName.SHELL, command=command)
    companion.start()
    assert companion.result_of().status is StepStatus.INTERRUPTED
    pid = int((companion.shared / "pid").read_text())
    eventually(lambda: not psutil.pid_exists(pid))


def test_one_companion_runs_for_a_home(companion: Companion) -> None:
    companion.pair()
    process = companion.start()
    second = companion.command("run")
    assert f"is already running as process {process.pid}" in second.stderr
    again = companion.pair()
    assert f"is already running as process {process.pid}" in again.stderr
    assert f"yes, as process {process.pid}" in companion.command("status").stdout


def test_a_key_that_others_can_read_is_not_used(companion: Companion) -> None:
    companion.pair()
    key: Path = companion.home / "identity.key"
    key.chmod(0o644)
    assert f"Others on this computer can read {key}" in companion.command("run").stderr
