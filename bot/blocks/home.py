"""The App Home: what concerns one person now."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from slack_sdk.models.blocks import Block, DividerBlock
from slack_sdk.models.views import View

from bot.blocks.approval import (
    approval_buttons,
    count_words,
    payload_blocks,
    preview_blocks,
)
from bot.blocks.device import PAIR_HINT, device_line
from bot.blocks.drawn import actions, context, header, section
from bot.blocks.grant import grant_lines
from bot.blocks.guide import ASKING, EXACT, run_line
from bot.blocks.inert import inert_line
from bot.blocks.limits import HOME_BLOCKS, TITLE, within
from bot.blocks.moments import duration, moment
from bot.blocks.people import mention
from bot.blocks.run import cancel_button, end_words
from bot.blocks.schedule import NO_SCHEDULES, schedule_buttons, schedule_line
from dispatch_core.approval_views import ApprovalView
from dispatch_core.device_views import DeviceView
from dispatch_core.views import HomeView, RunView, ScheduleView

# 8 runs, 5 approvals of seven blocks, 6 schedules of two, 6 grants, 8 devices and 6 runs, with
# headings, stay below 100 blocks.
MOST_ACTIVE = 8
MOST_APPROVALS = 5
MOST_SCHEDULES = 6
MOST_DEVICES = 8
MOST_RECENT = 6
HOME_PAYLOAD = 1_000

Item = TypeVar("Item")


def home_view(home: HomeView) -> View:
    """Active runs, approvals to decide, schedules, devices, recent runs and a short help."""
    blocks: list[Block] = [
        *_part(
            "Waiting for your decision",
            home.pending_approvals,
            MOST_APPROVALS,
            _approval,
            "Nothing waits for you.",
        ),
        *_part("Active runs", home.active_runs, MOST_ACTIVE, _active, "Nothing is running."),
        *_part("Schedules", home.schedules, MOST_SCHEDULES, _schedule, NO_SCHEDULES),
        *_part("Devices", home.devices, MOST_DEVICES, _device, f"No device yet. {PAIR_HINT}"),
        *_grants(home),
        *_part("Recent runs", home.recent_runs, MOST_RECENT, _recent, "No run has ended yet."),
        header("How to ask"),
        section(ASKING),
        section(EXACT),
    ]
    return View(type="home", blocks=list(within(blocks, HOME_BLOCKS)))


def _grants(home: HomeView) -> list[Block]:
    """What is done without asking; left out by those who have no such approval."""
    if not home.grants:
        return []
    return [header("Approved for longer"), *grant_lines(home.grants), DividerBlock()]


def _part(
    title: str,
    items: Sequence[Item],
    most: int,
    draw: Callable[[Item], list[Block]],
    nothing: str,
) -> list[Block]:
    shown = [block for item in items[:most] for block in draw(item)]
    left = len(items) - most
    more = context(f"and {left} more") if left > 0 else None
    body = shown or [section(nothing)]
    return [header(title), *body, *([more] if more else []), DividerBlock()]


def _active(run: RunView) -> list[Block]:
    return [section(run_line(run), accessory=None if run.stop_requested else cancel_button(run))]


def _approval(approval: ApprovalView) -> list[Block]:
    where = f" on {inert_line(approval.device_name, TITLE)}" if approval.device_name else ""
    asked = f"asked by {mention(approval.requester)}{where}"
    row = actions(f"approval:{approval.id}", approval_buttons(approval))
    small = context(count_words(approval), asked, f"expires {moment(approval.expires_at)}")
    return [
        section(f"✋ {inert_line(approval.title, TITLE)}"),
        *payload_blocks(approval, HOME_PAYLOAD),
        *preview_blocks(approval),
        *([small] if small else []),
        *([row] if row else []),
    ]


def _schedule(schedule: ScheduleView) -> list[Block]:
    row = actions(f"schedule:{schedule.id}", schedule_buttons(schedule))
    return [section(schedule_line(schedule)), *([row] if row else [])]


def _device(device: DeviceView) -> list[Block]:
    return [section(device_line(device))]


def _recent(run: RunView) -> list[Block]:
    ended = end_words(run)
    return [section(f"{run_line(run)} · {duration(run.worked)}" + (f"\n{ended}" if ended else ""))]
