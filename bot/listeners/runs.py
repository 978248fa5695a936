"""Clicks on a run's card: Cancel, Retry, Run elsewhere, and which device is meant."""

import re
from collections import OrderedDict
from decimal import Decimal

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.errors import Unreadable
from bot.incoming.choices import value_of
from bot.incoming.origin import Body
from bot.incoming.plain_text import sent_at
from bot.slack_side import SlackSide
from dispatch_core.dispatcher.door import Dispatcher
from dispatch_core.lifecycle import Route
from dispatch_core.views import RunView

DOUBLE_CLICK_SECONDS = 5
REMEMBERED_CLICKS = 1_000


def register(app: AsyncApp, dispatcher: Dispatcher, slack: SlackSide) -> None:
    """Take the buttons and the menu of a run's card."""
    runs = Runs(dispatcher, slack)
    app.action("run_cancel")(runs.on_cancel)
    app.action("run_retry")(runs.on_retry)
    app.action("run_elsewhere")(runs.on_elsewhere)
    app.action(re.compile(r"^run_device(_\d+)?$"))(runs.on_device)


class Runs:
    """Two quick clicks on a card make one new run; a later one is meant, and makes another."""

    def __init__(self, dispatcher: Dispatcher, slack: SlackSide) -> None:
        self._dispatcher = dispatcher
        self._slack = slack

    async def on_cancel(self, ack: AsyncAck, body: Body, action: Body) -> None:
        """Stop one run."""
        person, decider = await self._slack.stopper(body["user"]["id"])
        await self._dispatcher.cancel(value_of(action), decider)
        self._slack.homes.poke(person.user)
        await ack()

    async def on_retry(self, ack: AsyncAck, body: Body, action: Body) -> None:
        """Do an ended run again, as it was asked for."""
        await self._again(body, value_of(action), None)
        await ack()

    async def on_elsewhere(self, ack: AsyncAck, body: Body, action: Body) -> None:
        """Do an ended run again on the route that was chosen in the menu."""
        run_id, _, route = value_of(action).partition("|")
        if route not in set(Route):
            raise Unreadable(problem="there is no such route")
        await self._again(body, run_id, Route(route))
        await ack()

    async def on_device(self, ack: AsyncAck, body: Body, action: Body) -> None:
        """Say which device a waiting run is meant for; only its asker may."""
        person = await self._slack.people.admit(body["user"]["id"])
        run_id, _, device_id = value_of(action).partition("|")
        await self._dispatcher.choose_device(run_id, device_id, person.key)
        self._slack.homes.poke(person.user)
        await ack()

    async def _again(self, body: Body, run_id: str, route: Route | None) -> None:
        person, decider = await self._slack.stopper(body["user"]["id"])
        key = await self._key(run_id, route, clicked_at(body))
        await self._dispatcher.retry(run_id, decider, key, route)
        self._slack.homes.poke(person.user)

    async def _key(self, run_id: str, route: Route | None, at: Decimal) -> str:
        """One for quick clicks, whichever processes take them: counted is what was before them."""
        run = await self._dispatcher.run(run_id)
        wanted, before = route or run.route, sent_at(str(at - DOUBLE_CLICK_SECONDS))
        repeated = [
            entry.body
            for entry in await self._dispatcher.thread(run.thread_key)
            if isinstance(entry.body, RunView) and entry.body.retry_of == run_id
        ]
        count = sum(one.route is wanted and one.asked_at < before for one in repeated)
        return f"click:{run_id}:{wanted.value}:{count}"


class Clicks:
    """Gives quick clicks on the same thing one key, whoever made them."""

    def __init__(self) -> None:
        self._first: OrderedDict[str, Decimal] = OrderedDict()

    def key(self, thing: str, clicked_at: Decimal) -> str:
        """The key of a click; clicked_at is Slack's time of it, so a redelivery has the same."""
        first = self._first.get(thing)
        if first is None or abs(clicked_at - first) > DOUBLE_CLICK_SECONDS:
            first = self._first[thing] = clicked_at
        self._first.move_to_end(thing)
        while len(self._first) > REMEMBERED_CLICKS:
            self._first.popitem(last=False)
        return f"click:{thing}:{first}"


def clicked_at(body: Body) -> Decimal:
    """Slack's time of a click."""
    return Decimal(str(body["actions"][0].get("action_ts") or 0))
