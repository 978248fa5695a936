"""`make chaos`: does Dispatch lose nothing and do nothing twice, whatever breaks around it?"""

import asyncio
import secrets
import sys
from dataclasses import fields, replace
from typing import Any

import click
from click.core import ParameterSource

from tests.chaos import run
from tests.chaos.broken import BREAKAGES, STORMS
from tests.chaos.options import Options

DEFAULTS = Options(seed=0)
HELP = {
    "tasks": "Messages that people write.",
    "rate": "Messages a second.",
    "serves": "Processes of `dispatch serve`.",
    "workers": "Processes of `dispatch worker`.",
    "companions": "Companions, each of another person.",
    "real_companions": "Of these, as `dispatch-device run` each.",
    "hosts": "Processes that the other companions share.",
    "lease": "Seconds.",
    "approval_ttl": "Seconds until a request for approval expires.",
    "fault_gap": "Seconds from one fault to the next, on average.",
    "shortest_storm": "Seconds that a storm lasts at least.",
    "patience": "Seconds in which all must be quiet at the end.",
    "keep": "Keep the folder with all logs and all evidence.",
}


def _numbers(command: Any) -> Any:
    """An option for each field that HELP explains."""
    for field in reversed(fields(Options)):
        if field.name in HELP:
            name, default = f"--{field.name.replace('_', '-')}", getattr(DEFAULTS, field.name)
            flag = {"is_flag": True} if isinstance(default, bool) else {}
            command = click.option(name, default=default, help=HELP[field.name], **flag)(command)
    return command


@click.command(context_settings={"show_default": True})
@click.option("--seed", type=int, help="Repeats a schedule; drawn and printed where not given.")
@_numbers
@click.option("--broken", type=click.Choice(list(BREAKAGES)), help="Break the engine on purpose.")
@click.option("--only", multiple=True, help="Only these faults, by name; `none` for no faults.")
@click.pass_context
def main(
    context: click.Context, seed: int | None, broken: str | None, only: tuple[str, ...], **_: Any
) -> None:
    """Run one scene through one storm, judge it, and exit with 1 on any violation."""
    seed = secrets.randbelow(10**6) if seed is None else seed
    options = replace(DEFAULTS, seed=seed, **STORMS.get(broken or "", {}), **_given(context))
    options = replace(options, broken=broken or "", only=only or options.only)
    print(f"seed {seed}", flush=True)  # noqa: T201 (what runs by hand speaks on its output)
    tally = asyncio.run(run.run(options))
    for line in tally.lines():
        print(line)  # noqa: T201
    sys.exit(1 if tally.violations else 0)


def _given(context: click.Context) -> dict[str, Any]:
    """What was said on the command line; the rest is the breakage's or the default."""
    said = ParameterSource.COMMANDLINE
    names = [name for name in HELP if context.get_parameter_source(name) is said]
    return {name: context.params[name] for name in names}


if __name__ == "__main__":
    main()
