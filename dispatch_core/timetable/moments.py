"""Phrases that name one moment: `tomorrow at 14:00`, `in 20 minutes`, `on 24 December at 18:00`."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dispatch_core.errors import BadSchedule
from dispatch_core.timetable.clock_words import (
    AT,
    NUMBER,
    WEEKDAY,
    Found,
    day_of,
    number_of,
    times_in,
)
from dispatch_core.timetable.times import Timetable, moment_of

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
DATE = (
    r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})"
    r"|(?P<dot_day>\d{1,2})\.\s?(?P<dot_month>\d{1,2})\.(?:\s?(?P<dot_year>\d{4}))?"
    rf"|(?P<a_day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<a_month>{_MONTH})\.?"
    r"(?:,?\s+(?P<a_year>\d{4}))?"
    rf"|(?P<b_month>{_MONTH})\.?\s+(?P<b_day>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<b_year>\d{{4}}))?"
)
_DAY = re.compile(
    r"(?:(?P<after>(?:the\s+)?day\s+after\s+tomorrow)|(?P<near>today|tonight|tomorrow)"
    rf"|(?:on\s+|this\s+)?(?P<weekday>{WEEKDAY})"
    rf"|(?:on\s+)?(?:the\s+)?(?:{DATE})"
    rf"|in\s+(?P<count>{NUMBER})\s+(?P<unit>day|week)s?){AT}",
    re.IGNORECASE,
)
_IN = re.compile(
    rf"in\s+(?:(?P<half>half\s+an\s+hour)|(?P<count>{NUMBER})\s+"
    r"(?P<unit>minute|min|hour|hr|day|week)s?)(?:\s+from\s+now)?(?![\w'\u2019-])",
    re.IGNORECASE,
)
_LENGTHS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
NEAR = {"today": 0, "tonight": 0, "tomorrow": 1}


def find(head: str) -> Found | None:
    """The phrase of this kind that the text begins with. Raises BadSchedule for a wrong time."""
    if match := _DAY.match(head):
        times = times_in(match, evening=(match["near"] or "").casefold() == "tonight")
        if len(times) > 1:
            raise BadSchedule(problem="I can keep one time of one day; write the other by itself")
        return Found(match.end(), _on_day(match, time(*times[0])))
    if match := _IN.match(head):
        return Found(match.end(), _from_now(match))
    return None


def _once(moment: datetime, zone: str) -> Timetable:
    here = moment.astimezone(ZoneInfo(zone))
    words = f"once on {here:%A}, {here.day} {here:%B %Y} at {here.hour}:{here:%M}"
    return Timetable(words, zone, start=moment)


def _on_day(match: re.Match[str], at: time) -> Callable[[datetime, str], Timetable]:
    def timetable(now: datetime, zone: str) -> Timetable:
        place = ZoneInfo(zone)
        here = now.astimezone(place).replace(tzinfo=None)
        day = _day(match, here, at)
        try:
            return _once(moment_of(datetime.combine(day, at), place), zone)
        except OverflowError:
            raise BadSchedule(problem="That day is out of reach") from None

    return timetable


def _day(match: re.Match[str], here: datetime, at: time) -> date:
    """The day that is meant, seen from here: the next one of that name or date."""
    today = here.date()
    if match["after"]:
        return today + timedelta(days=2)
    if match["near"]:
        return today + timedelta(days=NEAR[match["near"].casefold()])
    if match["count"]:
        days = 7 if match["unit"].casefold() == "week" else 1
        return _later(today, timedelta(days=days) * number_of(match["count"]))
    if match["weekday"]:
        day = today + timedelta(days=(day_of(match["weekday"]) - today.weekday()) % 7)
        return day if datetime.combine(day, at) > here else day + timedelta(days=7)
    return _date(match, here, at)


def _later(today: date, by: timedelta) -> date:
    try:
        return today + by
    except OverflowError:
        raise BadSchedule(problem="That time is more than five years away") from None


def _date(match: re.Match[str], here: datetime, at: time) -> date:
    facts = {name.rpartition("_")[2]: value for name, value in match.groupdict().items() if value}
    month = facts["month"].casefold()[:3]
    number = int(month) if month.isdecimal() else MONTHS.index(month) + 1
    try:
        if "year" in facts:
            return date(int(facts["year"]), number, int(facts["day"]))
        day = date(here.year, number, int(facts["day"]))
        return day if datetime.combine(day, at) > here else day.replace(year=here.year + 1)
    except ValueError:
        raise BadSchedule(problem="There is no such day") from None


def _from_now(match: re.Match[str]) -> Callable[[datetime, str], Timetable]:
    def timetable(now: datetime, zone: str) -> Timetable:
        if match["half"]:
            return _once(_full_minute(now + timedelta(minutes=30)), zone)
        count, unit = number_of(match["count"]), match["unit"].casefold()
        if unit in {"day", "week"}:
            place = ZoneInfo(zone)
            here = now.astimezone(place).replace(tzinfo=None, fold=0)
            days = timedelta(days=count * (7 if unit == "week" else 1))
            wall = datetime.combine(_later(here.date(), days), here.time())
            return _once(_full_minute(moment_of(wall, place)), zone)
        return _once(_full_minute(now + count * _LENGTHS[unit[0]]), zone)

    return timetable


def _full_minute(moment: datetime) -> datetime:
    """Not earlier than asked for, and a minute that can be shown."""
    up = moment.astimezone(UTC) + timedelta(seconds=59, microseconds=999_999)
    return up.replace(second=0, microsecond=0)
