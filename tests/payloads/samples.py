"""Every look of the bot, drawn over views of every state: the calls that would carry them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from slack_sdk.models.views import View

from bot.blocks.approval import approval_card
from bot.blocks.approval_modals import always_modal, edit_modal, reject_modal
from bot.blocks.artifact import artifact_link
from bot.blocks.device import device_card, devices_list, pairing_offer
from bot.blocks.drawn import Drawn, sentence
from bot.blocks.guide import help_message, status_message
from bot.blocks.home import home_view
from bot.blocks.run import run_card
from bot.blocks.said import said
from bot.blocks.schedule import schedules_list
from dispatch_core.approval_views import GrantView, VoteView
from dispatch_core.device_views import Presence
from dispatch_core.lifecycle import (
    ENDS,
    ApprovalStatus,
    Missed,
    Route,
    RunStatus,
    ScheduleStatus,
    Scope,
)
from dispatch_core.views import (
    HomeView,
    RunView,
    ScheduleView,
)
from tests.fakes.views import (
    ADA,
    GRACE,
    NOON,
    a_device,
    a_grant,
    a_home,
    a_message,
    a_run,
    a_schedule,
    an_approval,
    an_artifact,
    an_ended_run,
    an_offer,
)
from tests.payloads.type_check import Call

AWKWARD = "<!channel> `a` ```b``` *c* & <@U0ADA> \u202e " + "long " * 2_000


def sample_calls() -> Iterator[Call]:
    """Posts of all messages, and the opening or publishing of all views."""
    for drawn in _messages():
        yield "chat.postMessage", {"channel": "C0GENERAL", **drawn.as_arguments()}
        changed = {"channel": "C0GENERAL", "ts": "1700000000.000100", **drawn.as_arguments()}
        yield "chat.update", changed
    for view in (home_view(a_home()), home_view(_crowded_home()), home_view(_empty_home())):
        yield "views.publish", {"user_id": "U0ADA", "view": view.to_dict()}
    for modal in _modals():
        yield "views.open", {"trigger_id": "1.2.3", "view": modal.to_dict()}


def _modals() -> Iterator[View]:
    for approval in (an_approval(grant_words="git status"), an_approval(**_AWKWARD, needed=3)):
        yield reject_modal(approval)
        yield always_modal(approval, NOON.date())
        yield edit_modal(approval, approval.payload[:3_000])


_AWKWARD: dict[str, Any] = {
    "title": AWKWARD,
    "payload": AWKWARD,
    "grant_words": AWKWARD,
    "device_name": AWKWARD,
}


def _messages() -> Iterator[Drawn]:
    yield from map(run_card, _runs())
    yield from _approvals()
    yield from _devices()
    yield from (said(a_message(text)) for text in ("Hello.", "", AWKWARD, "# Title\n\n- a\n- b"))
    yield said(a_message("laptop is paired.", device_id="device-1", confirms="offer-1"))
    yield from _schedules()
    yield artifact_link(an_artifact(), "Slack did not take the file.")
    yield artifact_link(an_artifact(name=AWKWARD), AWKWARD)
    yield help_message()
    yield status_message(list(_runs()), [an_approval()])
    yield status_message([])
    yield sentence("Nothing was done.")
    yield sentence(AWKWARD)


def _runs() -> Iterator[RunView]:
    for status in (RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.WAITING_APPROVAL):
        for route in Route:
            yield a_run(status=status, route=route)
        yield a_run(status=status, stop_requested=True, output="a\nb\n", device_name="laptop")
    yield a_run(status=RunStatus.QUEUED, started_at=None)
    yield a_run(title=AWKWARD, activity=AWKWARD, output=AWKWARD, route_reason=AWKWARD)
    for reason, status in ENDS.items():
        yield an_ended_run(reason, status, answer="**42**", stopped_by=GRACE, retry_of="run-0")
        yield an_ended_run(reason, status, answer=AWKWARD, other_routes=())
        yield an_ended_run(reason, status, answer_apart=True, answer="elsewhere")


def _approvals() -> Iterator[Drawn]:
    for status in ApprovalStatus:
        yield approval_card(an_approval(status=status, decided_by=GRACE, decided_at=NOON))
        yield approval_card(an_approval(status=status, decided_by=GRACE, decision_reason=AWKWARD))
    yield approval_card(an_approval(reminded=True, device_name=None, description=""))
    yield approval_card(an_approval(title=AWKWARD, description=AWKWARD, payload=AWKWARD))
    votes = (VoteView(GRACE, NOON), VoteView(ADA, NOON))
    told = {"reasons": (AWKWARD,) * 30, "programs": (AWKWARD,) * 99, "preview": AWKWARD}
    for status in ApprovalStatus:
        yield approval_card(
            an_approval(
                **_AWKWARD,
                **told,
                status=status,
                description=AWKWARD,
                editable=True,
                needed=3,
                votes=votes,
                edited_by=GRACE,
                replaced_by=ADA,
                scope=Scope.ALWAYS,
                granted_until=NOON,
                decided_by=ADA,
                decided_at=NOON,
                approvers=(),
            )
        )


def _schedules() -> Iterator[Drawn]:
    for status in ScheduleStatus:
        for missed in Missed:
            shown = a_schedule(status=status, missed=missed, last_at=NOON, skipped=3, note=AWKWARD)
            yield said(a_message(schedule=shown))
    yield said(a_message(schedule=a_schedule(title=AWKWARD, words=AWKWARD, next_times=())))
    yield schedules_list(list(_many_schedules(50)), 2)
    yield schedules_list([])


def _devices() -> Iterator[Drawn]:
    for presence in Presence:
        yield device_card(a_device(presence=presence, confirmed=presence is Presence.ONLINE))
        yield devices_list([a_device(presence=presence, awaits_confirmation=("the shell",))] * 30)
    yield devices_list([])
    yield pairing_offer(an_offer())


def _crowded_home() -> HomeView:
    runs = tuple(replace(run, id=f"run-{number}") for number, run in enumerate(_runs()))
    asked = {"payload": AWKWARD, "preview": AWKWARD, "needed": 2}
    return a_home(
        active_runs=tuple(run for run in runs if run.active),
        recent_runs=tuple(run for run in runs if not run.active),
        pending_approvals=tuple(an_approval(id=f"a-{number}", **asked) for number in range(30)),
        devices=(a_device(),) * 30,
        grants=tuple(_grants()),
        schedules=tuple(_many_schedules(30)),
    )


def _grants() -> Iterator[GrantView]:
    for number in range(9):
        yield a_grant(id=f"wide-{number}", words=AWKWARD)
        yield a_grant(id=f"narrow-{number}", in_thread=True, thread_key=None)


def _many_schedules(count: int) -> Iterator[ScheduleView]:
    return (a_schedule(id=f"s-{number}", title=AWKWARD) for number in range(count))


def _empty_home() -> HomeView:
    return a_home(active_runs=(), recent_runs=(), pending_approvals=(), devices=(), schedules=())
