"""What a guard is told to do, as one line of JSON."""

import json
from dataclasses import asdict, dataclass, field

STDOUT = 1


@dataclass(frozen=True)
class Plan:
    """What is run, and in how many seconds it is ended: see Graces of the shell tool.

    input is the descriptor of its standard input; terminal: standard output is its terminal. adopts
    is False where the system has no subreaper.
    """

    argv: list[str]
    cwd: str
    terminal: bool
    adopts: bool
    timeout: float
    interrupt: float
    terminate: float
    leftover: float
    executable: str | None = None
    otherwise: list[str] = field(default_factory=list)
    input: int = STDOUT


def write_plan(plan: Plan) -> bytes:
    """A plan as the guard reads it."""
    return json.dumps(asdict(plan)).encode() + b"\n"


def read_plan(line: bytes) -> Plan:
    """The plan that write_plan wrote."""
    return Plan(**json.loads(line))
