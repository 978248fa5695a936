"""Letters that a pattern takes for others, and days at the ends of the calendar."""

from datetime import UTC, datetime

import pytest

from dispatch_core.errors import BadSchedule
from dispatch_core.timetable.phrases import Wish, read_wish

NOW = datetime(2026, 11, 22, 9, 0, 30, tzinfo=UTC)
FOREIGN = str.maketrans("isk", "\u0131\u017f\u212a")
PHRASES = [
    "every friday at 9",
    "every 20 minutes",
    "every six minutes",
    "tonight at 9",
    "daily at midnight",
    "on the third monday of every month at 9",
    "weekdays at 9",
    "in five weeks",
]


def wished(text: str, zone: str = "Europe/Berlin") -> Wish:
    wish = read_wish(text, NOW, zone)
    assert wish is not None
    return wish


@pytest.mark.parametrize("phrase", PHRASES)
def test_a_dotless_i_a_long_s_and_a_kelvin_are_read_as_the_letters_they_look_like(
    phrase: str,
) -> None:
    foreign = wished(f"{phrase.translate(FOREIGN)} say h\u0131")
    plain = wished(f"{phrase} say hi")
    assert foreign.timetable.next_times(NOW, 3) == plain.timetable.next_times(NOW, 3)
    assert foreign.task == "say h\u0131"


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "UTC", "America/New_York"])
@pytest.mark.parametrize("day", ["0001-01-01 at 00:00", "9999-12-31 at 23:59"])
def test_a_day_at_an_end_of_the_calendar_is_refused_in_a_sentence(day: str, zone: str) -> None:
    with pytest.raises(BadSchedule, match=r"past|years away|out of reach"):
        read_wish(f"on {day} say hi", NOW, zone)


@pytest.mark.parametrize("fields", ["0 0 30 2 *", "0 0 31 2,4,6,9,11 *", "59 23 31 feb,apr *"])
def test_a_day_that_never_comes_is_refused_and_not_looked_for_until_the_year_9999(
    fields: str,
) -> None:
    with pytest.raises(BadSchedule, match="never comes"):
        read_wish(f"cron {fields} say hi", NOW, "UTC")
