"""The owner changes what the device may do while its companion runs: it holds at once."""

from pathlib import Path

import pytest

from dispatch_core.abilities import Permissions, ToolName
from dispatch_core.lifecycle import StepStatus
from tests.device_agent.conftest import Companion
from tests.device_agent.waiting import eventually

pytestmark = pytest.mark.processes


def test_what_is_forbidden_is_refused_from_the_next_step_on(companion: Companion) -> None:
    companion.pair()
    companion.start()
    (companion.shared / "a.txt").write_text("words")
    dispatcher = companion.core.dispatcher
    dispatcher.order(ToolName.LIST_FOLDER, path=".")
    assert companion.result_of("step-1").status is StepStatus.DONE
    changed = companion.command("forbid", "local_files")
    assert changed.stdout == "it may       run commands\n"
    assert dispatcher.reports[-1].permissions == Permissions(shell=True)
    dispatcher.order(ToolName.LIST_FOLDER, "step-2", path=".")
    refused = companion.result_of("step-2")
    assert refused.status is StepStatus.REFUSED
    assert "does not let Dispatch read and write files" in refused.text
    assert companion.command("permit", "local_files").returncode == 0
    dispatcher.order(ToolName.LIST_FOLDER, "step-3", path=".")
    assert companion.result_of("step-3").status is StepStatus.DONE


def test_a_folder_is_shared_and_taken_back_while_the_companion_runs(
    companion: Companion, tmp_path: Path
) -> None:
    companion.pair()
    companion.start()
    more = tmp_path / "more"
    more.mkdir()
    dispatcher = companion.core.dispatcher
    dispatcher.wider = (f"folder {more}",)
    added = companion.command("folder", "add", str(more))
    assert f"Your confirmation in Slack is awaited for: folder {more}" in added.stdout
    assert dispatcher.reports[-1].capabilities.reachableFolders == (
        str(companion.shared),
        str(more),
    )
    assert companion.command("folder", "list").stdout == f"{companion.shared}\n{more}\n"
    dispatcher.order(ToolName.LIST_FOLDER, path=str(more))
    assert companion.result_of("step-1").status is StepStatus.DONE
    more.rmdir()  # what is gone can still be taken back
    assert companion.command("folder", "remove", str(more)).returncode == 0
    more.mkdir()
    dispatcher.order(ToolName.LIST_FOLDER, "step-2", path=str(more))
    refused = companion.result_of("step-2")
    assert refused.status is not StepStatus.DONE
    assert "outside the folders" in refused.text


def test_a_change_while_the_core_is_away_is_reported_when_it_is_back(companion: Companion) -> None:
    companion.pair()
    companion.start()
    companion.core.stop()
    changed = companion.command("forbid", "shell")
    assert "It holds here, and is reported when the companion connects" in changed.stdout
    companion.core.start()
    reports = companion.core.dispatcher.reports
    eventually(lambda: reports[-1].permissions == Permissions(local_files=True))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("permit", "root"), "There is no permission root"),
        (("folder", "add", "/no/such"), "There is no folder /no/such"),
        (("folder", "remove", "/etc"), "/etc is not shared; shared are: "),
    ],
)
def test_a_wrong_word_is_one_sentence_and_changes_nothing(
    companion: Companion, words: tuple[str, ...], sentence: str
) -> None:
    companion.pair()
    before = (companion.home / "pairing.json").read_text()
    answer = companion.command(*words)
    assert answer.returncode == 1
    assert answer.stderr.startswith(sentence)
    assert (companion.home / "pairing.json").read_text() == before
