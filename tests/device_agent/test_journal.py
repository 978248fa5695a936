"""The journal remembers what began, whatever happens to the process or its last line."""

from pathlib import Path

import pytest

from device_agent.errors import DamagedFile
from device_agent.journal import KEPT_SECONDS, Journal
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import StepResult

DONE = StepResult(status=StepStatus.DONE, text="output", exit_code=0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.jsonl"


def again(journal: Journal, path: Path) -> Journal:
    journal.close()
    return Journal(path)


def test_a_step_that_ended_has_its_result_after_a_restart(path: Path) -> None:
    journal = Journal(path)
    journal.start("s1")
    journal.end("s1", DONE)
    journal = again(journal, path)
    entry = journal.find("s1")
    assert entry is not None
    assert entry.result == DONE
    assert journal.undelivered() == [entry]
    journal.close()


def test_a_step_without_an_end_is_known_as_begun(path: Path) -> None:
    journal = Journal(path)
    journal.start("s1")
    journal = again(journal, path)
    entry = journal.find("s1")
    assert entry is not None
    assert entry.result is None
    journal.close()


def test_a_delivered_end_is_not_delivered_again(path: Path) -> None:
    journal = Journal(path)
    journal.start("s1")
    journal.end("s1", DONE)
    journal.deliver("s1")
    journal = again(journal, path)
    assert not journal.undelivered()
    assert journal.find("s1") is not None
    journal.close()


@pytest.mark.parametrize("torn", [1, 20, 60])
def test_a_torn_end_leaves_a_step_that_was_interrupted(path: Path, torn: int) -> None:
    journal = Journal(path)
    journal.start("s1")
    journal.end("s1", DONE)
    journal.close()
    path.write_bytes(path.read_bytes()[:-torn])
    journal = Journal(path)
    entry = journal.find("s1")
    assert entry is not None
    assert entry.result is None
    journal.end("s1", DONE)
    journal = again(journal, path)
    assert journal.undelivered()[0].result == DONE
    journal.close()


def test_a_damaged_line_in_the_middle_stops_the_start(path: Path) -> None:
    journal = Journal(path)
    journal.start("s1")
    journal.start("s2")
    journal.close()
    path.write_bytes(b"\0" + path.read_bytes()[1:])
    with pytest.raises(DamagedFile, match="a line is damaged"):
        Journal(path)


def test_what_was_delivered_long_ago_is_forgotten(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(path)
    for step in ("old", "open"):
        journal.start(step)
        journal.end(step, DONE)
    journal.deliver("old")
    now = journal.undelivered()[0].at
    monkeypatch.setattr("device_agent.journal.time.time", lambda: now + KEPT_SECONDS + 1)
    journal = again(journal, path)
    assert journal.find("old") is None
    assert journal.find("open") is not None
    journal.close()


def test_only_its_owner_can_read_the_journal(path: Path) -> None:
    Journal(path).close()
    assert path.stat().st_mode & 0o777 == 0o600
