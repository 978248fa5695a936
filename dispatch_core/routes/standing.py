"""How things stand for a person: their runs, the approvals that wait, and their devices."""

import re
from collections.abc import Iterable
from datetime import datetime

from dispatch_core.approval_views import ApprovalView
from dispatch_core.device_views import DeviceView, Presence
from dispatch_core.lifecycle import RunStatus
from dispatch_core.views import HomeView, RunView

MOST_LINES = 5
LONGEST_TITLE = 80

_DEVICES = re.compile(
    r"\b(?:which|what|my|any|list|show|are|is|how many|paired|the)\b.*\bdevices?\b"
    r"|\bis my (?:\w+ )?(?:laptop|computer|pc|mac|macbook|desktop|machine|device|workstation)\b.*"
    r"\b(?:online|offline|connected|paired|on|up|reachable|there|awake|asleep)\b|^devices?$"
)
_APPROVALS = re.compile(
    r"\bapprovals?\b|^(?:please )?(?:approve|reject|deny|allow)(?: (?:it|this|that|them|all"
    r"|the .+|my .+"
    r"|request.*))?(?: please)?$|\b(?:waiting|waits?) (?:for|on) (?:me|my|approval|an answer)\b"
    r"|\b(?:need|have|anything) to approve\b|\bpending requests?\b|\b(?:was|is|did"
    r"|has) .*\bapproved\b"
)
_RUNS = re.compile(
    r"^(?:status|progress)(?: please| report| update)?$|\bmy (?:last |latest |current "
    r"|recent )?(?:runs?"
    r"|tasks?|jobs?|requests?)\b|\b(?:the|that|this|any|last|which|what) (?:\w+ )?(?:runs?"
    r"|tasks?|jobs?)"
    r"\b.*\b(?:done|finished|running|going|ready|status|active|queued|fail\w*|complete\w*|stuck"
    r"|work\w*)\b"
    r"|\bwhat(?:'s| is| are you)? (?:you )?(?:running|working on|doing)(?: right| just)?(?: now)?$"
    r"|\b(?:is|are|was) (?:it|that|this|you|they) (?:all |still |already |nearly )*(?:done"
    r"|finished|ready"
    r"|complete|running|working)(?: yet| now| on it)?$|\bhow (?:far|long) .*\b(?:run|task|job)\b"
    r"|\bstatus of\b|\bhow(?:'s| is) (?:my|the) (?:run|task|job)\b|\bdid (?:it|my run"
    r"|the run) (?:work|fail)"
)


def standing(plain: str, home: HomeView, this_run: str, now: datetime) -> str | None:
    """What the home says to a plain question; None where it asks about none of the three."""
    if _DEVICES.search(plain):
        return _about_devices(home.devices, now)
    if _APPROVALS.search(plain):
        return _about_approvals(home.pending_approvals)
    if _RUNS.search(plain):
        return _about_runs(home, this_run)
    return None


def asks_about_standing(plain: str) -> bool:
    """Whether a plain text asks about runs, approvals or devices."""
    return any(pattern.search(plain) for pattern in (_DEVICES, _APPROVALS, _RUNS))


def _about_runs(home: HomeView, this_run: str) -> str:
    active = [run for run in home.active_runs if run.id != this_run]
    recent = [run for run in home.recent_runs if run.id != this_run]
    if active:
        return _list(f"{_count(len(active), 'run')} of yours not done yet:", map(_run_line, active))
    if recent:
        return _list("Nothing of yours is running. Your last runs:", map(_run_line, recent))
    return "You have no runs yet; write a task to start one."


def _run_line(run: RunView) -> str:
    status = "waiting approval" if run.status is RunStatus.WAITING_APPROVAL else run.status.value
    doing = f" ({run.activity})" if run.active and run.activity else ""
    return f"{_title(run.title or run.request)}: {status}{doing}, {run.route.value}"


def _about_approvals(pending: tuple[ApprovalView, ...]) -> str:
    if not pending:
        return "No approval waits for you."
    lines = (
        f"{_title(approval.title)}"
        + (f", on {approval.device_name}" if approval.device_name else "")
        for approval in pending
    )
    head = (
        f"{_count(len(pending), 'request')} waiting; click Approve or Reject on the message itself:"
    )
    return _list(head, lines)


def _about_devices(devices: tuple[DeviceView, ...], now: datetime) -> str:
    if not devices:
        return "You have no paired device; write `/devices pair` to pair one."
    online = sum(device.presence is Presence.ONLINE for device in devices)
    head = f"{online} of your {_count(len(devices), 'device')} online:"
    return _list(head, (_device_line(device, now) for device in devices))


def _device_line(device: DeviceView, now: datetime) -> str:
    said = device.presence.value
    if device.presence is Presence.OFFLINE and device.last_seen_at is not None:
        said = f"offline, last seen {_ago(now, device.last_seen_at)} ago"
    unconfirmed = "" if device.confirmed else ", not confirmed yet"
    return f"{_title(device.name)}: {said}{unconfirmed}"


def _ago(now: datetime, then: datetime) -> str:
    seconds = max(0, int((now - then).total_seconds()))
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            return _count(seconds // size, name)
    return _count(seconds, "second")


def _count(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"


def _title(text: str) -> str:
    """A title on one line, short, as inline code, so that nothing in it is taken for Markdown."""
    line = " ".join(text.replace("`", "'").split())
    return f"`{line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1] + '…'}`"


def _list(head: str, lines: Iterable[str]) -> str:
    given = [f"- {line}" for line in lines]
    more = len(given) - MOST_LINES
    rest = [f"- and {more} more on the Home tab"] if more > 0 else []
    return "\n".join([head, *given[:MOST_LINES], *rest])
