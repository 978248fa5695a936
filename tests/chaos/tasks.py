"""What people ask in the scene: a mix by dice, each task with a sign of its own to judge it by."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

Choice = TypeVar("Choice")
EFFECTS = "effects.txt"
KNOWLEDGE = {"falcon": "17 months", "heron": "23 months", "osprey": "31 months"}


class Kind(StrEnum):
    """The sorts of tasks."""

    SUM = "sum"
    KNOWLEDGE = "knowledge"
    CODE = "code"
    SHELL = "shell"
    SLOW_SHELL = "slow shell"
    FAILING_SHELL = "failing shell"
    LIST = "list"
    GET = "get"
    STOP = "stop"


class Will(StrEnum):
    """What people do with a task's approval."""

    APPROVE = "approve"
    REJECT = "reject"
    TWICE = "approve twice"
    BOTH = "one approves and another rejects"
    NOBODY = "nobody answers"
    LATE = "answered too late"
    STOP = "stopped instead"


KINDS = {
    Kind.SUM: 44,
    Kind.KNOWLEDGE: 9,
    Kind.CODE: 2,
    Kind.SHELL: 20,
    Kind.SLOW_SHELL: 9,
    Kind.FAILING_SHELL: 2,
    Kind.LIST: 4,
    Kind.GET: 8,
    Kind.STOP: 2,
}
WILLS = {
    Will.APPROVE: 58,
    Will.REJECT: 10,
    Will.TWICE: 8,
    Will.BOTH: 12,
    Will.NOBODY: 3,
    Will.LATE: 5,
    Will.STOP: 4,
}
SHELLS = frozenset({Kind.SHELL, Kind.SLOW_SHELL, Kind.FAILING_SHELL})
# Of the tasks, the share that goes on in a thread of the same person, and that is retried after.
FOLLOW_UPS = 0.25
# In a person's own channel no approver sees the request, so no command is asked for there.
DIRECT = 0.15
RETRIES = 0.05
CANCELS = 0.03


@dataclass(frozen=True, slots=True)
class Task:
    """One message to be: at is seconds from the start; sign stands in what it shows or does."""

    number: int
    at: float
    person: int
    kind: Kind
    sign: str
    text: str
    follows: bool
    direct: bool
    will: Will
    thinks: float
    retries: int
    cancels: bool


def mix(dice: random.Random, count: int, seconds: float, people: int) -> Iterator[Task]:
    """So many tasks, spread over the seconds; now and then several of one person in a row."""
    moments = sorted(dice.uniform(0, seconds) for _ in range(count))
    person = 0
    for number, at in enumerate(moments):
        follows = number > 0 and dice.random() < FOLLOW_UPS
        person = person if follows else dice.randrange(people)
        kind = _one_of(dice, KINDS)
        if kind is Kind.STOP and not follows:
            kind = Kind.SUM
        yield _task(dice, number, at, person, kind, follows=follows)


def finale(dice: random.Random, count: int, first: int) -> Iterator[Task]:
    """Commands on which two people disagree at once, for when nothing is wrong any more."""
    for number in range(first, first + count):
        task = _task(dice, number, 0.0, number - first, Kind.SHELL, follows=False)
        yield replace(task, will=Will.BOTH, thinks=0.5, retries=0, cancels=False)


def _task(
    dice: random.Random, number: int, at: float, person: int, kind: Kind, *, follows: bool
) -> Task:
    sign = f"T{number:05}x{dice.randrange(16**6):06x}"
    text, sign = _words(kind, sign, number, dice)
    return Task(
        number=number,
        at=at,
        person=person,
        kind=kind,
        sign=sign,
        text=text,
        follows=follows,
        direct=dice.random() < DIRECT and kind not in SHELLS,
        will=_one_of(dice, WILLS),
        thinks=dice.uniform(0.2, 8.0),
        retries=dice.choice((1, 2)) if dice.random() < RETRIES else 0,
        cancels=dice.random() < CANCELS,
    )


def _words(kind: Kind, sign: str, number: int, dice: random.Random) -> tuple[str, str]:
    """What is written, and the sign of its success."""
    if kind is Kind.SUM:
        left, right = 1_000 + number, dice.randrange(2, 900)
        return f"what is {left} * {right}?", str(left * right)
    if kind is Kind.KNOWLEDGE:
        bird = dice.choice(sorted(KNOWLEDGE))
        return f"[route=cloud-knowledge] how long is the warranty of the {bird}?", KNOWLEDGE[bird]
    if kind is Kind.CODE:
        return f"```python\nprint('{sign}')\n```", sign
    if kind in SHELLS:
        return _command(kind, sign), sign
    if kind is Kind.LIST:
        return "ls .", EFFECTS
    return ("stop", "") if kind is Kind.STOP else (f"get {sign}.txt", f"{sign}.txt")


def _command(kind: Kind, sign: str) -> str:
    """A command whose effect is one line more in a file, in a single appending write."""
    effect = f"$ echo {sign} | tee -a {EFFECTS}"
    if kind is Kind.SLOW_SHELL:
        return f"{effect}; sleep 3; echo ended"
    return f"{effect}; exit 3" if kind is Kind.FAILING_SHELL else effect


def _one_of(dice: random.Random, weights: dict[Choice, int]) -> Choice:
    return dice.choices(list(weights), list(weights.values()))[0]
