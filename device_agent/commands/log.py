"""dispatch-device log: what the companion did and met."""

import click

from device_agent.commands.sentences import in_sentences
from device_agent.living.logs import LOG_FILE, last_lines
from device_agent.settings import device_home


@click.command()
@click.option("-n", "count", default=100, type=click.IntRange(1), help="How many lines; 100.")
@click.option("--path", is_flag=True, help="Only say where the file is.")
def log(count: int, path: bool) -> None:
    """Show the end of the companion's log."""
    with in_sentences():
        home = device_home()
        for line in [str(home / LOG_FILE)] if path else last_lines(home, count):
            click.echo(line)
