"""The companion as a service: what is written, and what the managers are told.

The managers are stand-ins on the wire: programs on PATH that note each call.
"""

import plistlib
import shlex
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from device_agent.__main__ import main
from device_agent.errors import ManagerRefused, NoManager
from device_agent.identity import Identity
from device_agent.instance import only_instance
from device_agent.living.launchd import LaunchAgent
from device_agent.living.service import Program
from device_agent.living.systemd import SystemdUnit
from device_agent.living.tasks import ScheduledTask
from device_agent.settings import Pairing
from dispatch_core.abilities import Permissions

MANAGER = """#!/bin/sh
echo "$(basename "$0") $*" >> "$CALLS"
case "$*" in *{failing}*) echo "{why}" >&2; exit 1;; esac
"""
NASTY = 'a "b" \\ 50% $HOME'


@pytest.fixture
def device_home(tmp_path: Path) -> Path:
    """A paired device's home, where the commands look for it."""
    home = tmp_path / "device-home"
    home.mkdir()
    permissions = Permissions(shell=True)
    Pairing(url="http://127.0.0.1:9", device_id="d", name="l", permissions=permissions).save(home)
    Identity.new().save(home)
    return home


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the stand-ins note their calls; a person's own home is here, too."""
    monkeypatch.setenv("HOME", str(tmp_path / "person"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    return tmp_path / "calls"


@pytest.fixture
def managers(
    calls: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, str], None]:
    """Puts the stand-ins on PATH; calls with a certain word fail."""

    def put(failing: str = "no-such-word", why: str = "") -> None:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        for name in ("systemctl", "launchctl", "schtasks"):
            program = folder / name
            program.write_text(MANAGER.format(failing=failing, why=why))
            program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    put()
    return put


def dispatch_device(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def told(calls: Path) -> list[str]:
    return calls.read_text().splitlines()


def test_install_writes_a_unit_and_starts_it_and_uninstall_ends_it(
    device_home: Path, managers: object, calls: Path, tmp_path: Path
) -> None:
    done = dispatch_device("install")
    assert done.exit_code == 0, done.output
    (unit,) = (tmp_path / "person/.config/systemd/user").iterdir()
    assert str(unit) in done.output
    assert "loginctl enable-linger" in done.output
    name = unit.name
    verbs = ("show-environment", "daemon-reload", f"enable {name}", f"restart {name}")
    assert told(calls) == [f"systemctl --user {verb}" for verb in verbs]
    assert f'Environment="DISPATCH_DEVICE_HOME={device_home}"' in unit.read_text()
    assert dispatch_device("uninstall").exit_code == 0
    assert f"systemctl --user disable --now {name}" in told(calls)
    assert not unit.exists()
    again = dispatch_device("uninstall")
    assert again.exit_code == 1
    assert again.output.startswith("The companion is not installed as a service")


def test_print_shows_the_file_and_does_nothing(
    device_home: Path, managers: object, calls: Path, tmp_path: Path
) -> None:
    shown = dispatch_device("install", "--print")
    assert "ExecStart=" in shown.output
    for system, words in (("macos", "ProgramArguments"), ("windows", "LogonTrigger")):
        assert words in dispatch_device("install", "--system", system).output
    assert not calls.exists()
    assert not (tmp_path / "person").exists()


def test_where_there_is_no_user_manager_one_sentence_says_what_to_do_instead(
    device_home: Path,
    managers: Callable[[str, str], None],
    calls: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    managers("show-environment", "Failed to connect to bus: No medium found")
    no_bus = dispatch_device("install")
    assert no_bus.exit_code == 1
    assert "Failed to connect to bus: No medium found" in no_bus.output
    assert "keep `dispatch-device run` going by other means" in no_bus.output
    monkeypatch.setenv("PATH", str(tmp_path))
    none = dispatch_device("install")
    assert none.output.startswith("systemctl can't be used here (not found); keep")
    assert not (tmp_path / "person").exists()


def test_one_that_was_started_by_hand_is_named_first(
    device_home: Path, managers: object, calls: Path
) -> None:
    with only_instance(device_home):
        refused = dispatch_device("install")
    assert "is already running as process" in refused.output
    assert not calls.exists()


def test_an_unpaired_computer_installs_nothing(managers: object, calls: Path) -> None:
    assert dispatch_device("install").output.startswith("This computer is not paired")
    assert not calls.exists()


def test_a_unit_says_each_word_so_that_systemd_reads_it_back(tmp_path: Path) -> None:
    program = Program(tmp_path / NASTY, python=f"/opt/{NASTY}/python", path="/bin")
    lines = SystemdUnit(program).text().splitlines()
    command = next(line for line in lines if line.startswith("ExecStart="))
    read = [word.replace("%%", "%").replace("$$", "$") for word in shlex.split(command[10:])]
    assert read == program.words
    (home,) = [line for line in lines if "DISPATCH_DEVICE_HOME" in line]
    (value,) = shlex.split(home.removeprefix("Environment="))
    assert value.replace("%%", "%") == f"DISPATCH_DEVICE_HOME={tmp_path / NASTY}"
    assert "Restart=on-failure" in lines


def test_an_agent_is_a_property_list_that_launchd_loads(
    tmp_path: Path, managers: Callable[[str, str], None], calls: Path
) -> None:
    agent = LaunchAgent(Program(tmp_path / NASTY, python=f"/opt/{NASTY}/python", path="/bin"))
    agent.start()
    facts = plistlib.loads(agent.path.read_bytes())
    assert facts["ProgramArguments"] == agent.program.words
    home = {"DISPATCH_DEVICE_HOME": str(tmp_path / NASTY), "PATH": "/bin"}
    assert facts["EnvironmentVariables"] == home
    assert (facts["RunAtLoad"], facts["KeepAlive"]) == (True, {"SuccessfulExit": False})
    assert agent.path.parent == tmp_path / "person/Library/LaunchAgents"
    bootout, bootstrap = told(calls)
    assert bootout.startswith("launchctl bootout gui/")
    assert bootstrap.endswith(str(agent.path))
    managers("bootout", "Boot-out failed: 3: No such process")  # it was not loaded: no matter
    agent.stop()
    assert not agent.path.exists()
    managers("bootstrap", "Bootstrap failed: 5: Input/output error")
    with pytest.raises(ManagerRefused, match="Bootstrap failed: 5"):
        agent.start()


def test_a_task_is_xml_that_the_scheduler_takes(
    tmp_path: Path, managers: object, calls: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "R & D <x>"
    home.mkdir()
    task = ScheduledTask(Program(home, python=r"C:\Program Files\Python\python.exe"))
    task.start()
    root = ET.fromstring(task.path.read_text("utf-16"))  # noqa: S314 (our own)
    (arguments,) = [node.text or "" for node in root.iter() if node.tag.endswith("}Arguments")]
    assert f'set "DISPATCH_DEVICE_HOME={home}"' in arguments
    assert r'"C:\Program Files\Python\python.exe" -P -m device_agent run' in arguments
    task.stop()
    verbs = [call.split()[1] for call in told(calls)]
    assert verbs == ["/Create", "/Run", "/End", "/Delete"]
    assert all(f"/TN {task.program.name}" in call for call in told(calls))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoManager):
        task.start()


def test_another_home_is_another_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    usual = Program((tmp_path / ".dispatch-device").resolve())
    names = {usual.name, Program(tmp_path / "a").name, Program(tmp_path / "b").name}
    assert usual.name == "dispatch-device"
    assert len(names) == 3
    assert usual.words[0] == sys.executable
