"""The hour that does not exist, and the hour that comes twice."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.cron import CronTrigger

from dispatch_core.timetable.phrases import read_wish
from dispatch_core.timetable.times import Timetable, stored_timetable

BERLIN, NEW_YORK, ADELAIDE = "Europe/Berlin", "America/New_York", "Australia/Adelaide"
BEFORE_SPRING = {
    BERLIN: datetime(2026, 3, 27, 12, tzinfo=UTC),
    NEW_YORK: datetime(2026, 3, 6, 12, tzinfo=UTC),
    ADELAIDE: datetime(2026, 10, 2, 3, tzinfo=UTC),
}
BEFORE_AUTUMN = {
    BERLIN: datetime(2026, 10, 23, 12, tzinfo=UTC),
    NEW_YORK: datetime(2026, 10, 30, 12, tzinfo=UTC),
    ADELAIDE: datetime(2026, 4, 3, 3, tzinfo=UTC),
}


def shown(line: str, zone: str, start: datetime, count: int = 4) -> list[str]:
    times = Timetable("", zone, (line,)).next_times(start, count)
    return [f"{each.astimezone(ZoneInfo(zone)):%d. %H:%M %z}" for each in times]


@pytest.mark.parametrize(
    ("zone", "line", "expected"),
    [
        (BERLIN, "30 2 * * *", ["28. 02:30 +0100", "29. 03:30 +0200", "30. 02:30 +0200"]),
        (NEW_YORK, "30 2 * * *", ["07. 02:30 -0500", "08. 03:30 -0400", "09. 02:30 -0400"]),
        (ADELAIDE, "30 2 * * *", ["03. 02:30 +0930", "04. 03:30 +1030", "05. 02:30 +1030"]),
        (BERLIN, "0 9 * * *", ["28. 09:00 +0100", "29. 09:00 +0200", "30. 09:00 +0200"]),
        (NEW_YORK, "0 9 * * *", ["06. 09:00 -0500", "07. 09:00 -0500", "08. 09:00 -0400"]),
        (ADELAIDE, "0 9 * * *", ["03. 09:00 +0930", "04. 09:00 +1030", "05. 09:00 +1030"]),
    ],
)
def test_a_time_that_does_not_exist_is_moved_on(zone: str, line: str, expected: list[str]) -> None:
    assert shown(line, zone, BEFORE_SPRING[zone], 3) == expected


@pytest.mark.parametrize(
    ("zone", "line", "expected"),
    [
        (BERLIN, "30 2 * * *", ["24. 02:30 +0200", "25. 02:30 +0200", "26. 02:30 +0100"]),
        (NEW_YORK, "30 1 * * *", ["31. 01:30 -0400", "01. 01:30 -0400", "02. 01:30 -0500"]),
        (ADELAIDE, "30 2 * * *", ["04. 02:30 +1030", "05. 02:30 +1030", "06. 02:30 +0930"]),
        (BERLIN, "0 9 * * *", ["24. 09:00 +0200", "25. 09:00 +0100", "26. 09:00 +0100"]),
    ],
)
def test_a_time_that_comes_twice_counts_once(zone: str, line: str, expected: list[str]) -> None:
    assert shown(line, zone, BEFORE_AUTUMN[zone], 3) == expected


def test_two_wall_times_that_mean_one_moment_fire_once() -> None:
    start = datetime(2026, 3, 28, 22, tzinfo=UTC)
    expected = ["29. 03:00 +0200", "29. 03:30 +0200", "30. 02:00 +0200", "30. 02:30 +0200"]
    assert shown("*/30 2,3 * * *", BERLIN, start) == expected


def test_a_line_for_every_hour_fires_in_both_of_the_doubled_hours() -> None:
    start = datetime(2026, 10, 24, 23, 30, tzinfo=UTC)
    assert shown("0 * * * *", BERLIN, start) == [
        "25. 02:00 +0200",
        "25. 02:00 +0100",
        "25. 03:00 +0100",
        "25. 04:00 +0100",
    ]


def test_a_line_for_every_hour_leaves_out_the_hour_that_does_not_exist() -> None:
    start = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
    assert shown("0 * * * *", BERLIN, start, 3) == [
        "29. 01:00 +0100",
        "29. 03:00 +0200",
        "29. 04:00 +0200",
    ]


def test_a_midnight_that_does_not_exist_is_not_left_out() -> None:
    start = datetime(2026, 3, 27, 12, tzinfo=UTC)
    assert shown("0 0 * * *", "Asia/Beirut", start, 3) == [
        "28. 00:00 +0200",
        "29. 01:00 +0300",
        "30. 00:00 +0300",
    ]


@pytest.mark.parametrize("line", ["* * * * *", "*/7 * * * *", "30 2 * * *", "*/30 1-3 * * sun"])
@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK, ADELAIDE, "Australia/Lord_Howe"])
@pytest.mark.parametrize("changes", [BEFORE_SPRING, BEFORE_AUTUMN])
def test_times_always_go_forward(line: str, zone: str, changes: dict[str, datetime]) -> None:
    start = changes.get(zone, changes[ADELAIDE]) + timedelta(hours=10)
    times = Timetable("", zone, (line,)).next_times(start, 40)
    assert all(earlier < later for earlier, later in pairwise(times))


def test_an_interval_counts_time_that_passes() -> None:
    start = datetime(2026, 10, 24, 21, 59, tzinfo=UTC)
    wish = read_wish("every 2 hours check", start, BERLIN)
    assert wish is not None
    times = wish.timetable.next_times(start, 3)
    assert [f"{each.astimezone(ZoneInfo(BERLIN)):%H:%M}" for each in times] == [
        "00:00",
        "02:00",
        "03:00",
    ]


def test_tomorrow_at_a_time_that_does_not_exist_is_moved_on() -> None:
    wish = read_wish("tomorrow at 2:30 check", datetime(2026, 3, 28, 12, tzinfo=UTC), BERLIN)
    assert wish is not None
    assert wish.timetable.start == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert wish.timetable.words == "once on Sunday, 29 March 2026 at 3:30"


def test_apscheduler_itself_would_fire_twice_in_the_doubled_hour() -> None:
    """Why its trigger is not asked in the person's own zone; should this change, it could be."""
    trigger = CronTrigger(hour=2, minute=30, timezone=ZoneInfo(BERLIN))
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    again = trigger.get_next_fire_time(None, first + timedelta(seconds=1))
    assert again.astimezone(UTC) == first + timedelta(hours=1)


@pytest.mark.parametrize(
    "text", ["every 7 minutes do it", "tomorrow at 9 do it", "cron 0 9 1 * 1 x"]
)
def test_a_timetable_comes_out_of_the_records_as_it_went_in(text: str) -> None:
    wish = read_wish(text, BEFORE_AUTUMN[BERLIN], BERLIN)
    assert wish is not None
    table = wish.timetable
    assert stored_timetable(table.as_stored(), table.words, table.zone) == table


def test_a_moment_without_its_start_is_no_timetable() -> None:
    with pytest.raises(ValueError, match="need a start"):
        Timetable("once", BERLIN)
