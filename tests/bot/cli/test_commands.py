"""`dispatch` at the command line: what it prints, and how it ends."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.local_workspace.workspace import LocalWorkspace
from tests.bot.cli.command import dispatch
from tests.bot.listeners.desk import MANIFEST, QUICK

pytestmark = pytest.mark.processes


@pytest.fixture
async def workspace() -> AsyncIterator[LocalWorkspace]:
    workspace = LocalWorkspace(MANIFEST, pace=QUICK)
    await workspace.start(port=0)
    yield workspace
    await workspace.stop()


def connected(workspace: LocalWorkspace, **changes: str) -> dict[str, str]:
    return {
        "SLACK_API_URL": workspace.api_url,
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_APP_TOKEN": workspace.app_token,
        "DISPATCH_HTTP_PORT": "0",
    } | changes


async def test_serve_without_a_token_names_it_in_one_sentence() -> None:
    ended = await dispatch("serve")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "SLACK_BOT_TOKEN is missing; set it and start again.\n"


async def test_a_wrong_core_setting_is_named_in_one_sentence() -> None:
    ended = await dispatch("serve", settings={"DISPATCH_LEASE": "soon"})
    assert ended.code == 2
    assert ended.err.startswith("DISPATCH_LEASE is wrong: ")
    assert ended.err.count("\n") == 1


async def test_serve_with_a_refused_token_says_so_and_ends(workspace: LocalWorkspace) -> None:
    wrong = connected(workspace, SLACK_BOT_TOKEN="xoxb-nobody")
    ended = await dispatch("serve", settings=wrong)
    assert ended.code == 2
    assert ended.err.startswith("Slack refused SLACK_BOT_TOKEN (invalid_auth); ")
    assert ended.err.count("\n") == 1


async def test_a_home_that_cannot_be_written_is_named_before_slack_is_asked(
    tmp_path: Path,
) -> None:
    (tmp_path / "a-file").write_text("")
    unreachable = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "SLACK_API_URL": "http://127.0.0.1:9/api/",
        "DISPATCH_HOME": str(tmp_path / "a-file"),
    }
    ended = await dispatch("serve", settings=unreachable)
    assert ended.code == 2
    assert ended.err.startswith("DISPATCH_HOME is wrong: ")
    assert ended.err.count("\n") == 1


async def test_serve_with_a_refused_app_token_says_so_and_ends(workspace: LocalWorkspace) -> None:
    wrong = connected(workspace, SLACK_APP_TOKEN="xapp-nobody")
    ended = await dispatch("serve", settings=wrong)
    assert ended.code == 2
    assert "Slack refused SLACK_APP_TOKEN (invalid_auth); " in ended.err
    assert "Traceback" not in ended.err


async def test_serve_stops_when_it_is_told_to_and_logs_nothing_but_json_where_asked(
    workspace: LocalWorkspace,
) -> None:
    settings = connected(workspace, DISPATCH_LOG_FORMAT="json", DISPATCH_LOG_LEVEL="debug")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "serve"),
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **settings, "PYTHONPATH": str(MANIFEST.parent)},
    )
    await workspace.wait_until(lambda: workspace.slack.connected)
    process.send_signal(signal.SIGTERM)
    _, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, err.decode()
    assert workspace.bot_token not in err.decode()
    assert workspace.app_token not in err.decode()
    lines = [json.loads(line) for line in err.decode().splitlines()]
    assert all({"time", "level", "logger", "message", "process"} <= set(line) for line in lines)


async def test_explain_route_says_where_how_sure_and_why() -> None:
    ended = await dispatch("explain", "route", "```python\nprint(1)\n```")
    assert ended.code == 0
    choice = json.loads(ended.out)
    assert choice["route"] == "cloud-code"
    assert 0 <= choice["confidence"] <= 1
    assert choice["reason"]


async def test_explain_route_reads_lines_and_writes_a_line_for_each() -> None:
    texts = ["$ ls", "hello", "[route=cloud-code] hello", "[route=nowhere] x"]
    given = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    ended = await dispatch("explain", "route", "-", given=given)
    routes = [json.loads(line)["route"] for line in ended.out.splitlines()]
    assert routes == ["desktop-local", "inline", "cloud-code", None]


async def test_explain_route_names_the_line_that_it_can_t_read() -> None:
    ended = await dispatch("explain", "route", "-", given='{"text": "hello"}\nhello\n')
    assert ended.code == 1
    assert 'line 2 is no JSON object with a "text"' in ended.err
    assert "Traceback" not in ended.err


async def test_explain_redact_shows_a_text_as_an_approval_would() -> None:
    ended = await dispatch(
        "explain", "redact", given="export SLACK=xoxb-123456789012-abcdefghijkl\n"
    )
    assert ended.code == 0
    assert "abcdefghijkl" not in ended.out
    assert ended.out.startswith("export SLACK=")
    assert ended.out.endswith("\n")


async def test_db_upgrade_says_where_the_database_is_now() -> None:
    ended = await dispatch("db", "upgrade")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("The database is at revision ")


async def test_doctor_finds_a_whole_installation_well(workspace: LocalWorkspace) -> None:
    ended = await dispatch("doctor", settings=connected(workspace))
    lines = ended.out.splitlines()
    assert [line for line in lines if not line.startswith("✓ ")] == []
    assert {"✓ Slack socket: it opens", "✓ Slack settings: all there"} <= set(lines)
    assert ended.code == 0


async def test_doctor_says_how_to_mend_what_is_missing() -> None:
    ended = await dispatch("doctor")
    assert ended.code == 1
    wrong = [line for line in ended.out.splitlines() if line.startswith("✗ Slack settings")]
    assert "SLACK_BOT_TOKEN is missing" in wrong[0]
    assert "To mend it: " in wrong[0]


async def test_doctor_names_a_wrong_setting_of_the_log_and_of_the_approvals(
    workspace: LocalWorkspace,
) -> None:
    wrong = connected(workspace, DISPATCH_LOG_FORMAT="xml", DISPATCH_APPROVERS="ada")
    ended = await dispatch("doctor", settings=wrong)
    ills = [line for line in ended.out.splitlines() if line.startswith("✗ ")]
    assert [ill.split(" is wrong")[0] for ill in ills] == [
        "✗ log settings: DISPATCH_LOG_FORMAT",
        "✗ Slack settings: DISPATCH_APPROVERS",
    ]
    assert all(ill.endswith("To mend it: set it in the environment or in .env.") for ill in ills)


async def test_doctor_of_a_worker_asks_for_no_token_and_looks_at_one_that_is_set(
    workspace: LocalWorkspace,
) -> None:
    nothing = {"DISPATCH_HTTP_PORT": "0"}
    without = await dispatch("doctor", "--worker", settings=nothing)
    assert without.code == 0, without.out
    wrong = connected(workspace, SLACK_BOT_TOKEN="xoxb-nobody")
    ended = await dispatch("doctor", "--worker", settings=wrong)
    assert ended.code == 1
    assert "✗ Slack bot token: auth.test: invalid_auth" in ended.out
    assert "Slack socket" not in ended.out


async def test_doctor_names_the_scopes_that_were_not_granted(tmp_path: Path) -> None:
    poorer = tmp_path / "poorer.yml"
    poorer.write_text(MANIFEST.read_text().replace("      - files:read\n", ""))
    workspace = LocalWorkspace(poorer, pace=QUICK)
    await workspace.start(port=0)
    try:
        ended = await dispatch("doctor", settings=connected(workspace))
    finally:
        await workspace.stop()
    assert ended.code == 1
    assert "✗ Slack scopes: missing: files:read" in ended.out


async def test_doctor_finds_a_refused_token(workspace: LocalWorkspace) -> None:
    ended = await dispatch("doctor", settings=connected(workspace, SLACK_BOT_TOKEN="xoxb-nobody"))
    assert ended.code == 1
    assert "✗ Slack bot token: auth.test: invalid_auth" in ended.out
