"""`make chaos`: does Dispatch lose nothing and do nothing twice, whatever breaks around it?"""

import asyncio
import secrets
import sys

import click

from tests.chaos import run
from tests.chaos.options import Options


@click.command(context_settings={"show_default": True})
@click.option("--seed", type=int, help="Repeats a schedule; drawn and printed where not given.")
@click.option("--tasks", default=2_000)
@click.option("--rate", default=5.0, help="Messages a second.")
@click.option("--serves", default=3)
@click.option("--workers", default=2)
@click.option("--companions", default=20)
@click.option("--real-companions", default=4, help="Of these, as `dispatch-device run` each.")
@click.option("--hosts", default=4, help="Processes that the other companions share.")
@click.option("--approval-ttl", default=60.0, help="Seconds until a request expires.")
@click.option("--shortest-storm", default=45.0, help="Seconds that a storm lasts at least.")
@click.option("--fault-gap", default=2.5, help="Seconds from one fault to the next, on average.")
@click.option("--patience", default=240.0, help="Seconds in which all must be quiet at the end.")
@click.option("--broken", default="", help="Break the engine on purpose; see broken.py.")
@click.option("--only", multiple=True, help="Only these faults, by name; none for no faults.")
@click.option("--keep", is_flag=True, help="Keep the folder with all logs.")
def main(seed: int | None, only: tuple[str, ...], **given: object) -> None:
    """Run one scene through one storm, judge it, and exit with 1 on any violation."""
    seed = secrets.randbelow(10**6) if seed is None else seed
    options = Options(seed=seed, only=only, **given)  # type: ignore[arg-type]
    print(f"seed {seed}", flush=True)  # noqa: T201 (what runs by hand speaks on its output)
    tally = asyncio.run(run.run(options))
    for line in tally.lines():
        print(line)  # noqa: T201
    sys.exit(1 if tally.violations else 0)


if __name__ == "__main__":
    main()
