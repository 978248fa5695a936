"""`dispatch explain`: why a request takes its route, and what a payload would look like."""

import json
import sys
from collections.abc import Iterable, Iterator

import click

from dispatch_core.errors import DispatchError


@click.group()
def explain() -> None:
    """Say why: a request's route, a payload's redaction."""


@explain.command()
@click.argument("text")
def route(text: str) -> None:
    """The route of TEXT, how sure the choice is, and why, as JSON.

    With - as TEXT, reads JSON lines {"text": …} and writes one line for each.
    """
    lines = _texts(sys.stdin) if text == "-" else iter([text])
    for one in lines:
        click.echo(json.dumps(_choice(one), ensure_ascii=False))


@explain.command(name="redact")
def redact_() -> None:
    """Standard input as an approval would show it, on standard output."""
    from dispatch_core.redaction import show_payload  # noqa: PLC0415 (its tables are slow to build)

    click.echo(show_payload(sys.stdin.read()), nl=False)


def _choice(text: str) -> dict[str, object]:
    from dispatch_core.routing import parse_request, route_of  # noqa: PLC0415 (slow cues)

    try:
        request = parse_request(text)
    except DispatchError as refusal:
        return {"route": None, "confidence": 0.0, "reason": str(refusal)}
    choice = route_of(request)
    return {"route": choice.route.value, "confidence": choice.confidence, "reason": choice.reason}


def _texts(lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield str(json.loads(line)["text"])
        except (ValueError, KeyError, TypeError):
            problem = f'line {number} is no JSON object with a "text"'
            raise click.ClickException(problem) from None
