"""dispatch-device status: what this device is, may do and can reach."""

import click

from device_agent.commands.facts import tell
from device_agent.commands.sentences import in_sentences
from device_agent.errors import AlreadyRunning
from device_agent.identity import Identity
from device_agent.instance import only_instance
from device_agent.settings import Pairing, device_home


@click.command()
def status() -> None:
    """Tell whom this computer is paired with, what it may do, and whether it runs."""
    with in_sentences():
        home = device_home()
        pairing, identity = Pairing.load(home), Identity.load(home)
        tell(pairing, identity)
        try:
            with only_instance(home):
                click.echo("running      no; start it with: dispatch-device run")
        except AlreadyRunning as running:
            click.echo(f"running      yes, as process {running.facts['owner']}")
