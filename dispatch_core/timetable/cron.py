"""The five fields of cron, in the spelling of APScheduler, which differs in two points.

cron counts weekdays from Sunday, APScheduler 3 from Monday, so they are handed over by name. And
where both the day of the month and the weekday are restricted, cron means either of them, and
APScheduler both: such an expression becomes two lines.
"""

import re

from apscheduler.triggers.cron import CronTrigger

from dispatch_core.timetable.times import FIELDS

WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")

_PART = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d+))?")
_CLEAN = re.compile(r"[0-9a-z*,/-]+")


def cron_lines(expression: str) -> tuple[str, ...]:
    """The lines of a cron expression: minute, hour, day, month, weekday.

    Raises ValueError, in words, where it is none.
    """
    fields = expression.casefold().split()
    if len(fields) != len(FIELDS):
        raise ValueError(f"cron has five fields and this has {len(fields)}")
    for name, field in zip(FIELDS, fields, strict=True):
        if not _CLEAN.fullmatch(field):
            raise ValueError(f"cron knows no {_said(name)} `{field}`")
    minute, hour, day, month, weekday = fields
    weekday = _weekdays(weekday)
    days = [(day, weekday)]
    if not day.startswith("*") and weekday != "*":
        days = [(day, "*"), ("*", weekday)]
    lines = tuple(f"{minute} {hour} {one} {month} {other}" for one, other in days)
    for line in lines:
        _refuse_unreadable(line)
    return lines


def _weekdays(field: str) -> str:
    """A weekday field as a list of names; `*` where it leaves out no day."""
    days = {day for part in field.split(",") for day in _days_of(part)}
    return "*" if len(days) == 7 else ",".join(WEEKDAYS[day] for day in sorted(days))


def _days_of(part: str) -> set[int]:
    match = _PART.fullmatch(part)
    if match is None or match["step"] == "0":
        raise ValueError(f"cron knows no weekday `{part}`")
    first, last = (0, 6) if match["first"] == "*" else (_number(match["first"]), None)
    if match["last"]:
        last = _number(match["last"])
    elif last is None:
        last = 6 if match["step"] else first
    # `fri-mon` goes round the end of the week.
    days = range(first, (last if last >= first else last + 7) + 1, int(match["step"] or 1))
    return {day % 7 for day in days}


def _number(word: str) -> int:
    if word.isdecimal() and int(word) <= 7:
        return int(word)
    if word in WEEKDAYS:
        return WEEKDAYS.index(word)
    raise ValueError(f"cron knows no weekday `{word}`")


def _refuse_unreadable(line: str) -> None:
    for name, field in zip(FIELDS, line.split(), strict=True):
        try:
            CronTrigger(timezone="UTC", **{name: field})
        except (ValueError, TypeError):
            raise ValueError(f"cron knows no {_said(name)} `{field}`") from None


def _said(name: str) -> str:
    return "weekday" if name == "day_of_week" else name
