"""dispatch-device install and uninstall: the companion starts with the session, and stays."""

import click

from device_agent.commands.sentences import in_sentences
from device_agent.errors import NotInstalled
from device_agent.identity import Identity
from device_agent.instance import only_instance
from device_agent.living.systems import SYSTEMS, service_of
from device_agent.settings import Pairing, device_home


@click.command()
@click.option("--print", "show", is_flag=True, help="Only show what would be written, and where.")
@click.option("--system", type=click.Choice(list(SYSTEMS)), help="Show it for another system.")
def install(show: bool, system: str | None) -> None:
    """Start the companion now and at each login, as a service of your own."""
    with in_sentences():
        home = device_home()
        service = service_of(home, system or "")
        if show or system:
            click.echo(f"{service.path}:\n\n{service.text()}")
            return
        Pairing.load(home)
        Identity.load(home)
        if not service.path.exists():
            with only_instance(home):  # one that was started by hand would be in its way
                pass
        hint = service.start()
        click.echo(f"The companion runs, and starts at each login: {service.path}\n{hint}")


@click.command()
def uninstall() -> None:
    """Stop the companion, and start it at login no more; the pairing stays."""
    with in_sentences():
        service = service_of(device_home())
        if not service.path.exists():
            raise NotInstalled
        service.stop()
        click.echo("The companion is stopped and starts by itself no more; it is still paired.")
