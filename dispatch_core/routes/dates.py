"""Dates and times in the asker's zone: what day it is, what day it will be, how long until."""

import re
from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

LONGEST_QUESTION = 160

_NAMED_DAYS = {
    r"christmas eve": "24 december",
    r"christmas(?: day)?|xmas": "25 december",
    r"new year'?s eve": "31 december",
    r"(?:the )?new year(?:'?s)?(?: day)?": "1 january",
    r"halloween": "31 october",
    r"valentine'?s(?: day)?": "14 february",
}
_NOW_DAY = re.compile(
    r"(?:what(?:'s| is)? )?(?:is )?(?:the |today'?s )?(?:current )?(?:day|date|day of the week)"
    r"(?: is it| is today| today| now| of today)*|what day is (?:it|today)(?: today)?|what'?s today"
    r"|what is today(?:'s date)?|today'?s date|what(?:'s| is) the date(?: today)?"
)
_NOW_TIME = re.compile(
    r"(?:what(?:'s| is)? |tell me )?(?:the )?(?:current )?time(?: is it| now)*"
    r"(?: in (?P<place>[a-z ._-]{2,40}))?"
)
_WEEK = re.compile(r"(?:what|which) (?:calendar )?week(?: number)? (?:is it|is this|are we in).*")
_COUNT = re.compile(
    r"(?:how )?(?:many |long |much )?(?:(?P<unit>days?|weeks?)|time)?"
    r"(?: are there| is it| are left)? ?(?:left )?"
    r"(?P<way>until|till|til|before|to|since) (?P<day>.+)"
)
_BETWEEN = re.compile(
    r"(?:how )?(?:many )?(?P<unit>days|weeks)(?: are there| are)?"
    r" between (?P<first>.+?) and (?P<last>.+)"
)
_THAT_DAY = re.compile(
    r"(?:what|which)(?:'s| is| was| will)? ?(?:the )?(?:date|day of the week|day|weekday)"
    r"(?: be| is it| is| was| will be| will it be| does)?(?: on)? (?P<day>.+?)(?: be| fall on| on)?"
)
_MONTH = re.compile(r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)")
_DATE_WORDS = re.compile(
    r"\d|\b(?:today|tomorrow|yesterday|now|week|month|year|mon|tues|wednes|thurs|fri|satur|sun)"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
)


def date_answer(text: str, now: datetime, zone_name: str) -> str | None:
    """The answer to a question about dates, as a sentence; None where the text asks none.

    now is aware; zone_name is an IANA zone, and UTC is taken where it is unknown.
    """
    asked = re.sub(r"^(?:(?:hey|hi|please|so|and|dispatch)[ ,]+)+", "", _plain(text))
    asked = asked.replace("day after tomorrow", "day in 2 days")
    asked = asked.replace("day before yesterday", "day 2 days ago")
    asked = re.sub(r"^(?:(?:can|could) you )?(?:tell me|do you know) ", "", asked)
    if len(asked) > LONGEST_QUESTION:
        return None
    here = now.astimezone(_zone(zone_name))
    for pattern, say in _QUESTIONS:
        if (match := pattern.fullmatch(asked)) and (said := say(match, here)):
            return said
    return None


def _plain(text: str) -> str:
    return " ".join(text.replace("\u2019", "'").casefold().split()).rstrip("?!. ")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def _say_today(_: re.Match[str], here: datetime) -> str:
    return f"Today is {_long(here.date())}."


def _say_time(match: re.Match[str], here: datetime) -> str | None:
    if not match["place"]:
        return f"It is {here:%H:%M} on {_long(here.date())} ({here.tzinfo})."
    city = match["place"].strip().replace(" ", "_")
    names = [n for n in sorted(available_timezones()) if n.rpartition("/")[2].casefold() == city]
    if not names:
        return None
    there = here.astimezone(ZoneInfo(names[0]))
    return f"It is {there:%H:%M} on {_long(there.date())} ({names[0]})."


def _say_week(_: re.Match[str], here: datetime) -> str:
    return f"It is week {here.isocalendar().week} of {here.isocalendar().year} (ISO)."


def _say_count(match: re.Match[str], here: datetime) -> str | None:
    past = match["way"] == "since"
    day = _read(match["day"], here, past=past)
    if day is None:
        return None
    days = (here.date() - day).days if past else (day - here.date()).days
    if days == 0:
        return f"That is today, {_long(day)}."
    if days < 0:
        when = "still to come" if past else "already past"
        return f"{_long(day)} is {when}: {_days(-days)} {'ahead' if past else 'ago'}."
    if past:
        return f"It has been {_amount(days, match['unit'])} since {_long(day)}."
    return f"{_amount(days, match['unit'])} until {_long(day)}."


def _say_between(match: re.Match[str], here: datetime) -> str | None:
    first, last = _read(match["first"], here), _read(match["last"], here)
    if first is None or last is None:
        return None
    days = abs((last - first).days)
    return f"There are {_amount(days, match['unit'])} between {_long(first)} and {_long(last)}."


def _say_that_day(match: re.Match[str], here: datetime) -> str | None:
    day = _read(match["day"], here, past=" was " in f" {match[0]} ")
    if day is None:
        return None
    verb = "is" if day == here.date() else "was" if day < here.date() else "will be"
    return f"That {verb} {_long(day)}."


_QUESTIONS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], datetime], str | None]], ...] = (
    (_NOW_DAY, _say_today),
    (_NOW_TIME, _say_time),
    (_WEEK, _say_week),
    (_BETWEEN, _say_between),
    (_COUNT, _say_count),
    (_THAT_DAY, _say_that_day),
)


def _read(words: str, here: datetime, *, past: bool = False) -> date | None:
    """The day that the words name, seen from here; None where they name none."""
    words = re.sub(r"^(?:the|on|in the) (?!year)", "", words.strip())
    for name, day in _NAMED_DAYS.items():
        words = re.sub(rf"(?:{name})(?= \d{{4}}|$)", day, words)
    words = re.sub(
        r"^(?:next|this|coming) (?=(?:mon|tues|wednes|thurs|fri|satur|sun)day)", "", words
    )
    words = re.sub(r"^(.+) from (?:now|today)$", r"in \1", words)
    if not _DATE_WORDS.search(words):
        return None
    found = _parse(words, here, past=past)
    if found is None:
        return None
    # A day and month without a year is today's, where it is today.
    yearless = bool(_MONTH.search(words)) and not re.search(r"\d{4}", words)
    same_day = (found.day, found.month) == (here.day, here.month)
    return here.date() if yearless and same_day else found.date()


def _parse(words: str, here: datetime, *, past: bool) -> datetime | None:
    # Imported late: it takes most of a second, and few people ask for dates.
    import dateparser  # type: ignore[import-untyped]  # noqa: PLC0415

    found: datetime | None = dateparser.parse(
        words,
        languages=["en"],
        settings={
            "RELATIVE_BASE": here.replace(tzinfo=None),
            "PREFER_DATES_FROM": "past" if past else "future",
            "DATE_ORDER": "DMY",
            "RETURN_AS_TIMEZONE_AWARE": False,
        },
    )
    return found


def _amount(days: int, unit: str | None) -> str:
    weeks, rest = divmod(days, 7)
    if unit and unit.startswith("week") and weeks:
        said = f"{weeks} week{'s' if weeks > 1 else ''}"
        return f"{said} and {_days(rest)}" if rest else said
    return _days(days)


def _days(days: int) -> str:
    return f"{days:,} day{'' if days == 1 else 's'}"


def _long(day: date) -> str:
    return f"{day:%A}, {day.day} {day:%B %Y}"
