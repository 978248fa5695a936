"""dispatch-device explain: what this device would say to a command, as JSON; nothing is run."""

from pathlib import Path

import click

from device_agent.commands.sentences import in_sentences
from device_agent.errors import NotPairedYet
from device_agent.folders import Folders
from device_agent.policy.commands import judge_command
from device_agent.policy.owner import OwnerPolicy
from device_agent.settings import Pairing, device_home
from device_agent.tools.shell.environment import clean_environment


@click.command()
@click.argument("command")
@click.option("--cwd", help="The folder in which it would start; the first shared one by default.")
def explain(command: str, cwd: str | None) -> None:
    """Print the verdict on COMMAND, why, and which programs it would start."""
    with in_sentences():
        home = device_home()
        folders = Folders(_shared(home), private=home)
        start = Path(cwd).expanduser().absolute() if cwd else folders.default or Path.home()
        said = judge_command(
            command,
            working_directory=start,
            folders=folders,
            policy=OwnerPolicy.load(home),
            environment=clean_environment(),
        )
        shown = {"verdict", "reasons", "programs"}
        click.echo(said.model_dump_json(include=shown, indent=2))


def _shared(home: Path) -> tuple[str, ...]:
    """The folders of the pairing; before it there are none."""
    try:
        return Pairing.load(home).folders
    except NotPairedYet:
        return ()
