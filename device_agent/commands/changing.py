"""What the owner changes on the device itself: kept, and told to the core at once."""

import contextlib
from pathlib import Path

import click

from device_agent.client import Client
from device_agent.core_address import check_address
from device_agent.errors import CoreAway
from device_agent.identity import Identity
from device_agent.permissions import in_words, report_of
from device_agent.settings import Pairing


def change(home: Path, pairing: Pairing) -> None:
    """Keep a pairing with other permissions or folders, and report it.

    A companion that runs goes by it from its next step on. Raises PairingGone, RefusedByCore.
    """
    identity = Identity.load(home)
    pairing.save(home)
    click.echo(f"it may       {in_words(pairing.permissions, pairing.folders)}")
    url = check_address(pairing.url, insecure=pairing.insecure)
    with contextlib.closing(Client(url, identity, pairing.device_id, pairing.name)) as client:
        try:
            reply = client.report(report_of(pairing))
        except CoreAway as away:
            click.echo(f"It holds here, and is reported when the companion connects: {away}")
            return
    for wider in reply.awaits_confirmation:
        click.echo(f"Your confirmation in Slack is awaited for: {wider}")
