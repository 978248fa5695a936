"""A contestant's side of the talk with the bench: told what to do, ready, let go, done.

Only the standard library is used here, since the peers have a virtual environment of their own.
"""

import json
import sys
from typing import Any

SIGN = "bench: "


def told() -> dict[str, Any]:
    """What the bench wants done, from the command line."""
    facts: dict[str, Any] = json.loads(sys.argv[1])
    return facts


def ready() -> None:
    """Say that all is set up, and return when all contestants of the round may go."""
    tell()
    if not sys.stdin.readline():
        raise SystemExit("the bench is gone")


def tell(**result: Any) -> None:
    """Tell a result; other lines on the standard output are somebody else's talk."""
    print(f"{SIGN}{json.dumps(result)}", flush=True)  # noqa: T201 (this is the talk)


def until_dismissed() -> None:
    """Return when nobody needs this process any longer."""
    sys.stdin.read()
