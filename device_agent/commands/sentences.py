"""How each command answers what went wrong."""

import contextlib
import sys
from collections.abc import Iterator

import click

from dispatch_core.errors import DispatchError, SettingError


@contextlib.contextmanager
def in_sentences() -> Iterator[None]:
    """Answer what went wrong with its one sentence; exit with 2 for a setting, 1 for the rest."""
    try:
        yield
    except DispatchError as error:
        click.echo(str(error), err=True)
        sys.exit(2 if isinstance(error, SettingError) else 1)
