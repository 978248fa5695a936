"""Schedules: the card in its thread, the list, and what one can press."""

import math
from collections.abc import Sequence

from slack_sdk.models.blocks import Block, InteractiveElement

from bot.blocks.drawn import (
    Drawn,
    actions,
    are_you_sure,
    button,
    context,
    header,
    message,
    section,
)
from bot.blocks.inert import inert, inert_line
from bot.blocks.limits import TITLE
from bot.blocks.moments import moment, moment_there
from bot.blocks.people import mention
from dispatch_core.lifecycle import Missed, ScheduleStatus
from dispatch_core.views import ScheduleView

# Two blocks each, with heading and hint within the fifty of a message.
PAGE = 20
NO_SCHEDULES = "No schedule yet. Begin a task with its time: `every weekday at 9 check the build`."

_EMOJI = {
    ScheduleStatus.ACTIVE: "⏰",
    ScheduleStatus.PAUSED: "⏸️",
    ScheduleStatus.DONE: "✅",
    ScheduleStatus.REMOVED: "🗑️",
}
_MISSED = {
    Missed.CATCH_UP: "Times missed while I am away are caught up once",
    Missed.SKIP: "Times missed while I am away are skipped",
}


def schedule_card(schedule: ScheduleView) -> Drawn:
    """The whole card: what and when, its next times in the reader's time zone, the buttons."""
    title = inert_line(schedule.title, TITLE)
    times = [moment_there(when, schedule.time_zone) for when in schedule.next_times]
    following = section("*Next*\n" + "\n".join(f"• {each}" for each in times)) if times else None
    return message(
        f"{_head(schedule)}: {title}",
        section(f"{_head(schedule)}\n{title}"),
        following,
        context(f"by {mention(schedule.owner)}", *_small_print(schedule)),
        actions(f"schedule:{schedule.id}", schedule_buttons(schedule)),
    )


def schedules_list(schedules: Sequence[ScheduleView], page: int = 1) -> Drawn:
    """A page of a person's schedules, each with its buttons; pages count from 1."""
    if not schedules:
        return message("No schedules yet", section(NO_SCHEDULES))
    pages = math.ceil(len(schedules) / PAGE)
    page = max(1, min(page, pages))
    blocks: list[Block | None] = []
    for schedule in schedules[(page - 1) * PAGE : page * PAGE]:
        row = actions(f"schedule:{schedule.id}", schedule_buttons(schedule, page))
        blocks += [section(schedule_line(schedule)), row]
    turn = f"page {page} of {pages}; `/dispatch schedules {page % pages + 1}` shows another"
    return message("Your schedules", header("Your schedules"), *blocks, _hint(turn, pages))


def _hint(turn: str, pages: int) -> Block | None:
    return context(turn if pages > 1 else "")


def schedule_line(schedule: ScheduleView) -> str:
    """A schedule in two lines: when, and what and when next."""
    title = inert_line(schedule.title, TITLE)
    following = ""
    if schedule.next_times:
        following = f" · next {moment_there(schedule.next_times[0], schedule.time_zone)}"
    return f"{_head(schedule)}\n{title}{following}"


def schedule_buttons(schedule: ScheduleView, page: int = 1) -> list[InteractiveElement]:
    """What can be pressed while the schedule lives; page is of the list that shows it."""
    value = f"{schedule.id}|{page}"
    if schedule.status is ScheduleStatus.ACTIVE:
        first = button("Pause", "schedule_pause", value)
    elif schedule.status is ScheduleStatus.PAUSED:
        first = button("Resume", "schedule_resume", value, style="primary")
    else:
        return []
    return [
        first,
        button("Run now", "schedule_run", value),
        _missed_button(schedule, value),
        _remove_button(value),
    ]


def _missed_button(schedule: ScheduleView, value: str) -> InteractiveElement:
    if schedule.missed is Missed.SKIP:
        return button("Catch up once", "schedule_catch_up", value)
    return button("Skip missed", "schedule_skip", value)


def _remove_button(value: str) -> InteractiveElement:
    confirm = are_you_sure(
        "Remove this schedule?",
        "It fires no more. A run of it that is under way goes on.",
        "Remove",
        "Keep",
    )
    return button("Remove", "schedule_remove", value, style="danger", confirm=confirm)


def _head(schedule: ScheduleView) -> str:
    words = inert(schedule.words[:1].upper() + schedule.words[1:], TITLE)
    # Stars inside code would end the bold.
    shown = words if "`" in words else f"*{words}*"
    state = "" if schedule.status is ScheduleStatus.ACTIVE else f" · {schedule.status.value}"
    return f"{_EMOJI[schedule.status]} {shown} ({schedule.time_zone}){state}"


def _small_print(schedule: ScheduleView) -> list[str]:
    lives = schedule.status in {ScheduleStatus.ACTIVE, ScheduleStatus.PAUSED}
    skipped = f"{schedule.skipped} skipped since" if schedule.skipped else ""
    last = f"last run {moment(schedule.last_at)}" if schedule.last_at else ""
    return [_MISSED[schedule.missed] if lives else "", last, skipped, inert(schedule.note, TITLE)]
