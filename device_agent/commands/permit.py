"""dispatch-device permit and forbid: what Dispatch may do here, changed without pairing anew."""

import click

from device_agent.commands.changing import change
from device_agent.commands.sentences import in_sentences
from device_agent.permissions import read_permissions
from device_agent.settings import Pairing, device_home
from dispatch_core.abilities import Permission, Permissions

NAMES = ", ".join(Permission)


@click.command(help=f"Allow more here: {NAMES}. It waits for your Confirm in Slack.")
@click.argument("permissions", nargs=-1, required=True)
def permit(permissions: tuple[str, ...]) -> None:
    """Declare permissions."""
    _declare(permissions, allowed=True)


@click.command(help=f"Allow less here: {NAMES}. It holds at once, for the next step.")
@click.argument("permissions", nargs=-1, required=True)
def forbid(permissions: tuple[str, ...]) -> None:
    """Take permissions back."""
    _declare(permissions, allowed=False)


def _declare(words: tuple[str, ...], *, allowed: bool) -> None:
    with in_sentences():
        home = device_home()
        pairing = Pairing.load(home)
        named = read_permissions(",".join(words))
        values = pairing.permissions.model_dump()
        values |= {each.value: allowed for each in Permission if named.allows(each)}
        change(home, pairing.model_copy(update={"permissions": Permissions(**values)}))
