"""The companion outlives sleep, a network that is away and clocks that jump."""

import json
import re
import signal
from pathlib import Path

import pytest

from device_agent.backoff import Backoff
from dispatch_core.abilities import ToolName
from dispatch_core.lifecycle import StepStatus
from tests.device_agent.conftest import Companion
from tests.device_agent.waiting import eventually

CLOCK = """
import os, pathlib, time
real, offset = time.time, pathlib.Path(os.environ["CLOCK_OFFSET"])
time.time = lambda: real() + float(offset.read_text())
"""


@pytest.mark.processes
def test_a_companion_that_slept_while_the_core_restarted_goes_on(companion: Companion) -> None:
    companion.pair()
    process = companion.start()
    process.send_signal(signal.SIGSTOP)
    companion.core.stop()
    companion.core.start()
    dispatcher = companion.core.dispatcher
    dispatcher.order(ToolName.LIST_FOLDER, path=".")
    process.send_signal(signal.SIGCONT)
    assert companion.result_of().status is StepStatus.DONE
    assert process.poll() is None


@pytest.mark.processes
def test_a_clock_that_jumps_is_refused_said_and_mended_without_a_restart(
    companion: Companion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(tmp_path, 0)
    (tmp_path / "sitecustomize.py").write_text(CLOCK)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("CLOCK_OFFSET", str(tmp_path / "offset"))
    companion.pair()
    process = companion.start()
    dispatcher = companion.core.dispatcher
    # It waits for work now; the jump comes before the work does.
    set_clock(tmp_path, 7200)
    dispatcher.order(ToolName.LIST_FOLDER, path=".")
    log = companion.home / "companion.log"
    eventually(lambda: "can't take this now" in log.read_text())
    assert process.poll() is None
    status = companion.command("status")
    assert re.search(r"! 7[12]\d\d s ahead of the core's", status.stdout)
    assert status.returncode == 1
    set_clock(tmp_path, -30)  # a small one is within what is accepted
    assert companion.result_of().status is StepStatus.DONE
    ended = [line for line in _journal(companion) if line["event"] == "ended"]
    assert len(ended) == 1


def set_clock(folder: Path, seconds: int) -> None:
    """In one move: the companion may read it at any moment."""
    new = folder / "offset.new"
    new.write_text(str(seconds))
    new.replace(folder / "offset")


def _journal(companion: Companion) -> list[dict[str, str]]:
    text = (companion.home / "journal.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]


def test_waits_grow_to_a_limit_differ_by_chance_and_begin_anew_after_a_success() -> None:
    backoff = Backoff(first=0.5, longest=10)
    waits = [backoff.seconds() for _ in range(20)]
    for wait, whole in zip(waits, [0.5, 1, 2, 4, 8, *[10.0] * 15], strict=True):
        assert whole / 2 <= wait <= whole
    assert len(set(waits[5:])) > 10
    backoff.reset()
    assert backoff.seconds() <= 0.5
