"""The companion as real processes against the real HTTP door: paired, and at work."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from dispatch_core.abilities import ToolName
from dispatch_core.lifecycle import StepStatus
from tests.device_agent.conftest import Companion
from tests.device_agent.waiting import eventually

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
