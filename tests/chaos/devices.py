"""Companions: pairs them, and runs several in one process: `python -m tests.chaos.devices HOME…`.

Each has a home, a key, a journal and folders of its own, and is the companion's own agent, client,
journal and tools; only its process is shared, so that twenty of them fit on a small machine.
"""

import contextlib
import logging
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from device_agent.agent import Agent
from device_agent.client import Client
from device_agent.folders import Folders
from device_agent.identity import Identity
from device_agent.instance import only_instance
from device_agent.journal import Journal
from device_agent.permissions import find_capabilities, platform_name
from device_agent.policy.owner import OwnerPolicy
from device_agent.settings import Pairing
from device_agent.steps import Bench
from device_agent.tools.files.list_folder import ListFolder
from device_agent.tools.files.read_file import ReadFile
from device_agent.tools.shell.directories import WorkingDirectories
from device_agent.tools.shell.tool import Shell
from dispatch_core.abilities import Permissions, ToolName, VerdictKind
from dispatch_core.errors import DispatchError
from dispatch_core.protocol import PairRequest, Preparation

# A companion whose home could not be written to is started again, as a service manager would.
AGAIN_SECONDS = 1.0
PATIENCE_SECONDS = 120.0


def pair(home: Path, folder: Path, url: str, code: str, name: str) -> str:
    """Redeem a code for a new companion; returns the device's id."""
    home.mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    identity, permissions = Identity.new(), Permissions(local_files=True, shell=True)
    folders = (str(folder.resolve()),)
    request = PairRequest(
        code=code,
        public_key=identity.public_text,
        name=name,
        platform=platform_name(),
        capabilities=find_capabilities(folders),
        permissions=permissions,
    )
    with contextlib.closing(Client(url, identity)) as client:
        reply = client.pair(request)
    identity.save(home)
    draft = Pairing(
        url=url,
        device_id=reply.device_id,
        name=reply.name,
        permissions=permissions,
        folders=folders,
    )
    draft.save(home)
    return reply.device_id


def pair_patiently(home: Path, folder: Path, url: str, code: str) -> str:
    """Pair; a door that had too many pairings from here leaves it to the next one."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return pair(home, folder, url, code, home.name)
        except DispatchError:
            assert time.monotonic() < deadline, home


def serve(home: Path) -> None:
    """Be one companion until it ends."""
    pairing, identity = Pairing.load(home), Identity.load(home)
    with only_instance(home), contextlib.closing(Journal(home / "journal.jsonl")) as journal:
        spool = home / "spool"
        spool.mkdir(exist_ok=True)
        folders = Folders(pairing.folders, private=home)
        tools = {
            ToolName.SHELL: Shell(WorkingDirectories(home / "places.json", folders), _ask, spool),
            ToolName.READ_FILE: ReadFile(folders, OwnerPolicy, spool),
            ToolName.LIST_FOLDER: ListFolder(folders, OwnerPolicy),
        }
        client = Client(pairing.url, identity, pairing.device_id, pairing.name)
        Agent(client, Bench(pairing, journal, tools)).run()


def _ask(
    _command: str, /, *, working_directory: Path, environment: Mapping[str, str]
) -> Preparation:
    return Preparation(verdict=VerdictKind.ASK, reasons=("Every command asks.",))


def _serve_again(home: Path) -> None:
    while True:
        try:
            serve(home)
        except OSError:
            logging.getLogger(home.name).exception("it starts again")
        threading.Event().wait(AGAIN_SECONDS)


def main() -> None:
    """Be a companion for each home given, until killed."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(threadName)s %(message)s")
    threads = [
        threading.Thread(target=_serve_again, args=(Path(home),), name=Path(home).name)
        for home in sys.argv[1:]
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
