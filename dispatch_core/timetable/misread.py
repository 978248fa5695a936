"""Finds what begins as a time and does not read as one: `every blursday at 9 say hi`.

Each kind asks for a word like a day or a unit and for a clock, so that `every time I deploy` and
`at what time` stay requests.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches

from dispatch_core.timetable.clock_words import DAYS, WEEKDAY
from dispatch_core.timetable.moments import DATE

_UNITS = (
    r"day|weekday|workday|weekend|week|month|year|quarter|morning|afternoon|evening|night|hour"
    rf"|minute|{WEEKDAY}"
)
_PART = r"(?:\s+(?:morning|afternoon|evening|night))?"
_CLOCK = r"\d[\d:.]*"
_IN_WORDS = r"(?P<word>two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?![\w-])"
_KNOWN_DAY = (
    rf"(?:(?:every|each)\s+(?:\w+\s+){{0,3}}(?:{_UNITS})s?(?:\s+\w+){{0,3}}?"
    rf"|(?:(?:today|tonight|tomorrow|daily|weekdays|(?:on|next|this)\s+{WEEKDAY}){_PART}"
    r"|this\s+(?:morning|afternoon|evening)))"
)
_LIKE = 0.81
_CALENDAR = (*DAYS, *(f"{day}s" for day in DAYS), "weekday", "weekend")
_SPANS = ("minute", "minutes", "hours")


@dataclass(frozen=True, slots=True)
class Misread:
    """What is wrong, and where the time ends; where it may_tell, statements begin so as well."""

    end: int
    problem: str
    may_tell: bool = False


def find(head: str) -> Misread | None:
    """The time that the text seems to begin with, where nobody could read one; None without it."""
    for pattern, judge in _KINDS:
        if (match := pattern.match(head)) and (found := judge(match)):
            return found
    return None


def _unclear(match: re.Match[str]) -> Misread:
    return Misread(match.end(), f"I can't read when: `{' '.join(match[0].split())}`")


def _unknown_day(match: re.Match[str]) -> Misread | None:
    word = match["day"]
    like = word.casefold().rstrip("s").endswith("day")
    if not like and not get_close_matches(word.casefold(), _CALENDAR, 1, _LIKE):
        return None
    return Misread(match.end(), f"I know no day `{word}`")


def _unknown_span(match: re.Match[str]) -> Misread | None:
    word = match["span"]
    if not get_close_matches(word.casefold(), _SPANS, 1, _LIKE):
        return None
    return Misread(match.end(), f"I know no `{word}`; I count minutes and hours")


def _in_words(match: re.Match[str]) -> Misread:
    problem = f"I know no time `{match['word']}`; write it in digits"
    return Misread(match.end(), problem, may_tell=True)


def _past(match: re.Match[str]) -> Misread:
    return Misread(match.end(), f"`{match['past']}` is past", may_tell=True)


def _no_day(match: re.Match[str]) -> Misread:
    clock = match["clock"]
    hour, _, minute = clock.partition(":")
    right = not minute or (int(hour) < 24 and int(minute) < 60)
    problem = f"I see a time, `at {clock}`, but no day" if right else f"I know no time {clock}"
    return Misread(match.end(), problem, may_tell=True)


def _no_clock(match: re.Match[str]) -> Misread:
    return Misread(match.end(), f"I see a day, `{match[0]}`, but no time of it", may_tell=True)


def _cron(match: re.Match[str]) -> Misread:
    return Misread(match.end(), f"I can't read when: cron has five fields, not `{match['short']}`")


_KINDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Misread | None]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), judge)
    for pattern, judge in (
        (rf"{_KNOWN_DAY}\s+at\s+{_CLOCK}", _unclear),
        (r"(?:every|each)\s+\d+\s+(?:seconds?|days?|weeks?|months?|years?)\b", _unclear),
        (rf"{_KNOWN_DAY}\s+at\s+{_IN_WORDS}", _in_words),
        (
            r"(?:every|each|on|next|this)\s+(?P<day>[^\W\d_]{3,20})\s+"
            r"(?:at\s+\d{1,2}(?:[:.]\d{2})?|\d{1,2}:\d{2})(?![\w%:.-])",
            _unknown_day,
        ),
        (r"(?:every|each)\s+\d{1,4}\s+(?P<span>[^\W\d_]{4,12})(?!\w)", _unknown_span),
        (rf"(?P<past>yesterday){_PART}\s+(?:at\s+{_CLOCK}|\d{{1,2}}:\d{{2}})(?!\w)", _past),
        (
            r"at\s+(?P<clock>\d{1,2}:\d{2}(?![\w:])|noon(?!\w)|midnight(?!\w)"
            r"|\d{1,2}\s?[ap]m(?!\w))",
            _no_day,
        ),
        (rf"on\s+(?:the\s+)?(?:{DATE})(?![\w:-])(?!\s+(?-i:[A-Z]))", _no_clock),
        (r"cron\s+(?P<short>@(?:yearly|annually|monthly|weekly|daily|midnight|hourly))\b", _cron),
    )
)
