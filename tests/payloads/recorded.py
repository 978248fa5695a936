"""The payloads that the local workspace took from the bot in all tests of a session.

The workspace writes them down while the tests run, in every process of the session; at its end
they are held against Slack's types and models, and one that does not fit fails the session.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.payloads.models import objections
from tests.payloads.type_check import Call, complaints, missing

FOLDER = "RECORDED_PAYLOADS"
# The workspace's own tests play an app that does all that Slack takes, and more.
NOT_THE_BOT = "tests/bot/local_workspace/"
MOST_SHOWN = 20


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder, once for a session; the processes of xdist inherit its name."""
    if not hasattr(config, "workerinput"):
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="dispatch-payloads-")


@pytest.fixture(autouse=True)
def payload_log(
    request: pytest.FixtureRequest, clean_environment: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let the workspace write down what it takes from the bot, a file for each process."""
    folder = os.environ.get(FOLDER)
    if folder and not request.node.nodeid.startswith(NOT_THE_BOT):
        monkeypatch.setenv("DISPATCH_PAYLOAD_LOG", f"{folder}/{os.getpid()}.jsonl")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hold them against types and models; a session with a wrong one has failed."""
    if hasattr(session.config, "workerinput"):
        return
    folder = Path(os.environ.pop(FOLDER))
    session.config.stash[TOLD] = told = judge(folder)
    if told and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    shutil.rmtree(folder, ignore_errors=True)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say which payloads Slack would not take."""
    told = config.stash.get(TOLD, [])
    if told:
        terminalreporter.section("payloads that Slack's types or models refuse")
    for words in told[:MOST_SHOWN]:
        terminalreporter.line(words)


TOLD = pytest.StashKey[list[str]]()


def judge(folder: Path) -> list[str]:
    """What types and models say against the recorded payloads; none is good."""
    calls = list(_calls(folder))
    types = complaints(calls, folder) if calls and not missing() else []
    return [*types, *objections(calls)]


def _calls(folder: Path) -> Iterator[Call]:
    for log in folder.glob("*.jsonl"):
        for line in log.read_text(encoding="utf-8").splitlines():
            call = json.loads(line)
            yield call["method"], call["params"]
