"""Next times against a plain reading of the rules: every minute of some days, looked at one by one.

The reading knows nothing of APScheduler; it is slow, and too simple to be wrong in the same way.
"""

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch_core.timetable.times import Timetable

MINUTE = timedelta(minutes=1)
DAYS = 3
# A day before the clocks change, there and back.
CHANGES = {
    "Europe/Berlin": ("2026-03-28", "2026-10-24"),
    "America/New_York": ("2026-03-07", "2026-10-31"),
    "Australia/Adelaide": ("2026-10-03", "2026-04-04"),
    "Australia/Lord_Howe": ("2026-10-03", "2026-04-04"),
    "America/Havana": ("2026-03-07", "2026-10-31"),
    "Asia/Beirut": ("2026-03-28", "2026-10-24"),
    "Asia/Kolkata": ("2026-03-28", "2026-10-24"),
}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

minutes = st.sets(st.sampled_from((0, 1, 15, 29, 30, 45, 59)), min_size=1, max_size=3)
hours = st.none() | st.sets(st.sampled_from((0, 1, 2, 3, 4, 9, 23)), min_size=1, max_size=3)
weekdays = st.none() | st.sets(st.sampled_from(range(7)), min_size=1, max_size=6)
places = st.sampled_from(
    [(zone, datetime.fromisoformat(day)) for zone, days in CHANGES.items() for day in days]
)


def plainly(
    minute: set[int], hour: set[int] | None, weekday: set[int] | None, zone: str, start: datetime
) -> list[datetime]:
    """The times of a line in the days from start on, by the clocks of the zone, sorted."""
    place = ZoneInfo(zone)
    found: set[datetime] = set()
    for number in range((DAYS + 2) * 24 * 60):
        wall = start - timedelta(days=1) + number * MINUTE
        if wall.minute not in minute or (weekday is not None and wall.weekday() not in weekday):
            continue
        here = wall.replace(tzinfo=place)
        if hour is None:
            both = {each.astimezone(UTC) for each in (here, here.replace(fold=1))}
            found |= {m for m in both if m.astimezone(place).replace(tzinfo=None, fold=0) == wall}
        elif wall.hour in hour:
            found.add(here.astimezone(UTC))
    return sorted(found)


@settings(max_examples=150)
@given(minutes, hours, weekdays, places, st.integers(0, DAYS * 24 * 60))
def test_the_next_times_are_those_of_a_plain_reading(
    minute: set[int],
    hour: set[int] | None,
    weekday: set[int] | None,
    place: tuple[str, datetime],
    after: int,
) -> None:
    zone, start = place
    line = " ".join(
        (
            ",".join(map(str, sorted(minute))),
            "*" if hour is None else ",".join(map(str, sorted(hour))),
            "* *",
            "*" if weekday is None else ",".join(WEEKDAYS[day] for day in sorted(weekday)),
        )
    )
    moment = start.replace(tzinfo=UTC) + after * MINUTE
    until = start.replace(tzinfo=UTC) + timedelta(days=DAYS)
    expected = [each for each in plainly(minute, hour, weekday, zone, start) if each > moment]
    expected = list(islice((each for each in expected if each < until), 5))
    found = Timetable("", zone, (line,)).next_times(moment, 5)
    assert [each for each in found if each < until] == expected
