"""dispatch-device pair: makes this computer a device of whoever asked for the code."""

import contextlib
import re
import socket
import sys
from pathlib import Path

import click

from device_agent.client import Client
from device_agent.commands.facts import tell
from device_agent.commands.sentences import in_sentences
from device_agent.core_address import check_address
from device_agent.errors import BadName, DamagedFile, NoSuchFolder, NotPairedYet
from device_agent.identity import Identity, usable_keyring
from device_agent.instance import only_instance
from device_agent.keyrings import SystemKeyring
from device_agent.permissions import (
    IN_WORDS,
    find_capabilities,
    platform_name,
    read_permissions,
)
from device_agent.settings import Pairing, device_home
from dispatch_core.abilities import Permission, Permissions
from dispatch_core.protocol import PairRequest

DEVICE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


@click.command()
@click.argument("url")
@click.argument("code")
@click.option("--name", default="", help="The device's name; the computer's own by default.")
@click.option("--folder", "folders", multiple=True, help="A folder to share; may be repeated.")
@click.option("--allow", help=f"What to allow, with commas between: {', '.join(Permission)}.")
@click.option("--insecure", is_flag=True, help="Accept an address without encryption.")
@click.option("--key-file", is_flag=True, help="Keep the key in a file, not in the keyring.")
def pair(
    *,
    url: str,
    code: str,
    name: str,
    folders: tuple[str, ...],
    allow: str | None,
    insecure: bool,
    key_file: bool,
) -> None:
    """Pair this computer with the Dispatch at URL; /devices pair in Slack shows the CODE."""
    with in_sentences():
        home = device_home()
        permissions = _ask_permissions() if allow is None else read_permissions(allow)
        draft = Pairing(
            url=check_address(url, insecure=insecure),
            device_id="",
            name=_device_name(name),
            folders=tuple(shared_folder(each) for each in folders or _ask_folder(permissions)),
            permissions=permissions,
            insecure=insecure,
        )
        _warn_of_another(home, draft.url)
        with only_instance(home):
            pairing = _redeem(home, code, draft, None if key_file else usable_keyring(home))
        tell(pairing, Identity.load(home))
        click.echo("Now start it with: dispatch-device run")


def _warn_of_another(home: Path, url: str) -> None:
    """Whoever pairs again to allow more means something simpler."""
    with contextlib.suppress(NotPairedYet, DamagedFile):
        old = Pairing.load(home)
        if old.url == url:
            click.echo(f"This computer is {old.name} there; paired anew, it is another device.")
            click.echo("To change what it may do: dispatch-device permit, forbid, folder.")


def shared_folder(folder: str) -> str:
    """A folder as it is kept: absolute, without symlinks; raises NoSuchFolder."""
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


def _redeem(home: Path, code: str, draft: Pairing, keyring: SystemKeyring | None) -> Pairing:
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
    identity.save(home, keyring)
    pairing.save(home)
    if not reply.confirmed:
        click.echo("It does nothing until you confirm it in Slack.")
    return pairing
