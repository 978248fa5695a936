"""dispatch-device: pairs this computer with Dispatch and does what it is asked, with approval."""

import contextlib
import logging
import re
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from device_agent.agent import Agent
from device_agent.client import Client, check_address
from device_agent.errors import AlreadyRunning, BadName, NoSuchFolder
from device_agent.folders import Folders
from device_agent.identity import Identity
from device_agent.instance import only_instance
from device_agent.journal import Journal
from device_agent.permissions import (
    IN_WORDS,
    find_capabilities,
    in_words,
    platform_name,
    read_permissions,
)
from device_agent.settings import Pairing, device_home
from device_agent.steps import Bench
from device_agent.tools.files import ListFolder, ReadFile
from device_agent.tools.guard import adopt_orphans
from device_agent.tools.shell import Shell
from device_agent.tools.step import DeviceTool
from dispatch_core.errors import DispatchError, SettingError
from dispatch_core.protocol import PairRequest, Permission, Permissions, ToolName

DEVICE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


@click.group()
def main() -> None:
    """Lets Dispatch work on this computer, within what you allow."""


@main.command()
@click.argument("url")
@click.argument("code")
@click.option("--name", default="", help="The device's name; the computer's own by default.")
@click.option("--folder", "folders", multiple=True, help="A folder to share; may be repeated.")
@click.option("--allow", help=f"What to allow, with commas between: {', '.join(Permission)}.")
@click.option("--insecure", is_flag=True, help="Accept an address without encryption.")
def pair(
    url: str, code: str, name: str, folders: tuple[str, ...], allow: str | None, insecure: bool
) -> None:
    """Pair this computer with the Dispatch at URL; /devices pair in Slack shows the CODE."""
    with _in_sentences():
        home = device_home()
        permissions = _ask_permissions() if allow is None else read_permissions(allow)
        draft = Pairing(
            url=check_address(url, insecure=insecure),
            device_id="",
            name=_device_name(name),
            folders=tuple(_shared(folder) for folder in folders or _ask_folder(permissions)),
            permissions=permissions,
            insecure=insecure,
        )
        with only_instance(home):
            pairing = _redeem(home, code, draft)
        _tell(pairing, Identity.load(home))
        click.echo("Now start it with: dispatch-device run")


@main.command()
def run() -> None:
    """Connect to Dispatch and do what it asks, until Ctrl-C."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    with _in_sentences():
        home = device_home()
        pairing, identity = Pairing.load(home), Identity.load(home)
        with only_instance(home):
            _tell(pairing, identity)
            _serve(home, pairing, identity)


@main.command()
def status() -> None:
    """Tell whom this computer is paired with, what it may do, and whether it runs."""
    with _in_sentences():
        home = device_home()
        pairing, identity = Pairing.load(home), Identity.load(home)
        _tell(pairing, identity)
        try:
            with only_instance(home):
                click.echo("running      no; start it with: dispatch-device run")
        except AlreadyRunning as running:
            click.echo(f"running      yes, as process {running.facts['owner']}")


@contextlib.contextmanager
def _in_sentences() -> Iterator[None]:
    """Answer what went wrong with its one sentence; exit with 2 for a setting, 1 for the rest."""
    try:
        yield
    except DispatchError as error:
        click.echo(str(error), err=True)
        sys.exit(2 if isinstance(error, SettingError) else 1)


def _shared(folder: str) -> str:
    path = Path(folder).expanduser()
    if not path.is_dir():
        raise NoSuchFolder(path=folder)
    return str(path.resolve())


def _ask_permissions() -> Permissions:
    """Without --allow a person is asked; nobody there to answer means no."""
    if not sys.stdin.isatty():
        return Permissions()
    wanted = (Permission.FILES, Permission.SHELL)
    return Permissions(
        **{each.value: click.confirm(f"May Dispatch {IN_WORDS[each]} here?") for each in wanted}
    )


def _ask_folder(permissions: Permissions) -> tuple[str, ...]:
    """Where files may be read, from a person who allowed it but named no folder."""
    if not permissions.local_files or not sys.stdin.isatty():
        return ()
    return (click.prompt("Which folder may it see?", default=str(Path.cwd())),)


def _device_name(name: str) -> str:
    if not name:
        own = re.sub(r"[^A-Za-z0-9._-]+", "-", socket.gethostname().split(".")[0]).strip("-._")
        return own[:40] or "computer"
    if not DEVICE_NAME.fullmatch(name):
        raise BadName(name=name)
    return name


def _redeem(home: Path, code: str, draft: Pairing) -> Pairing:
    """Make the pairing that draft wants, all but its device id, and keep it."""
    identity = Identity.new()
    request = PairRequest(
        code=code,
        public_key=identity.public_text,
        name=draft.name,
        platform=platform_name(),
        capabilities=find_capabilities(draft.folders),
        permissions=draft.permissions,
    )
    with contextlib.closing(Client(draft.url, identity)) as client:
        reply = client.pair(request)
    pairing = draft.model_copy(update={"device_id": reply.device_id, "name": reply.name})
    identity.save(home)
    pairing.save(home)
    if not reply.confirmed:
        click.echo("It does nothing until you confirm it in Slack.")
    return pairing


def _tell(pairing: Pairing, identity: Identity) -> None:
    click.echo(f"device       {pairing.name}")
    click.echo(f"paired with  {pairing.url}")
    click.echo(f"fingerprint  {identity.fingerprint}")
    click.echo(f"it may       {in_words(pairing.permissions, pairing.folders)}")


def _serve(home: Path, pairing: Pairing, identity: Identity) -> None:
    adopt_orphans()
    journal = Journal(home / "journal.jsonl")
    spool = home / "spool"
    spool.mkdir(mode=0o700, exist_ok=True)
    folders = Folders(pairing.folders, private=home)
    tools: dict[ToolName, DeviceTool] = {
        ToolName.SHELL: Shell(lambda: folders.default or Path.home(), owns_process=True),
        ToolName.READ_FILE: ReadFile(folders, spool),
        ToolName.LIST_FOLDER: ListFolder(folders),
    }
    url = check_address(pairing.url, insecure=pairing.insecure)
    client = Client(url, identity, pairing.device_id, pairing.name)
    agent = Agent(client, Bench(pairing, journal, tools))
    _close_on_signals(agent.close)
    agent.run()


def _close_on_signals(close: Callable[[], None]) -> None:
    # In a thread: a handler that took a lock which its own thread holds would wait for ever.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: threading.Thread(target=close).start())


if __name__ == "__main__":
    main()
