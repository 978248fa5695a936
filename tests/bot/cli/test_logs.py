"""What Dispatch writes to its log: for people or for machines, and never a secret."""

import asyncio
import json
import logging
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from bot.commands.logs import LogSettings, log_to_stderr
from dispatch_core.log_context import about, note
from tests.bot.cli.command import dispatch

TOKEN = "xoxb-123456789012-abcdefghijklmnop"
log = logging.getLogger("dispatch.test")


Written = Callable[[], str]


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Iterator[Written]:
    """What went to standard error since the last look; the root logger is as it was afterwards."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    # basicConfig closes the handlers that it takes away, pytest's own among them.
    root.handlers = []
    yield lambda: capsys.readouterr().err
    root.handlers, root.level = before


def in_json(**settings: str) -> None:
    log_to_stderr(LogSettings(format="json", **settings))  # type: ignore[arg-type]


def test_a_line_in_json_says_when_who_and_about_what(written: Written) -> None:
    in_json()
    with about(run_id="r1", thread_key="T1:C1:1", step_id=None):
        log.info("run %s begins", "r1", extra={"attempt": 2})
    line = json.loads(written())
    moment = datetime.fromisoformat(line.pop("time"))
    assert moment.utcoffset() is not None
    assert line.pop("process").rpartition(":")[2].isdigit()
    assert line == {
        "level": "info",
        "logger": "dispatch.test",
        "message": "run r1 begins",
        "run_id": "r1",
        "thread_key": "T1:C1:1",
        "attempt": 2,
    }


def test_an_exception_is_one_field_of_one_line_and_its_secret_is_masked(
    written: Written,
) -> None:
    in_json()
    try:
        int(f"no such token {TOKEN}")
    except ValueError:
        log.exception("it broke\nbadly")
    [line] = written().splitlines()
    told = json.loads(line)
    assert told["message"] == "it broke\nbadly"
    assert "ValueError: invalid literal" in told["exception"]
    assert "[redacted: Slack token]" in told["exception"]
    assert TOKEN not in line


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_field_carries_a_secret(written: Written, form: str) -> None:
    log_to_stderr(LogSettings(format=form))  # type: ignore[arg-type]
    url = "postgresql://app:s3cr3t-pw@db/prod"
    log.warning("at %s", url, extra={"header": f"Bearer {TOKEN}", "password": "hunter2hunter2"})
    text = written()
    for secret in (TOKEN, "s3cr3t-pw", "hunter2hunter2"):
        assert secret not in text


def test_a_text_line_can_not_be_forged_from_inside_a_message(written: Written) -> None:
    log_to_stderr(LogSettings())
    with about(device_id="d1"):
        log.info("named %s", "x\n2026-11-22 09:00:00 INFO    all is well\x1b[2K")
    first, second = written().splitlines()
    assert "named x" in first
    assert second.startswith("    ")
    assert second.endswith("[device_id=d1]")
    assert "\x1b" not in second


def test_the_level_is_what_is_set_else_what_is_usual(written: Written) -> None:
    log_to_stderr(LogSettings(), usual="warning")
    log.info("not this")
    log_to_stderr(LogSettings(level="debug"), usual="warning")
    log.debug("but this")
    text = written()
    assert "not this" not in text
    assert "but this" in text


async def test_what_is_about_one_task_is_not_about_another(written: Written) -> None:
    in_json()
    begun = asyncio.Event()

    async def work(run_id: str) -> None:
        with about(run_id=run_id):
            begun.set()
            await asyncio.sleep(0)
            log.info("works")

    async def serve() -> None:
        with about():
            note(device_id="d1")
            await begun.wait()
            log.info("serves")
        log.info("served")

    await asyncio.gather(work("r1"), work("r2"), serve())
    lines = [json.loads(line) for line in written().splitlines()]
    found = {(line["message"], line.get("run_id"), line.get("device_id")) for line in lines}
    assert found == {
        ("works", "r1", None),
        ("works", "r2", None),
        ("serves", None, "d1"),
        ("served", None, None),
    }


@pytest.mark.processes
@pytest.mark.parametrize("name", ["DISPATCH_LOG_FORMAT", "DISPATCH_LOG_LEVEL"])
async def test_a_wrong_setting_of_the_log_is_named_in_one_sentence(name: str) -> None:
    ended = await dispatch("worker", settings={name: "loud"})
    assert ended.code == 2
    assert ended.err.startswith(f"{name} is wrong: ")
    assert ended.err.count("\n") == 1
