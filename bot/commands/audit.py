"""`dispatch audit`: who decided what, exported, and checked for gaps and changes."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TextIO

import click

from dispatch_core.audit_trail import verify_export
from dispatch_core.settings import CoreSettings, read_settings

# So many lines of a file are compared with the database at once.
BATCH = 500


@click.group()
def audit() -> None:
    """Export the trail of who decided what, and check that nothing in it was changed."""


@audit.command()
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
    help="Only from this time on (UTC).",
)
def export(since: datetime | None) -> None:
    """Write the trail to standard output, one JSON object a line; the last line names its end."""
    start = since.replace(tzinfo=UTC) if since else None
    from dispatch_core.control import operating  # noqa: PLC0415 (a help page need not wait for it)

    async def write() -> None:
        async with operating(read_settings(CoreSettings)) as operator:
            async for line in operator.export_audit(start):
                click.echo(line)

    asyncio.run(write())


@audit.command()
@click.argument("file", type=click.File(encoding="utf-8"), required=False)
@click.option(
    "--against-database",
    is_flag=True,
    help="Check as well that the database still has the file's lines.",
)
def verify(file: TextIO | None, against_database: bool) -> None:
    """Check an export (FILE, or - for standard input), or the database where none is named.

    It ends with 1 and the first line that is broken.
    """
    if file is None:
        if against_database:
            raise click.UsageError("--against-database compares an export: name its FILE.")
        _verify_database()
        return
    kept = list(file)
    click.echo(verify_export(kept).words)
    if against_database:
        _compare(kept)
        click.echo("The database has all of them.")


def _verify_database() -> None:
    from dispatch_core.control import operating  # noqa: PLC0415

    async def check() -> None:
        async with operating(read_settings(CoreSettings)) as operator:
            click.echo((await operator.verify_audit()).words)

    asyncio.run(check())


def _compare(kept: list[str]) -> None:
    from dispatch_core.control import operating  # noqa: PLC0415

    async def check() -> None:
        async with operating(read_settings(CoreSettings)) as operator:
            for batch in _batches(kept):
                await operator.compare_audit(batch)

    asyncio.run(check())


def _batches(kept: list[str]) -> Iterator[list[dict[str, object]]]:
    lines = [line for text in kept if text.strip() if "seq" in (line := json.loads(text))]
    for start in range(0, len(lines), BATCH):
        yield lines[start : start + BATCH]
