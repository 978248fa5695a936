"""Clicks on an approval: Approve, Reject, and Reject with a reason, which asks for it first."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.approval import REASON, REJECT_MODAL, reject_modal
from bot.blocks.refusal import refusal_modal
from bot.connection.identity import FAULTS, reason_of
from bot.errors import SlackUnavailable
from bot.incoming.origin import Body
from bot.slack_side import SlackSide
from dispatch_core.dispatcher.door import Dispatcher
from dispatch_core.errors import AlreadyDecided, DispatchError, ErrorKind
from dispatch_core.lifecycle import ApprovalStatus
from dispatch_core.views import ApprovalView, Decision


def register(app: AsyncApp, dispatcher: Dispatcher, slack: SlackSide) -> None:
    """Take the three buttons of an approval and the modal of the third."""
    approvals = Approvals(dispatcher, slack)
    app.action("approval_approve")(approvals.on_approve)
    app.action("approval_reject")(approvals.on_reject)
    app.action("approval_reject_reason")(approvals.on_ask_reason)
    app.view(REJECT_MODAL)(approvals.on_reason)


class Approvals:
    """Each click is one verb; who came second is told what was decided, by the error's words."""

    def __init__(self, dispatcher: Dispatcher, slack: SlackSide) -> None:
        self._dispatcher = dispatcher
        self._slack = slack

    async def on_approve(self, ack: AsyncAck, body: Body, action: Body) -> None:
        """Approve what the button's approval asks for."""
        await self._decide(body, str(action["value"]), Decision.APPROVE)
        await ack()

    async def on_reject(self, ack: AsyncAck, body: Body, action: Body) -> None:
        """Reject it, with no reason given."""
        await self._decide(body, str(action["value"]), Decision.REJECT)
        await ack()

    async def on_ask_reason(self, ack: AsyncAck, body: Body, action: Body) -> None:
        """Open the modal for the reason; Slack's trigger for it lives three seconds."""
        await self._slack.people.admit(body["user"]["id"])
        approval = await self._dispatcher.approval(str(action["value"]))
        if approval.status is not ApprovalStatus.PENDING:
            raise _decided(approval)
        try:
            await self._slack.posting.views_open(
                trigger_id=body["trigger_id"], view=reject_modal(approval)
            )
        except FAULTS as fault:
            raise SlackUnavailable(what="your reason", why=reason_of(fault)) from fault
        await ack()

    async def on_reason(self, ack: AsyncAck, body: Body, view: Body) -> None:
        """Reject with the reason typed; what can't be done is said in the modal itself."""
        reason = _typed(view)
        try:
            await self._decide(body, view["private_metadata"], Decision.REJECT, reason)
        except DispatchError as error:
            # A pushed view keeps what was typed beneath it, for another try.
            shown = "push" if error.kind is ErrorKind.UNAVAILABLE else "update"
            await ack(response_action=shown, view=refusal_modal(str(error)))
            return
        await ack()

    async def _decide(
        self, body: Body, approval_id: str, decision: Decision, reason: str = ""
    ) -> None:
        user = str(body["user"]["id"])
        decider = await self._slack.decider(user)
        await self._dispatcher.decide(approval_id, decision, decider, reason)
        self._slack.homes.poke(user)


def _typed(view: Any) -> str:
    return str(view["state"]["values"][REASON][REASON].get("value") or "").strip()


def _decided(approval: ApprovalView) -> AlreadyDecided:
    by = approval.decided_by or "nobody in time"
    return AlreadyDecided(status=approval.status.value, by=by)
