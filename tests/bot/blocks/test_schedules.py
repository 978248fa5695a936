"""How schedules look: what, when, when next in the reader's own time, and what can be pressed."""

import json
from dataclasses import replace

import pytest

from bot.blocks.limits import MESSAGE_BLOCKS
from bot.blocks.said import said
from bot.blocks.schedule import schedule_card, schedules_list
from dispatch_core.lifecycle import Missed, ScheduleStatus
from tests.fakes.views import NOON, a_message, a_schedule

ADAS = a_schedule()


def words(drawn: object) -> str:
    return json.dumps(drawn.as_arguments(), ensure_ascii=False)  # type: ignore[attr-defined]


def pressed(drawn: object) -> list[str]:
    blocks = drawn.as_arguments()["blocks"]  # type: ignore[attr-defined]
    rows = [block["elements"] for block in blocks if block["type"] == "actions"]
    return [element["action_id"] for row in rows for element in row]


def test_the_card_shows_three_times_as_dates_with_a_fallback_in_the_zone_of_the_schedule() -> None:
    shown = words(schedule_card(ADAS))
    assert "⏰ *Every day at 12:00* (Europe/Berlin)" in shown
    first = int(ADAS.next_times[0].timestamp())
    plain = "Mon, 23 Nov 2026 at 13:00 (Europe/Berlin)"
    assert f"<!date^{first}^{{date_long_pretty}} at {{time}}|{plain}>" in shown
    assert shown.count("<!date^") == 3
    assert "Times missed while I am away are caught up once" in shown


@pytest.mark.parametrize(
    ("status", "buttons"),
    [
        (
            ScheduleStatus.ACTIVE,
            ["schedule_pause", "schedule_run", "schedule_skip", "schedule_remove"],
        ),
        (
            ScheduleStatus.PAUSED,
            ["schedule_resume", "schedule_run", "schedule_skip", "schedule_remove"],
        ),
        (ScheduleStatus.DONE, []),
        (ScheduleStatus.REMOVED, []),
    ],
)
def test_what_can_be_pressed_fits_how_it_stands(status: ScheduleStatus, buttons: list[str]) -> None:
    drawn = schedule_card(replace(ADAS, status=status))
    assert pressed(drawn) == buttons
    assert (status.value in drawn.text) is (status is not ScheduleStatus.ACTIVE)


def test_the_card_says_why_it_stands_and_what_was_left_out() -> None:
    shown = words(
        schedule_card(
            replace(ADAS, missed=Missed.SKIP, skipped=4, last_at=NOON, note="its maker left")
        )
    )
    for part in ("are skipped", "4 skipped since", "last run", "its maker left"):
        assert part in shown


def test_cron_is_shown_as_code_and_nothing_in_it_acts() -> None:
    drawn = schedule_card(replace(ADAS, words="cron `0 9 * * 1-5`"))
    assert drawn.text == "⏰ Cron `0 9 * * 1-5` (Europe/Berlin): check the build"


def test_remove_asks_first() -> None:
    buttons = schedule_card(ADAS).as_arguments()["blocks"][-1]["elements"]
    assert [bool(each.get("confirm")) for each in buttons] == [False, False, False, True]


def test_a_message_that_shows_a_schedule_is_its_card() -> None:
    assert said(a_message("⏰ …", schedule=ADAS)) == schedule_card(ADAS)


def test_a_foreign_title_acts_nowhere() -> None:
    shown = words(schedule_card(replace(ADAS, title="<!here> <@U0ADA>")))
    assert "<!here>" not in shown
    assert "&lt;!here&gt;" in shown


def test_fifty_schedules_are_three_pages_within_slack_s_limits() -> None:
    mine = [replace(ADAS, id=f"s{number}") for number in range(50)]
    pages = [schedules_list(mine, page) for page in (1, 2, 3)]
    assert [len(pressed(page)) // 4 for page in pages] == [20, 20, 10]
    assert all(len(page.blocks) <= MESSAGE_BLOCKS for page in pages)
    assert "page 3 of 3" in words(pages[2])
    assert schedules_list(mine, 9) == pages[2]


def test_nobody_s_schedules_are_a_hint() -> None:
    assert "Begin a task with its time" in words(schedules_list([]))
