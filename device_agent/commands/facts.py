"""The first lines that pair, run and status show."""

import click

from device_agent.identity import Identity
from device_agent.permissions import in_words
from device_agent.settings import Pairing


def tell(pairing: Pairing, identity: Identity) -> None:
    """Say who this device is, whom it is paired with, and what it may do."""
    click.echo(f"device       {pairing.name}")
    click.echo(f"paired with  {pairing.url}")
    click.echo(f"fingerprint  {identity.fingerprint}")
    click.echo(f"key          in {identity.place}")
    click.echo(f"it may       {in_words(pairing.permissions, pairing.folders)}")
