"""Phrases that come again and again: `every monday and thursday at 9`, `every 20 minutes`."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from dispatch_core.errors import BadSchedule
from dispatch_core.timetable.clock_words import (
    AT,
    DAY_IN_FULL,
    DAYS,
    NUMBER,
    WEEKDAY,
    Found,
    day_of,
    listed,
    number_of,
    said_times,
    times_in,
)
from dispatch_core.timetable.times import Timetable

MINUTE, HOUR = 60, 3_600
LONGEST_SECONDS = 366 * 24 * HOUR

_NTH = {"first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th", "last": "last"}
_SEVERAL = rf"{WEEKDAY}s?(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s*&\s*){WEEKDAY}s?)*"
_MONTHLY = (
    r"(?:(?P<ordinal>first|second|third|fourth|last|1st|2nd|3rd|4th)\s+"
    rf"(?P<nth_day>{WEEKDAY})|(?P<date>\d{{1,2}})(?:st|nd|rd|th)?|(?P<last>last)\s+day)"
)
_DAYS = (
    r"(?:daily|every\s+day|each\s+day)(?P<daily>)"
    r"|(?:weekdays|(?:every|each)\s+(?:week|work|working\s+|business\s+)day)(?P<weekday>)s?"
    r"|(?:every|each)\s+weekend(?P<weekend>)(?:\s+day)?"
    rf"|(?:(?:every|each)\s+month|monthly)\s+on\s+(?:the\s+)?{_MONTHLY}"
    rf"|(?:on\s+)?(?:the\s+|every\s+){_MONTHLY.replace('?P<', '?P<m_')}"
    r"\s+(?:day\s+)?of\s+(?:every|each|the)\s+month"
    rf"|(?:(?:every|each)\s+(?:week\s+on\s+)?|weekly\s+on\s+)(?P<named>{_SEVERAL})"
    rf"|(?:on\s+)?(?P<plural>{DAY_IN_FULL}s(?:\s+and\s+{DAY_IN_FULL}s)*)"
)
_BEFORE = re.compile(rf"(?:{_DAYS}){AT}", re.IGNORECASE)
_AFTER = re.compile(rf"{AT}\s+(?:{_DAYS})(?![\w'\u2019-])", re.IGNORECASE)
_INTERVAL = re.compile(
    rf"(?:(?:every|each)\s+(?:(?P<half>half(?:\s+an)?\s+hour)|(?:(?P<count>{NUMBER})\s+)?"
    r"(?P<unit>minute|min|hour|hr)s?)|(?P<hourly>hourly))(?![\w'\u2019-])",
    re.IGNORECASE,
)


def find(head: str) -> Found | None:
    """The phrase of this kind that the text begins with. Raises BadSchedule for a wrong time."""
    if match := _INTERVAL.match(head):
        return _steady(match)
    match = _BEFORE.match(head) or _AFTER.match(" " + head)
    if match is None:
        return None
    end = match.end() - (match.re is _AFTER)
    times = times_in(match)
    said, day, weekday = _days(match)
    words = f"{said} at {said_times(times)}"
    lines = tuple(f"{minute} {hour} {day} * {weekday}" for hour, minute in times)
    return Found(end, lambda _, zone: Timetable(words, zone, lines))


def _days(match: re.Match[str]) -> tuple[str, str, str]:
    """The days in words, as cron's day of the month and as its weekday."""
    facts = {name.removeprefix("m_"): value for name, value in match.groupdict().items() if value}
    if "nth_day" in facts:
        word = facts["ordinal"].casefold()
        nth = _NTH.get(word, word)
        name = DAYS[day_of(facts["nth_day"])]
        return f"every {nth} {name.capitalize()} of the month", f"{nth}_{name[:3]}", "*"
    if "date" in facts:
        return _date(int(facts["date"]))
    if "last" in facts:
        return "on the last day of every month", "last", "*"
    if several := facts.get("named") or facts.get("plural"):
        return _named(several)
    return next(said for name, said in _PLAIN.items() if match[name] is not None)


_PLAIN = {
    "daily": ("every day", "*", "*"),
    "weekday": ("every weekday", "*", "mon-fri"),
    "weekend": ("every Saturday and Sunday", "*", "sat,sun"),
}


def _named(several: str) -> tuple[str, str, str]:
    days = sorted({day_of(word) for word in re.findall(WEEKDAY, several, re.IGNORECASE)})
    said = listed([DAYS[day].capitalize() for day in days])
    return f"every {said}", "*", ",".join(DAYS[day][:3] for day in days)


def _date(day: int) -> tuple[str, str, str]:
    if not 1 <= day <= 31:
        raise BadSchedule(problem=f"No month has a day {day}")
    ending = "th" if day in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"on the {day}{ending} of every month", str(day), "*"


def _steady(match: re.Match[str]) -> Found:
    unit = match["unit"] or "hour"
    is_minute = unit.casefold().startswith("min")
    count = number_of(match["count"]) if match["count"] else 1
    seconds = 30 * MINUTE if match["half"] else count * (MINUTE if is_minute else HOUR)
    if not MINUTE <= seconds <= LONGEST_SECONDS:
        raise BadSchedule(problem="I can do something every minute at most, every year at least")
    amount, name = (seconds // HOUR, "hour") if seconds % HOUR == 0 else (seconds // 60, "minute")
    words = f"every {name}" if amount == 1 else f"every {amount} {name}s"
    return Found(
        match.end(),
        lambda now, zone: Timetable(words, zone, (), seconds, _start(now, zone, seconds)),
    )


def _start(now: datetime, zone: str, seconds: int) -> datetime:
    """The next full hour, quarter or minute there, so that `every hour` is on the hour."""
    step = next(each for each in (HOUR, 15 * MINUTE, MINUTE) if seconds % each == 0)
    here = now.astimezone(ZoneInfo(zone))
    past = timedelta(minutes=here.minute, seconds=here.second, microseconds=here.microsecond)
    return now.astimezone(UTC) - past % timedelta(seconds=step) + timedelta(seconds=step)
