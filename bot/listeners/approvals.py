"""Clicks on an approval: Approve, Approve for this thread, Reject."""

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.incoming.choices import value_of
from bot.incoming.origin import Body
from bot.listeners import approval_modals
from bot.slack_side import SlackSide
from dispatch_core.dispatcher.door import Dispatcher
from dispatch_core.lifecycle import Scope
from dispatch_core.views import Decision


def register(app: AsyncApp, dispatcher: Dispatcher, slack: SlackSide) -> None:
    """Take the buttons of an approval, and the modals that some of them open."""
    approvals = Approvals(dispatcher, slack)
    app.action("approval_approve")(approvals.on_approve)
    app.action("approval_thread")(approvals.on_approve_in_thread)
    app.action("approval_reject")(approvals.on_reject)
    approval_modals.register(app, dispatcher, slack)


class Approvals:
    """Each click is one verb; who came second is told what was decided, by the error's words."""

    def __init__(self, dispatcher: Dispatcher, slack: SlackSide) -> None:
        self._dispatcher = dispatcher
        self._slack = slack

    async def on_approve(self, ack: AsyncAck, body: Body, action: Body) -> None:
        """Approve what the button's approval asks for, this once."""
        await self._decide(body, action, Decision.APPROVE)
        await ack()

    async def on_approve_in_thread(self, ack: AsyncAck, body: Body, action: Body) -> None:
        """Approve it, and the like of it in this thread; the button said what that is."""
        await self._decide(body, action, Decision.APPROVE, Scope.THREAD)
        await ack()

    async def on_reject(self, ack: AsyncAck, body: Body, action: Body) -> None:
        """Reject it, with no reason given."""
        await self._decide(body, action, Decision.REJECT)
        await ack()

    async def _decide(
        self, body: Body, action: Body, decision: Decision, scope: Scope = Scope.ONCE
    ) -> None:
        user = str(body["user"]["id"])
        decider = await self._slack.decider(user)
        await self._dispatcher.decide(value_of(action), decision, decider, scope=scope)
        self._slack.homes.poke(user)
