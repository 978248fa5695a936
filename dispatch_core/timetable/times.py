"""A timetable and its next times, right at every change of the clocks.

APScheduler's triggers compute the times, but not in the person's zone: asked there, CronTrigger
(3.11) fires at both 02:30 of the night in which that hour comes twice, and leaves out a midnight
that does not exist. So it is asked for times of the wall clock, as if that were UTC, where no hour
is missing or doubled; which moment a wall time means is decided here:

- a time that does not exist is moved on by as much as the clocks are (02:30 becomes 03:30);
- a time that comes twice counts at its first coming;
- where a cron line has `*` for the hour, it follows the hours as they come: none, one, or two;
- an interval counts time that passes, whatever the clocks show.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

# Longer than any change of clocks (Antarctica/Troll moves by two hours).
NEAR = timedelta(hours=3)
TICK = timedelta(microseconds=1)
FIELDS = ("minute", "hour", "day", "month", "day_of_week")
# A day that never comes, such as 30 February, is looked for no further: each year takes time.
YEARS = "1970-2150"


@dataclass(frozen=True)
class Timetable:
    """Either cron lines, or an interval from its start, or one moment; words say it to people.

    A cron line has five fields in APScheduler's spelling (weekdays by name); zone is an IANA name.
    """

    words: str
    zone: str
    lines: tuple[str, ...] = ()
    seconds: int = 0
    start: datetime | None = None

    def __post_init__(self) -> None:
        if not self.lines and self.start is None:
            raise ValueError("an interval and a moment need a start")

    def after(self, moment: datetime) -> datetime | None:
        """The first time later than this moment, in UTC; None where there is none."""
        found = [each for each in (rule.after(moment) for rule in self._rules) if each is not None]
        return min(found, default=None)

    def next_times(self, moment: datetime, count: int) -> tuple[datetime, ...]:
        """The first times later than this moment, at most so many."""
        times: list[datetime] = []
        while len(times) < count and (found := self.after(moment)) is not None:
            times.append(found)
            moment = found
        return tuple(times)

    @property
    def once(self) -> bool:
        """Whether it fires one time only."""
        return not self.lines and not self.seconds

    def as_stored(self) -> dict[str, Any]:
        """What the records keep of it, beside its words and zone."""
        start = self.start.isoformat() if self.start else None
        return {"lines": list(self.lines), "seconds": self.seconds, "start": start}

    @cached_property
    def _rules(self) -> "tuple[_Wall | _Steady, ...]":
        if self.start is not None:
            return (_Steady(self.seconds, self.start),)
        return tuple(_Wall(line, ZoneInfo(self.zone)) for line in self.lines)


def stored_timetable(stored: dict[str, Any], words: str, zone: str) -> Timetable:
    """A timetable as the records keep it."""
    start = datetime.fromisoformat(stored["start"]) if stored["start"] else None
    return Timetable(words, zone, tuple(stored["lines"]), stored["seconds"], start)


def known_zone(name: str) -> str:
    """The name of a time zone that is known here; UTC stands for one that is not."""
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return "UTC"


def moment_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """The moment in UTC at which clocks there show this time (naive), by the rules above."""
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


class _Steady:
    """One moment, or every so many seconds from it on."""

    def __init__(self, seconds: int, start: datetime) -> None:
        self._trigger = (
            IntervalTrigger(seconds=seconds, start_date=start, timezone=UTC)
            if seconds
            else DateTrigger(start, timezone=UTC)
        )

    def after(self, moment: datetime) -> datetime | None:
        found: datetime | None = self._trigger.get_next_fire_time(None, moment + TICK)
        return found if found is not None and found > moment else None


class _Wall:
    """A cron line, by the clocks of a zone."""

    def __init__(self, line: str, zone: ZoneInfo) -> None:
        # `1st_mon` stands for APScheduler's `1st mon`, since blanks part the fields.
        fields = dict(zip(FIELDS, [each.replace("_", " ") for each in line.split()], strict=True))
        self._trigger = CronTrigger(timezone=UTC, year=YEARS, **fields)
        self._zone = zone
        self._every_hour = fields["hour"] == "*"

    def after(self, moment: datetime) -> datetime | None:
        wall = self._next(moment.astimezone(self._zone).replace(tzinfo=UTC, fold=0))
        if wall is None:
            return None
        found = moment_of(wall.replace(tzinfo=None), self._zone)
        change = max(self._change_near(moment), self._change_near(found))
        return self._search(moment, change) if change else found

    def _search(self, moment: datetime, change: timedelta) -> datetime | None:
        """The same where clocks change near by: wall times come out of order by that much."""
        wall = self._next(moment.astimezone(self._zone).replace(tzinfo=UTC, fold=0) - change)
        best: datetime | None = None
        while wall is not None:
            found = [each for each in self._moments(wall) if each > moment]
            best = min([best, *found] if best else found, default=None)
            if best is not None and wall > best.astimezone(self._zone).replace(tzinfo=UTC) + change:
                return best
            wall = self._next(wall)
        return best

    def _next(self, wall: datetime) -> datetime | None:
        found: datetime | None = self._trigger.get_next_fire_time(None, wall + TICK)
        return found

    def _moments(self, wall: datetime) -> list[datetime]:
        """The moments that a time of the wall clock means: one; for every hour also two or none."""
        first = wall.replace(tzinfo=self._zone, fold=0)
        if not self._every_hour:
            return [first.astimezone(UTC)]
        moments = [each.astimezone(UTC) for each in (first, first.replace(fold=1))]
        clock = wall.replace(tzinfo=None)
        return [
            m for m in moments if m.astimezone(self._zone).replace(tzinfo=None, fold=0) == clock
        ]

    def _change_near(self, moment: datetime) -> timedelta:
        """By how much the clocks change near this moment."""
        before, after = ((moment + by).astimezone(self._zone) for by in (-NEAR, NEAR))
        return abs((after.utcoffset() or timedelta()) - (before.utcoffset() or timedelta()))
