"""dispatch-device status: what this device is, what it may do, what it reaches and why not."""

import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import click

from device_agent.commands.facts import tell
from device_agent.commands.sentences import in_sentences
from device_agent.errors import AlreadyRunning
from device_agent.identity import Identity
from device_agent.instance import only_instance
from device_agent.living.logs import LOG_FILE
from device_agent.living.reach import (
    Finding,
    core_findings,
    folder_findings,
    permission_findings,
)
from device_agent.living.systems import service_of
from device_agent.policy.owner import OwnerPolicy
from device_agent.settings import Pairing, device_home


@click.command()
def status() -> None:
    """Tell what this device is, what it may do, what it reaches and why not; exit 1 for a fault."""
    with in_sentences():
        home = device_home()
        pairing, identity = Pairing.load(home), Identity.load(home)
        tell(pairing, identity)
        faults = [found for found in _look(home, pairing, identity) if not _show(found).well]
    sys.exit(1 if faults else 0)


def _look(home: Path, pairing: Pairing, identity: Identity) -> Iterator[Finding]:
    yield Finding("version", version("dispatch-control-room"))
    yield _running(home)
    yield _service(home)
    yield Finding("log", str(home / LOG_FILE))
    yield from core_findings(pairing, identity)
    yield from permission_findings(pairing, OwnerPolicy.load(home))
    yield from folder_findings(pairing)


def _show(finding: Finding) -> Finding:
    mark = "" if finding.well else "! "
    click.echo(f"{finding.what:<11}  {mark}{finding.how}")
    return finding


def _running(home: Path) -> Finding:
    try:
        with only_instance(home):
            return Finding("running", "no; start it with: dispatch-device run")
    except AlreadyRunning as running:
        return Finding("running", f"yes, as process {running.facts['owner']}")


def _service(home: Path) -> Finding:
    path = service_of(home).path
    return Finding("at login", str(path) if path.exists() else "no; dispatch-device install")
