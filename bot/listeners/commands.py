"""`/dispatch TEXT`: Slack gives a command no thread, so the bot starts one for it."""

from datetime import UTC, datetime
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.drawn import Drawn, message, section
from bot.blocks.guide import help_message
from bot.blocks.inert import inert
from bot.blocks.limits import SECTION
from bot.blocks.people import mention
from bot.blocks.refusal import refusal
from bot.blocks.schedule import schedules_list
from bot.connection.identity import FAULTS, reason_of
from bot.errors import NotInChannel, OnlyInThread, PostUnconfirmed
from bot.incoming.origin import Body
from bot.incoming.plain_text import mentions_in, plain_text, sent_at
from bot.listeners.schedules import page_asked, submit_or_schedule
from bot.listeners.thread_words import Word, word_in
from bot.people.people import Person
from bot.slack_side import SlackSide
from dispatch_core.dispatcher.door import Dispatcher
from dispatch_core.errors import DispatchError
from dispatch_core.routing import parse_request
from dispatch_core.timetable.phrases import read_wish
from dispatch_core.views import Submission

ELSEWHERE = (
    "I am not in this channel, so your schedule lives in our direct messages; "
    "to have it here, remove it there, invite me with /invite and ask again."
)
_ABSENT = frozenset({"not_in_channel", "channel_not_found", "is_archived", "restricted_action"})
_MENTION_CHARS = 60  # the room for "<@U…> asked: " in a section


def register(app: AsyncApp, dispatcher: Dispatcher, slack: SlackSide) -> None:
    """Take the command."""
    app.command("/dispatch")(Commands(dispatcher, slack).on_command)


class Commands:
    """A command becomes a message of the bot in the channel, and a run in its thread."""

    def __init__(self, dispatcher: Dispatcher, slack: SlackSide) -> None:
        self._dispatcher = dispatcher
        self._slack = slack

    async def on_command(self, ack: AsyncAck, command: Body) -> None:
        """Start the task, or explain how to ask for one."""
        person = await self._slack.people.admit(command["user_id"])
        text = await self._plain(str(command.get("text") or ""))
        answer = await self._answer(person, str(command["channel_id"]), text)
        if answer is None:
            await ack()
        else:
            await ack(response_type="ephemeral", **answer.as_arguments())

    async def _answer(self, person: Person, channel: str, text: str) -> Drawn | None:
        """What its asker alone is told; None where the new thread says it all."""
        word = word_in(text)
        if not text or word is Word.HELP:
            return help_message()
        if word in {Word.STOP, Word.RETRY}:
            raise OnlyInThread(word=text)
        page = page_asked(text)
        if page is not None:
            return schedules_list(await self._dispatcher.schedules(person.key), page)
        return await self._take(person, channel, text)

    async def _take(self, person: Person, channel: str, text: str) -> Drawn | None:
        # Both refuse what can't be read before anything is posted.
        wish = read_wish(text, datetime.now(UTC), person.time_zone)
        parse_request(wish.task if wish else text)
        try:
            await self._start(person, channel, text)
        except NotInChannel:
            if wish is None:
                raise
            # A schedule outlives the moment, so it finds another place; a task is asked for anew.
            await self._start(person, person.user, text)
            return refusal(ELSEWHERE)
        return None

    async def _plain(self, text: str) -> str:
        names = await self._slack.people.names(mentions_in(text))
        return plain_text(text, self._slack.identity.bot_user, names)

    async def _start(self, person: Person, channel: str, text: str) -> None:
        posted = await self._post(person, channel, text)
        channel, ts = str(posted["channel"]), str(posted["ts"])
        try:
            await submit_or_schedule(
                self._dispatcher,
                Submission(
                    thread_key=self._slack.thread(channel, ts),
                    message_key=self._slack.message(channel, ts),
                    person=person.key,
                    text=text,
                    asked_at=sent_at(ts),
                    time_zone=person.time_zone,
                ),
            )
        except DispatchError:
            # What was not taken must not stand in the channel as if it were under way.
            self._slack.whispers.start(self._delete(channel, ts))
            raise
        self._slack.homes.poke(person.user)

    async def _post(self, person: Person, channel: str, text: str) -> Any:
        asked = f"{mention(person.key)} asked: {inert(text, SECTION - _MENTION_CHARS)}"
        said = message(asked, section(asked)).as_arguments()
        try:
            return await self._slack.posting.chat_postMessage(channel=channel, **said)
        except FAULTS as fault:
            why = reason_of(fault)
            raise (NotInChannel if why in _ABSENT else PostUnconfirmed)(why=why) from fault

    async def _delete(self, channel: str, ts: str) -> None:
        await self._slack.asking.chat_delete(channel=channel, ts=ts)
