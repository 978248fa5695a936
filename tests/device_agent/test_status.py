"""What `dispatch-device status` says, and the log that it names."""

import logging
import stat
from email.utils import formatdate
from pathlib import Path
from types import SimpleNamespace

import pytest
import responses

from device_agent.identity import Identity
from device_agent.living.logs import LOG_FILE, PrivateFile, last_lines
from device_agent.living.reach import core_findings, folder_findings, permission_findings
from device_agent.policy.owner import OwnerPolicy
from device_agent.settings import Pairing
from dispatch_core.abilities import Permissions
from tests.device_agent.conftest import Companion
from tests.device_agent.waiting import eventually

URL = "http://127.0.0.1:8765"
NOW = 1_800_000_000
PAIRING = Pairing(url=URL, device_id="d1", name="laptop", permissions=Permissions(shell=True))


@pytest.mark.processes
def test_a_well_device_says_so_line_by_line(companion: Companion) -> None:
    companion.pair()
    companion.core.dispatcher.wider = ("folder /etc",)
    process = companion.start()
    answer = companion.command("status")
    assert answer.returncode == 0, answer.stdout
    lines = [" ".join(line.split()) for line in answer.stdout.splitlines()]
    assert f"key in {companion.home}/identity.key" in lines
    assert f"running yes, as process {process.pid}" in lines
    assert "at login no; dispatch-device install" in lines
    assert "requests accepted" in lines
    assert "clock agrees with the core's" in lines
    assert "waits for your Confirm in Slack: folder /etc" in lines
    assert "shell yes (shell: grants)" in lines
    assert "local_files yes (read_files: allow, write_files: grants)" in lines
    assert "browser_automation no; dispatch-device permit browser_automation" in lines
    assert f"folder {companion.shared}" in lines


@pytest.mark.processes
def test_a_core_that_is_away_or_knows_the_device_no_more_is_a_fault(companion: Companion) -> None:
    companion.pair()
    companion.core.dispatcher.keys.clear()
    gone = companion.command("status")
    assert gone.returncode == 1
    assert "! refused: laptop is no longer paired with" in gone.stdout
    companion.core.stop()
    away = companion.command("status")
    assert away.returncode == 1
    assert "! not reached: no connection" in away.stdout
    assert "running      no; start it with" in away.stdout


@pytest.mark.parametrize(
    ("ahead", "how", "well"),
    [
        (0, "agrees with the core's", True),
        (60, "60 s ahead of the core's", True),
        (-3600, "3600 s behind the core's; more than 120 s are refused, so set it right", False),
    ],
)
def test_a_clock_that_differs_is_measured(
    ahead: int, how: str, well: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No time passes between the core's look at its clock and the device's at its own.
    still = SimpleNamespace(time=lambda: NOW, monotonic=lambda: 0.0)
    monkeypatch.setattr("device_agent.living.reach.time", still)
    with responses.RequestsMock() as wire:
        date = formatdate(NOW - ahead, usegmt=True)
        wire.get(f"{URL}/healthz", json={}, headers={"Date": date})
        refusal = {"error": "ClockSkew", "message": "The clocks differ."}
        wire.post(f"{URL}/device/report", status=401, json=refusal)
        found = {one.what: one for one in core_findings(PAIRING, Identity.new())}
    assert (found["clock"].how, found["clock"].well) == (how, well)
    assert found["requests"].how.startswith("refused: ")
    assert "The clocks differ." in found["requests"].how


def test_a_permission_that_cannot_be_used_and_a_folder_that_is_gone_say_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPATCH_BROWSER", "/no/such/chromium")
    permissions = Permissions(local_files=True, shell=True, browser_automation=True)
    gone = str(tmp_path / "gone")
    pairing = PAIRING.model_copy(update={"permissions": permissions, "folders": (gone,)})
    monkeypatch.setenv("PATH", str(tmp_path))
    found = {one.what: one for one in permission_findings(pairing, OwnerPolicy.load(tmp_path))}
    assert "there is neither bash nor sh" in found["shell"].how
    assert "DISPATCH_BROWSER names no program: /no/such/chromium" in found["browser_automation"].how
    assert "no shared folder is there" in found["local_files"].how
    assert not any(found[name].well for name in ("shell", "browser_automation", "local_files"))
    (folder,) = folder_findings(pairing)
    assert (folder.how, folder.well) == (f"{gone}: it is not there", False)


@pytest.mark.processes
def test_the_log_is_private_and_shows_what_was_met(companion: Companion) -> None:
    companion.pair()
    companion.start()
    path = companion.home / LOG_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    companion.core.stop()
    eventually(lambda: "does not answer" in path.read_text())
    shown = companion.command("log", "-n", "500").stdout
    assert "laptop is connected to http://127.0.0.1" in shown
    assert "does not answer (no connection)" in shown
    assert companion.command("log", "--path").stdout == f"{path}\n"


def test_the_log_rotates_and_each_file_is_private(home: Path) -> None:
    handler = PrivateFile(home / LOG_FILE, maxBytes=1_000, backupCount=2, encoding="utf-8")
    for number in range(100):
        words = f"line {number:03} of the log, ends with ü"
        handler.emit(logging.LogRecord("x", logging.INFO, "x", 1, words, (), None))
    handler.close()
    files = sorted(home.glob(f"{LOG_FILE}*"))
    assert [path.name for path in files] == [LOG_FILE, f"{LOG_FILE}.1", f"{LOG_FILE}.2"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    lines = last_lines(home, 20)
    assert lines[-1] == "line 099 of the log, ends with ü"
    assert len(lines) == 20
