"""What begins as a time and does not read as one is refused in words; a look-alike is a request."""

from datetime import UTC, datetime

import pytest

from dispatch_core.errors import BadSchedule
from dispatch_core.timetable.phrases import read_wish

SUNDAY = datetime(2026, 11, 22, 9, 0, 30, tzinfo=UTC)
REFUSED = {
    "every blursday at 9 say hi": "I know no day `blursday`.",
    "every mondya at 9:30 say hi": "I know no day `mondya`.",
    "each wekday at 9 say hi": "I know no day `wekday`.",
    "on blursday at 9 say hi": "I know no day `blursday`.",
    "next thirsday at 9 say hi": "I know no day `thirsday`.",
    "tomorrow at 25:00 say hi": "I know no time 25:00.",
    "every weekday at 9:75 say hi": "I know no time 9:75.",
    "every weekday 9:75 say hi": "I know no time 9:75.",
    "at 25:00 say hi": "I know no time 25:00.",
    "on 24 December at 25:00 say hi": "I know no time 25:00.",
    "at 14:00 say hi": "I see a time, `at 14:00`, but no day.",
    "at 9 pm say hi": "I see a time, `at 9 pm`, but no day.",
    "at midnight run the backup": "I see a time, `at midnight`, but no day.",
    "yesterday at 9 say hi": "`yesterday` is past.",
    "Yesterday at 9:30, say hi": "`Yesterday` is past.",
    "yesterday evening at 8 say hi": "`yesterday` is past.",
    "tomorrow at nine say hi": "I know no time `nine`; write it in digits.",
    "every monday at seven say hi": "I know no time `seven`; write it in digits.",
    "every 5 mintues say hi": "I know no `mintues`; I count minutes and hours.",
    "every other week at 9 say hi": "I can't read when: `every other week at 9`.",
    "tomorrow morning at 9 say hi": "I can't read when: `tomorrow morning at 9`.",
    "every 3 days say hi": "I can't read when: `every 3 days`.",
    "on 24 December say hi": "I see a day, `on 24 December`, but no time of it.",
    "on the 3rd of May, say hi": "I see a day, `on the 3rd of May`, but no time of it.",
    "on 31 February at 9 say hi": "There is no such day.",
    "cron 1 2 say hi": "cron has five fields and this has 4.",
    "cron @daily say hi": "cron has five fields, not `@daily`.",
}
ORDINARY = (
    "every time I deploy it fails, why?",
    "every single test fails",
    "every build at 9 fails, why?",
    "every user at 3 companies has access",
    "every server at 10 % load answers slowly",
    "every request at 500 per second is refused",
    "every colleague at work asks the same",
    "every birthday at 9 we sing, why?",
    "every 5 modules import this one, why?",
    "every 3 hosts share a disk",
    "every holiday is listed where?",
    "every day at one point it stops",
    "at what time does the backup run?",
    "at 9 the server crashed",
    "at 14:00 the server crashed",
    "at 14:00 server 3 crashed",
    "at 14:00, who was on duty?",
    "at 14:00",
    "at noon",
    "at least 9 files are missing",
    "at 3 of 5 sites the door is open",
    "at 12.50 euros each, what do 9 cost?",
    "on our wiki there is a page about leave, find it",
    "on Windows 11 it fails",
    "on 24 December we are closed, write a note",
    "on 24 December sales peak, why?",
    "on 24 December Berlin celebrates",
    "on 3 May build 512 failed",
    "on page 9 say what is meant",
    "on day 3 at 9 degrees it froze",
    "yesterday at 9 the build broke",
    "yesterday at 9 build 512 failed",
    "yesterday at 9:30 nginx went down",
    "yesterday at 9 something happened, find out what",
    "yesterday 9 builds failed",
    "yesterday's report",
    "today 3 builds failed, why?",
    "today is a good day",
    "today at work I learned something",
    "tomorrow 9 people arrive, where do they sit?",
    "tomorrow at two offices the network is down",
    "tomorrow morning we deploy",
    "tomorrow at ten, are you there?",
    "this morning at 9, our build broke",
    "cron is what?",
    "cron @reboot",
)


@pytest.mark.parametrize("text", REFUSED)
def test_what_begins_as_a_time_is_refused_by_the_part_that_is_not_understood(text: str) -> None:
    with pytest.raises(BadSchedule) as refusal:
        read_wish(text, SUNDAY, "Europe/Berlin")
    assert REFUSED[text] in str(refusal.value)
    assert "Write `every weekday at 9 check the build`" in str(refusal.value)


@pytest.mark.parametrize("text", ORDINARY)
def test_a_sentence_that_merely_begins_alike_stays_a_request(text: str) -> None:
    assert read_wish(text, SUNDAY, "Europe/Berlin") is None
