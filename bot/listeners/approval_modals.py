"""What is decided on an approval by way of a modal: a reason, a last day, another text."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.models.views import View

from bot.blocks.approval_modals import (
    ALWAYS_MODAL,
    EDIT_MODAL,
    REASON,
    REJECT_MODAL,
    TEXT,
    UNTIL,
    always_modal,
    edit_modal,
    reject_modal,
)
from bot.blocks.refusal import refusal_modal
from bot.connection.identity import FAULTS, reason_of
from bot.errors import SlackUnavailable
from bot.incoming.choices import given, value_of
from bot.incoming.origin import Body
from bot.slack_side import SlackSide
from dispatch_core.approval_errors import AlreadyDecided, ApprovalClosed, BadEdit, BadGrantEnd
from dispatch_core.approval_views import ApprovalView
from dispatch_core.dispatcher.door import Dispatcher
from dispatch_core.errors import DispatchError, ErrorKind
from dispatch_core.lifecycle import ApprovalStatus, Scope
from dispatch_core.views import Decision

OFFERED_DAYS = 30


def register(app: AsyncApp, dispatcher: Dispatcher, slack: SlackSide) -> None:
    """Take the three buttons that open a modal, and the three modals."""
    modals = ApprovalModals(dispatcher, slack)
    app.action("approval_reject_reason")(modals.on_ask_reason)
    app.action("approval_always")(modals.on_ask_end)
    app.action("approval_edit")(modals.on_ask_text)
    app.view(REJECT_MODAL)(modals.on_reason)
    app.view(ALWAYS_MODAL)(modals.on_end)
    app.view(EDIT_MODAL)(modals.on_text)


class ApprovalModals:
    """Slack's trigger for a modal lives three seconds, so little is asked before it opens."""

    def __init__(self, dispatcher: Dispatcher, slack: SlackSide) -> None:
        self._dispatcher = dispatcher
        self._slack = slack

    async def on_ask_reason(self, ack: AsyncAck, body: Body, action: Body) -> None:
        """Open the modal for the reason of a rejection."""
        await self._slack.people.admit(body["user"]["id"])
        approval = await self._pending(action)
        await self._open(body, reject_modal(approval), "your reason")
        await ack()

    async def on_ask_end(self, ack: AsyncAck, body: Body, action: Body) -> None:
        """Open the modal for the last day of a lasting approval."""
        person = await self._slack.people.admit(body["user"]["id"])
        approval = await self._pending(action)
        today = datetime.now(ZoneInfo(person.time_zone)).date()
        offered = always_modal(approval, today + timedelta(days=OFFERED_DAYS))
        await self._open(body, offered, "the last day")
        await ack()

    async def on_ask_text(self, ack: AsyncAck, body: Body, action: Body) -> None:
        """Open the modal with the text to edit, for those alone who may decide."""
        decider = await self._slack.decider(str(body["user"]["id"]))
        approval = await self._pending(action)
        text = await self._dispatcher.text_to_edit(approval.id, decider)
        await self._open(body, edit_modal(approval, text), "another text")
        await ack()

    async def on_reason(self, ack: AsyncAck, body: Body, view: Body) -> None:
        """Reject with the reason typed."""

        async def reject(user: str, approval_id: str) -> None:
            decider = await self._slack.decider(user)
            reason = str(given(view, REASON, "value") or "").strip()
            await self._dispatcher.decide(approval_id, Decision.REJECT, decider, reason)

        await self._submit(ack, body, view, reject)

    async def on_end(self, ack: AsyncAck, body: Body, view: Body) -> None:
        """Approve until the end of the day chosen, as the clocks of its chooser have it."""

        async def approve(user: str, approval_id: str) -> None:
            decider = await self._slack.decider(user)
            person = await self._slack.people.find(user)
            until = _end_of_day(given(view, UNTIL, "selected_date"), person.time_zone)
            await self._dispatcher.decide(
                approval_id, Decision.APPROVE, decider, scope=Scope.ALWAYS, until=until
            )

        await self._submit(ack, body, view, approve, {BadGrantEnd: UNTIL})

    async def on_text(self, ack: AsyncAck, body: Body, view: Body) -> None:
        """Ask for the edited text instead."""

        async def edit(user: str, approval_id: str) -> None:
            decider = await self._slack.decider(user)
            text = str(given(view, TEXT, "value") or "")
            await self._dispatcher.edit(approval_id, text, decider)

        await self._submit(ack, body, view, edit, {BadEdit: TEXT})

    async def _pending(self, action: Body) -> ApprovalView:
        approval = await self._dispatcher.approval(value_of(action))
        if approval.status in (ApprovalStatus.EXPIRED, ApprovalStatus.WITHDRAWN):
            ended = "expired" if approval.status is ApprovalStatus.EXPIRED else "was withdrawn"
            raise ApprovalClosed(status=ended)
        if approval.status is not ApprovalStatus.PENDING:
            raise AlreadyDecided(status=approval.status.value, by=approval.decided_by)
        return approval

    async def _open(self, body: Body, view: View, what: str) -> None:
        try:
            await self._slack.posting.views_open(trigger_id=body["trigger_id"], view=view)
        except FAULTS as fault:
            raise SlackUnavailable(what=what, why=reason_of(fault)) from fault

    async def _submit(
        self,
        ack: AsyncAck,
        body: Body,
        view: Body,
        verb: Callable[[str, str], Awaitable[None]],
        fields: dict[type[DispatchError], str] | None = None,
    ) -> None:
        """Do it; what can't be done is said in the modal itself, at its field where it has one."""
        user = str(body["user"]["id"])
        try:
            await verb(user, str(view["private_metadata"]))
        except DispatchError as error:
            await ack(**_told(error, (fields or {}).get(type(error))))
            return
        self._slack.homes.poke(user)
        await ack()


def _told(error: DispatchError, field: str | None) -> dict[str, Any]:
    if field is not None:
        return {"response_action": "errors", "errors": {field: str(error)}}
    # A pushed view keeps what was typed beneath it, for another try.
    shown = "push" if error.kind is ErrorKind.UNAVAILABLE else "update"
    return {"response_action": shown, "view": refusal_modal(str(error))}


def _end_of_day(day: Any, zone: str) -> datetime:
    """The first moment after a day; raises BadGrantEnd where it is none."""
    try:
        after = date.fromisoformat(str(day)) + timedelta(days=1)
    except (ValueError, OverflowError):
        raise BadGrantEnd from None
    return datetime.combine(after, time(), ZoneInfo(zone))
