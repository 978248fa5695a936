"""The button that ends a lasting grant, in App Home and on a device's card."""

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.incoming.choices import value_of
from bot.incoming.origin import Body, origin_of
from bot.slack_side import SlackSide
from dispatch_core.dispatcher.door import Dispatcher


def register(app: AsyncApp, dispatcher: Dispatcher, slack: SlackSide) -> None:
    """Take the button."""
    app.action("grant_revoke")(Grants(dispatcher, slack).on_revoke)


class Grants:
    """One click, one verb; the button asked whether its presser is sure."""

    def __init__(self, dispatcher: Dispatcher, slack: SlackSide) -> None:
        self._dispatcher = dispatcher
        self._slack = slack

    async def on_revoke(self, ack: AsyncAck, body: Body, action: Body) -> None:
        """End it; from now on it is asked again."""
        user = str(body["user"]["id"])
        decider = await self._slack.decider(user)
        grant = await self._dispatcher.revoke_grant(value_of(action), decider)
        self._slack.homes.poke(user)
        origin = origin_of(body)
        if origin is not None:
            words = f"Revoked: {grant.words} on {grant.device_name} is asked again from now on."
            self._slack.whispers.tell(origin, words)
        await ack()
