"""Lasting grants: what each lets be done unasked, and how to end it."""

from collections.abc import Sequence

from slack_sdk.models.blocks import Block, InteractiveElement

from bot.blocks.drawn import are_you_sure, button, context, section
from bot.blocks.inert import inert_line
from bot.blocks.limits import SECTION, TITLE
from bot.blocks.moments import moment
from bot.blocks.people import mention
from bot.keys import parse_thread
from dispatch_core.approval_views import GrantView

MOST_GRANTS = 6


def grant_lines(grants: Sequence[GrantView], most: int = MOST_GRANTS) -> list[Block]:
    """A section for each grant with its Revoke button, and how many more there are."""
    left = len(grants) - most
    more = context(f"and {left} more; `/devices NAME` lists those of a device" if left > 0 else "")
    lines: list[Block] = [section(grant_line(one), revoke_button(one)) for one in grants[:most]]
    return [*lines, *([more] if more else [])]


def grant_line(grant: GrantView) -> str:
    """What it covers and where, who gave it, until when, and how often it was used."""
    uses = f"used {grant.uses} times" if grant.uses != 1 else "used once"
    last = f", last {moment(grant.last_used_at)}" if grant.last_used_at else ""
    parts = [
        f"💻 {inert_line(grant.device_name, TITLE)}",
        _where(grant),
        f"by {mention(grant.made_by)}",
        f"until {moment(grant.expires_at)}",
        f"{uses}{last}" if grant.uses else "not used yet",
    ]
    return f"♾️ *{inert_line(grant.words, SECTION // 3)}*\n{' · '.join(parts)}"


def revoke_button(grant: GrantView) -> InteractiveElement:
    """Ends the grant, once its presser is sure."""
    sure = are_you_sure(
        "Revoke this approval?", f"From now on it is asked again: {grant.words}", "Revoke", "Keep"
    )
    return button("Revoke", "grant_revoke", grant.id, style="danger", confirm=sure)


def _where(grant: GrantView) -> str:
    if not grant.in_thread:
        return "in every thread"
    channel = parse_thread(grant.thread_key).channel if grant.thread_key else ""
    return f"in one thread of <#{channel}>" if channel.startswith("C") else "in one thread"
