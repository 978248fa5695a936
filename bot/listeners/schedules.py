"""Tasks with a time before them, and the buttons on a schedule."""

import re
from collections.abc import Awaitable, Callable
from functools import partial

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.schedule import schedules_list
from bot.incoming.choices import value_of
from bot.incoming.origin import Body, origin_of
from bot.listeners.runs import Clicks, clicked_at
from bot.slack_side import SlackSide
from dispatch_core.dispatcher.door import Dispatcher
from dispatch_core.lifecycle import Missed
from dispatch_core.timetable.phrases import read_wish
from dispatch_core.views import Decider, Submission

_LIST = re.compile(r"schedules?(?:\s+(\d{1,3}))?", re.IGNORECASE)

Verb = Callable[[str, Decider], Awaitable[object]]


async def submit_or_schedule(dispatcher: Dispatcher, submission: Submission) -> None:
    """Take a message: as a schedule where it begins with a time, else as a task for now."""
    wish = read_wish(submission.text, submission.asked_at, submission.time_zone)
    if wish is None:
        await dispatcher.submit(submission)
    else:
        await dispatcher.make_schedule(submission)


def page_asked(text: str) -> int | None:
    """The page of the list that `schedules` or `schedules 2` asks for; None for another text."""
    match = _LIST.fullmatch(text.strip())
    return int(match[1] or 1) if match else None


def register(app: AsyncApp, dispatcher: Dispatcher, slack: SlackSide) -> None:
    """Take the buttons of a schedule's card, of the list and of App Home."""
    schedules = Schedules(dispatcher, slack)
    app.action("schedule_pause")(schedules.on_pause)
    app.action("schedule_resume")(schedules.on_resume)
    app.action("schedule_remove")(schedules.on_remove)
    app.action("schedule_skip")(schedules.on_skip)
    app.action("schedule_catch_up")(schedules.on_catch_up)
    app.action("schedule_run")(schedules.on_run)


class Schedules:
    """Each click is one verb; the announcer redraws the card, the list is redrawn here."""

    def __init__(self, dispatcher: Dispatcher, slack: SlackSide) -> None:
        self._dispatcher = dispatcher
        self._slack = slack
        self._clicks = Clicks()

    async def on_pause(self, ack: AsyncAck, body: Body, action: Body) -> None:
        """Let a schedule rest."""
        await self._do(body, action, self._dispatcher.pause_schedule)
        await ack()

    async def on_resume(self, ack: AsyncAck, body: Body, action: Body) -> None:
        """Let it go on from now."""
        await self._do(body, action, self._dispatcher.resume_schedule)
        await ack()

    async def on_remove(self, ack: AsyncAck, body: Body, action: Body) -> None:
        """End it; the button asked whether its presser is sure."""
        await self._do(body, action, self._dispatcher.remove_schedule)
        await ack()

    async def on_skip(self, ack: AsyncAck, body: Body, action: Body) -> None:
        """Let missed times be skipped from now on."""
        await self._do(body, action, partial(self._dispatcher.set_missed, missed=Missed.SKIP))
        await ack()

    async def on_catch_up(self, ack: AsyncAck, body: Body, action: Body) -> None:
        """Let missed times be caught up once from now on."""
        await self._do(body, action, partial(self._dispatcher.set_missed, missed=Missed.CATCH_UP))
        await ack()

    async def on_run(self, ack: AsyncAck, body: Body, action: Body) -> None:
        """Do its task now; two quick clicks make one run."""
        schedule_id, _, _ = value_of(action).partition("|")
        key = self._clicks.key(f"schedule:{schedule_id}", clicked_at(body))
        await self._do(body, action, partial(self._dispatcher.run_schedule, request_key=key))
        await ack()

    async def _do(self, body: Body, action: Body, verb: Verb) -> None:
        schedule_id, _, page = value_of(action).partition("|")
        person, decider = await self._slack.stopper(body["user"]["id"])
        await verb(schedule_id, decider)
        self._slack.homes.poke(person.user)
        origin = origin_of(body)
        if origin is not None and origin.ephemeral:
            mine = await self._dispatcher.schedules(person.key)
            self._slack.whispers.replace(origin, schedules_list(mine, int(page or 1)))
