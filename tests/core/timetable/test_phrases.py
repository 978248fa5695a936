"""What people write, and the next three times that it means, by the clocks of their zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from dispatch_core.errors import BadSchedule
from dispatch_core.lifecycle import Missed
from dispatch_core.timetable.phrases import read_wish

BERLIN, KOLKATA, ADELAIDE = "Europe/Berlin", "Asia/Kolkata", "Australia/Adelaide"
SUNDAY = datetime(2026, 11, 22, 9, 0, 30, tzinfo=UTC)  # 10:00:30 in Berlin

# The phrase; its next three times in Berlin, as day, month and time; a task follows each phrase.
KEPT = {
    "every day at 9": "23.11. 09:00, 24.11. 09:00, 25.11. 09:00",
    "every day at 11": "22.11. 11:00, 23.11. 11:00, 24.11. 11:00",
    "Every Day At 9:30": "23.11. 09:30, 24.11. 09:30, 25.11. 09:30",
    "every day at 9.30": "23.11. 09:30, 24.11. 09:30, 25.11. 09:30",
    "each day at 9am": "23.11. 09:00, 24.11. 09:00, 25.11. 09:00",
    "every day at 9 pm": "22.11. 21:00, 23.11. 21:00, 24.11. 21:00",
    "every day at 9 o'clock": "23.11. 09:00, 24.11. 09:00, 25.11. 09:00",
    "every day 9:30": "23.11. 09:30, 24.11. 09:30, 25.11. 09:30",
    "daily at noon": "22.11. 12:00, 23.11. 12:00, 24.11. 12:00",
    "every day at midnight": "23.11. 00:00, 24.11. 00:00, 25.11. 00:00",
    "every day at 12am": "23.11. 00:00, 24.11. 00:00, 25.11. 00:00",
    "every day at 12 pm": "22.11. 12:00, 23.11. 12:00, 24.11. 12:00",
    "every day at 9 and 17:30": "22.11. 17:30, 23.11. 09:00, 23.11. 17:30",
    "every day at 9, 13 and 18": "22.11. 13:00, 22.11. 18:00, 23.11. 09:00",
    "every day at 9 UTC": "23.11. 10:00, 24.11. 10:00, 25.11. 10:00",
    "every day at 9 America/New_York": "22.11. 15:00, 23.11. 15:00, 24.11. 15:00",
    "every day at 9 (Asia/Kolkata)": "23.11. 04:30, 24.11. 04:30, 25.11. 04:30",
    "at 9 every day": "23.11. 09:00, 24.11. 09:00, 25.11. 09:00",
    "please every day at 9": "23.11. 09:00, 24.11. 09:00, 25.11. 09:00",
    "every weekday at 9": "23.11. 09:00, 24.11. 09:00, 25.11. 09:00",
    "every weekday at 14:00": "23.11. 14:00, 24.11. 14:00, 25.11. 14:00",
    "weekdays at 9": "23.11. 09:00, 24.11. 09:00, 25.11. 09:00",
    "every working day at 9": "23.11. 09:00, 24.11. 09:00, 25.11. 09:00",
    "every weekend at 10:15": "22.11. 10:15, 28.11. 10:15, 29.11. 10:15",
    "every monday at 9": "23.11. 09:00, 30.11. 09:00, 07.12. 09:00",
    "every Mondays at 9": "23.11. 09:00, 30.11. 09:00, 07.12. 09:00",
    "on mondays at 9": "23.11. 09:00, 30.11. 09:00, 07.12. 09:00",
    "every monday and thursday at 9": "23.11. 09:00, 26.11. 09:00, 30.11. 09:00",
    "every mon, wed and fri at 16:45": "23.11. 16:45, 25.11. 16:45, 27.11. 16:45",
    "every week on tuesday at 8": "24.11. 08:00, 01.12. 08:00, 08.12. 08:00",
    "every sunday at 9": "29.11. 09:00, 06.12. 09:00, 13.12. 09:00",
    "every month on the 1st at 9": "01.12. 09:00, 01.01. 09:00, 01.02. 09:00",
    "monthly on the 31st at 9": "31.12. 09:00, 31.01. 09:00, 31.03. 09:00",
    "on the 15th of every month at 9": "15.12. 09:00, 15.01. 09:00, 15.02. 09:00",
    "every month on the last day at 18:00": "30.11. 18:00, 31.12. 18:00, 31.01. 18:00",
    "on the last day of the month at 18:00": "30.11. 18:00, 31.12. 18:00, 31.01. 18:00",
    "every first monday of the month at 9": "07.12. 09:00, 04.01. 09:00, 01.02. 09:00",
    "on the last friday of every month at 15": "27.11. 15:00, 25.12. 15:00, 29.01. 15:00",
    "every minute": "22.11. 10:01, 22.11. 10:02, 22.11. 10:03",
    "every 5 minutes": "22.11. 10:01, 22.11. 10:06, 22.11. 10:11",
    "every 15 minutes": "22.11. 10:15, 22.11. 10:30, 22.11. 10:45",
    "every half hour": "22.11. 10:15, 22.11. 10:45, 22.11. 11:15",
    "every 45 minutes": "22.11. 10:15, 22.11. 11:00, 22.11. 11:45",
    "every 7 minutes": "22.11. 10:01, 22.11. 10:08, 22.11. 10:15",
    "every hour": "22.11. 11:00, 22.11. 12:00, 22.11. 13:00",
    "hourly": "22.11. 11:00, 22.11. 12:00, 22.11. 13:00",
    "every two hours": "22.11. 11:00, 22.11. 13:00, 22.11. 15:00",
    "every 36 hours": "22.11. 11:00, 23.11. 23:00, 25.11. 11:00",
    "today at 14:00": "22.11. 14:00",
    "tonight at 8": "22.11. 20:00",
    "tomorrow at 14:00": "23.11. 14:00",
    "Tomorrow at 2pm": "23.11. 14:00",
    "tomorrow 14:00": "23.11. 14:00",
    "tomorrow at noon": "23.11. 12:00",
    "the day after tomorrow at 9": "24.11. 09:00",
    "on friday at 17:00": "27.11. 17:00",
    "friday at 17:00": "27.11. 17:00",
    "on sunday at 9": "29.11. 09:00",
    "on sunday at 11": "22.11. 11:00",
    "in 20 minutes": "22.11. 10:21",
    "in half an hour": "22.11. 10:31",
    "in an hour": "22.11. 11:01",
    "in two hours": "22.11. 12:01",
    "in 3 days": "25.11. 10:01",
    "in 3 days at 9": "25.11. 09:00",
    "in a week at 9": "29.11. 09:00",
    "on 2026-12-24 at 18:00": "24.12. 18:00",
    "2026-12-24 at 18:00": "24.12. 18:00",
    "on 24 December at 18:00": "24.12. 18:00",
    "on the 24th of December at 6pm": "24.12. 18:00",
    "on December 24, 2026 at 18:00": "24.12. 18:00",
    "on 24.12. at 18:00": "24.12. 18:00",
    "on 1 March at 9": "01.03. 09:00",
    "cron 0 9 * * 1-5": "23.11. 09:00, 24.11. 09:00, 25.11. 09:00",
    "cron 0 9 * * 0": "29.11. 09:00, 06.12. 09:00, 13.12. 09:00",
    "cron 0 9 * * 7": "29.11. 09:00, 06.12. 09:00, 13.12. 09:00",
    "cron 0 9 * * fri-mon": "23.11. 09:00, 27.11. 09:00, 28.11. 09:00",
    "cron 0 9 * * mon,WED": "23.11. 09:00, 25.11. 09:00, 30.11. 09:00",
    "cron 30 */6 * * *": "22.11. 12:30, 22.11. 18:30, 23.11. 00:30",
    "cron */20 10 * * *": "22.11. 10:20, 22.11. 10:40, 23.11. 10:00",
    "cron 0 9 1 * 1": "23.11. 09:00, 30.11. 09:00, 01.12. 09:00",
    "cron 0 0 29 2 *": "29.02. 00:00",
}
# What begins like a time and is an ordinary request, or no request at all.
ORDINARY = (
    "every file that ends in .py: count its lines",
    "everyday life in Berlin, please",
    "every day I get this mail, what is it?",
    "every day check the build",
    "every time I log in I see an error",
    "every other colleague has access, why not me?",
    "every second line of the file is empty, remove them",
    "every minute counts, so be quick",
    "every 5 minutes the server crashes, why?",
    "every hour our cron job fails",
    "every 10 minutes or so it hangs",
    "each of these files has a header",
    "every day at work I need this report",
    "daily report of yesterday's sales",
    "tomorrow's report",
    "tomorrow is a holiday, who is on duty?",
    "tomorrow we meet the client, prepare notes",
    "tomorrow at 9 we meet the client, prepare notes",
    "tomorrow at 9 the demo starts, what is missing?",
    "tomorrow at 14:00 in room 3 there is a talk, find its title",
    "today at 9 there was an outage",
    "today I learned something",
    "today check the build",
    "on friday the build broke, why?",
    "on friday at 5 our build broke, why?",
    "monday at 9 is my meeting",
    "in 2026 how many weeks are there?",
    "in 20 minutes the train leaves",
    "in 3 days or less, could this be done?",
    "in 24 hours how many people visit us?",
    "in 2 weeks' time",
    "in Python, sort a list",
    "at 9 the server crashed",
    "on the first page it says 5, is that so?",
    "24 december at home",
    "december 24 is which weekday?",
    "cron job fails at night, look at its log",
    "cron is what?",
    "what is every weekday at 9?",
    "check the build every weekday at 9",
    "tomorrow at 9 works for me",
    "tomorrow at 14:00 fits better, could you move it?",
    "tomorrow at 9 can we look at it?",
    "tomorrow at 9 should be fine",
    "next friday at 9 we meet, prepare notes",
    "every year at 12 our domain expires, where is it renewed?",
    "on friday at 17:00 everyone leaves",
    "hello",
    "",
    "```\nevery day at 9\n```",
    "$ at 9 every day",
)
REFUSED = {
    "every weekday at 9": "nothing to do",
    "tomorrow at 9?": "nothing to do",
    "tomorrow at 9 then!": "nothing to do",
    "tomorrow at 9, please": "nothing to do",
    "every weekday at 27 check the build": "no time 27",
    "every weekday at 9:75 check the build": "no time 9:75",
    "every day at 13pm check the build": "no time 13pm",
    "every day at 9-17 check the build": "can't read when",
    "every day at 9 until friday check the build": "goes on with another",
    "every hour from 9 to 17 check the build": "goes on with another",
    "every hour on weekdays check the build": "goes on with another",
    "every morning at 9 check the build": "can't read when",
    "every other week at 9 check the build": "can't read when",
    "every second monday at 9 check the build": "can't read when",
    "every 3 days check the build": "can't read when",
    "every year on 1 May at 9 check the build": "can't read when",
    "next friday at 9 check the build": "can't read when",
    "every 30 seconds check the build": "a minute apart at least",
    "every 0 minutes check the build": "every minute at most",
    "every 9999 hours check the build": "every year at least",
    "every month on the 32nd at 9 check the build": "No month has a day 32",
    "every day at 9 Europe/Atlantis check the build": "no time zone Europe/Atlantis",
    "today at 9 check the build": "past",
    "on 2025-12-24 at 18:00 check the build": "past",
    "on 2026-02-30 at 18:00 check the build": "no such day",
    "on 31.4. at 18:00 check the build": "no such day",
    "on 2032-12-24 at 18:00 check the build": "five years",
    "in 9999 weeks check the build": "five years",
    "tomorrow at 9 and 10 check the build": "one time of one day",
    "cron 61 9 * * * check the build": "no minute `61`",
    "cron 0 9 * * 8 check the build": "no weekday `8`",
    "cron 0 9 * * mon-xyz check the build": "no weekday `xyz`",
    "cron 0 9 * * 1#1 check the build": "no weekday `1#1`",
    "cron 0 9 * * */0 check the build": "no weekday `*/0`",
    "cron 0 9 * check the build": "cron knows no",
    "cron 0 9": "five fields and this has 2",
    "cron 0 0 9 * * 1 check the build": "put a colon",
    "cron 0 0 30 2 * check the build": "never comes",
}


def times(phrase: str, zone: str = BERLIN, now: datetime = SUNDAY) -> str:
    wish = read_wish(f"{phrase} check the build", now, zone)
    assert wish is not None
    assert wish.task == "check the build"
    here = [each.astimezone(ZoneInfo(zone)) for each in wish.timetable.next_times(now, 3)]
    return ", ".join(f"{each:%d.%m. %H:%M}" for each in here)


@pytest.mark.parametrize("phrase", KEPT)
def test_a_phrase_means_these_times(phrase: str) -> None:
    assert times(phrase).startswith(KEPT[phrase])
    assert len(times(phrase)) in {
        len(KEPT[phrase]),
        len("29.02. 00:00, 29.02. 00:00, 29.02. 00:00"),
    }


@pytest.mark.parametrize("text", ORDINARY)
def test_a_look_alike_stays_an_ordinary_request(text: str) -> None:
    assert read_wish(text, SUNDAY, BERLIN) is None


@pytest.mark.parametrize("text", REFUSED)
def test_what_can_t_be_kept_is_refused_with_two_examples(text: str) -> None:
    with pytest.raises(BadSchedule) as refusal:
        read_wish(text, SUNDAY, BERLIN)
    assert REFUSED[text] in str(refusal.value)
    assert str(refusal.value).count("`every weekday at 9 check the build`") == 1


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("every weekday at 9: the status of the build", "the status of the build"),
        ("every weekday at 9, check the build", "check the build"),
        ("every weekday at 9 - check the build", "check the build"),
        ("every weekday at 9\n```\nprint(1)\n```", "```\nprint(1)\n```"),
        ("every weekday at 9 $ make check", "$ make check"),
        ("every weekday at 9 can you check the build?", "can you check the build?"),
        ("every weekday at 9 what changed in the docs?", "what changed in the docs?"),
        ("every weekday at 9 [timeout=5] check", "[timeout=5] check"),
        ("[route=inline] every weekday at 9 check", "[route=inline] check"),
        ("every weekday at 9 could you check the build?", "could you check the build?"),
        ("every weekday at 9 process the orders", "process the orders"),
        ("every weekday at 9 ls ~/work", "ls ~/work"),
        ("every weekday at 9 focus on the tests", "focus on the tests"),
        ("every weekday at 9 summarise the news", "summarise the news"),
        ("every weekday at 9 check this, please now", "check this, please now"),
        ("cron 0 9 * * *: 2 + 2", "2 + 2"),
        ("every minute 2 + 2", "2 + 2"),
    ],
)
def test_what_follows_the_time_is_the_task(text: str, task: str) -> None:
    wish = read_wish(text, SUNDAY, BERLIN)
    assert wish is not None
    assert wish.task == task


@pytest.mark.parametrize(
    ("text", "missed"),
    [
        ("every weekday at 9 check", Missed.CATCH_UP),
        ("every weekday at 9, skip missed, check", Missed.SKIP),
        ("every weekday at 9 (skip missed ones) check", Missed.SKIP),
        ("every weekday at 9 catch up once: check", Missed.CATCH_UP),
        ("tomorrow at 9 skip missed: check", Missed.SKIP),
    ],
)
def test_what_becomes_of_missed_times_can_be_said(text: str, missed: Missed) -> None:
    wish = read_wish(text, SUNDAY, BERLIN)
    assert wish is not None
    assert (wish.missed, wish.task) == (missed, "check")


@pytest.mark.parametrize(
    ("phrase", "words"),
    [
        ("EVERY weekday at 9", "every weekday at 9:00"),
        ("every mon and thu at 9 and 17:30", "every Monday and Thursday at 9:00 and 17:30"),
        ("every 120 minutes", "every 2 hours"),
        ("every month on the 22nd at 9", "on the 22nd of every month at 9:00"),
        ("every first monday of the month at 9", "every 1st Monday of the month at 9:00"),
        ("tomorrow at 2pm", "once on Monday, 23 November 2026 at 14:00"),
        ("cron 0 9 * * 1-5", "cron `0 9 * * 1-5`"),
    ],
)
def test_a_timetable_is_said_in_plain_words(phrase: str, words: str) -> None:
    wish = read_wish(f"{phrase} check", SUNDAY, BERLIN)
    assert wish is not None
    assert wish.timetable.words == words


def test_an_unknown_zone_counts_as_utc() -> None:
    wish = read_wish("tomorrow at 9 check", SUNDAY, "Mars/Olympus")
    assert wish is not None
    assert wish.timetable.next_times(SUNDAY, 3) == (datetime(2026, 11, 23, 9, tzinfo=UTC),)


@pytest.mark.parametrize("zone", [KOLKATA, ADELAIDE])
def test_every_hour_is_on_the_hour_where_zones_are_half_an_hour_off(zone: str) -> None:
    assert [each[-2:] for each in times("every hour", zone).split(", ")] == ["00", "00", "00"]
