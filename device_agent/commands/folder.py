"""dispatch-device folder: which folders are shared, changed without pairing anew."""

import os
from pathlib import Path

import click

from device_agent.commands.changing import change
from device_agent.commands.pair import shared_folder
from device_agent.commands.sentences import in_sentences
from device_agent.errors import NotShared, TooManyFolders
from device_agent.settings import Pairing, device_home
from dispatch_core.abilities import MOST_FOLDERS


@click.group()
def folder() -> None:
    """Show and change the folders that Dispatch may see."""


@folder.command("list")
def show() -> None:
    """Show the shared folders; the first is where commands start."""
    with in_sentences():
        for path in Pairing.load(device_home()).folders:
            click.echo(path)


@folder.command()
@click.argument("path")
def add(path: str) -> None:
    """Share one more folder; it waits for your Confirm in Slack."""
    with in_sentences():
        home = device_home()
        pairing, new = Pairing.load(home), shared_folder(path)
        if len(pairing.folders) >= MOST_FOLDERS:
            raise TooManyFolders(most=MOST_FOLDERS)
        if new not in pairing.folders:
            pairing = pairing.model_copy(update={"folders": (*pairing.folders, new)})
        change(home, pairing)


@folder.command()
@click.argument("path")
def remove(path: str) -> None:
    """Share a folder no more; it holds at once, for the next step."""
    with in_sentences():
        home = device_home()
        pairing = Pairing.load(home)
        # The folder itself may be gone, so its name must do.
        names = {path, str(Path(path).expanduser().absolute()), os.path.realpath(path)}
        left = tuple(kept for kept in pairing.folders if kept not in names)
        if left == pairing.folders:
            raise NotShared(path=path, shared=", ".join(pairing.folders) or "none")
        change(home, pairing.model_copy(update={"folders": left}))
