"""Times of the day and days of the week, as people write them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from dispatch_core.errors import BadSchedule
from dispatch_core.timetable.times import Timetable

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAY_IN_FULL = rf"(?:{'|'.join(DAYS)})"
WEEKDAY = (
    r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:rs?(?:day)?)?|fri(?:day)?"
    r"|sat(?:urday)?|sun(?:day)?)"
)
_EXACT = r"(?:noon|midnight|\d{1,2}[:.]\d{2}(?:\s?[ap]\.?m\b\.?)?|\d{1,2}\s?[ap]\.?m\b\.?)"
_TIME = rf"(?:{_EXACT}|\d{{1,2}}(?:\s?o['\u2019]clock)?)"
# Nothing that would make the number another one, or a count: 9th, 9-17, 9.5, 50%.
_END = r"(?![\w%/+*]|[-.:,]\d)"
_MANY = r"(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+)(?:at\s+)?{time}{end})*"
AT = (
    rf"(?:\s*,)?\s+(?:at\s+(?P<at>{_TIME}{_END}{_MANY.format(time=_TIME, end=_END)})"
    rf"|(?P<exact>{_EXACT}{_END}{_MANY.format(time=_EXACT, end=_END)}))"
)
_ONE = re.compile(r"(noon|midnight)|(\d{1,2})(?:[:.](\d{2}))?(?:\s?([ap])\.?m\b)?", re.IGNORECASE)
_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
NUMBER = rf"(?:\d{{1,4}}|an?|{'|'.join(_NUMBERS)})"


@dataclass(frozen=True, slots=True)
class Found:
    """A time phrase that ends at this character; timetable takes the moment now and the zone."""

    end: int
    timetable: Callable[[datetime, str], Timetable]


def times_in(match: re.Match[str], *, evening: bool = False) -> list[tuple[int, int]]:
    """The hours and minutes that AT matched; in the evening, a bare 8 is 20:00.

    Raises BadSchedule where there is no such time.
    """
    words = match["at"] or match["exact"]
    return sorted({_time(found, evening=evening) for found in _ONE.finditer(words)})


def _time(found: re.Match[str], *, evening: bool) -> tuple[int, int]:
    name, hour, minute, half = found.groups()
    if name:
        return (12, 0) if name.casefold() == "noon" else (0, 0)
    hours, minutes = int(hour), int(minute or 0)
    if half and not 1 <= hours <= 12:
        raise BadSchedule(problem=f"I know no time {found[0].strip()}")
    if half:
        hours = hours % 12 + (12 if half.casefold() == "p" else 0)
    elif evening and hours < 12:
        hours += 12
    if hours > 23 or minutes > 59:
        raise BadSchedule(problem=f"I know no time {found[0].strip()}")
    return hours, minutes


def said_times(times: list[tuple[int, int]]) -> str:
    """Times of the day as they are shown: 9:00 and 17:30."""
    return listed([f"{hour}:{minute:02}" for hour, minute in times])


def listed(words: list[str]) -> str:
    """Words in a row: a, b and c."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)


def day_of(word: str) -> int:
    """The number of a weekday, from Monday 0."""
    return next(n for n, day in enumerate(DAYS) if day.startswith(word.casefold()[:3]))


def number_of(word: str) -> int:
    """A number in digits or in words; `a` is one."""
    word = word.casefold()
    if word.isdecimal():
        return int(word)
    return 1 if word in {"a", "an"} else _NUMBERS.index(word) + 1
