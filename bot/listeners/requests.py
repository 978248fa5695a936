"""Messages that ask for something: mentions, direct messages and follow-ups in known threads."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.connection.identity import FAULTS, reason_of
from bot.errors import SlackUnavailable
from bot.incoming.messages import Message, attached, read_message
from bot.incoming.once import Once
from bot.incoming.plain_text import mentions_in, plain_text, sent_at, starts_with_another
from bot.listeners.answers import Answers
from bot.listeners.schedules import submit_or_schedule
from bot.listeners.thread_words import ThreadWords, word_in
from bot.listeners.typed import Typing, typed_in
from bot.slack_side import SlackSide
from dispatch_core.dispatcher.door import Dispatcher
from dispatch_core.errors import DispatchError, ErrorKind
from dispatch_core.views import AttachedFile, Submission

Event = Mapping[str, Any]

# Slack sends both events of a mention within a moment; the `message` event has the files.
TWIN_SECONDS = 0.3
# Slack's last redelivery of an event comes six minutes after the event.
REDELIVERED_WITHIN = timedelta(minutes=10)
REMEMBERED = 1_000
# Slack says for certain that the message can't be read (it was deleted, say), now or later.
_NOT_THERE = frozenset(
    {
        "channel_not_found",
        "message_not_found",
        "missing_scope",
        "not_in_channel",
        "thread_not_found",
    }
)


def register(app: AsyncApp, dispatcher: Dispatcher, slack: SlackSide) -> None:
    """Take mentions and messages; both events of one message are one submission."""
    requests = Requests(dispatcher, slack)
    app.event("app_mention")(requests.on_mention)
    app.event("message")(requests.on_message)


class Requests:
    """A redelivery is never dropped for being one: what it asks for is done once by its key."""

    def __init__(self, dispatcher: Dispatcher, slack: SlackSide) -> None:
        self._dispatcher = dispatcher
        self._slack = slack
        self._answers = Answers(dispatcher, slack)
        self._words = ThreadWords(dispatcher, slack, self._answers)
        self._typing = Typing(dispatcher, slack)
        self._once = Once()
        self._others: OrderedDict[str, None] = OrderedDict()
        """Young threads that are known to begin with talk between people."""

    async def on_mention(self, event: Event) -> None:
        """A mention; it names no files, so its `message` event goes first where one comes."""
        message = read_message(event)
        if message is None:
            return
        key = self._slack.message(message.channel, message.ts)
        if message.files or await self._once.comes(key, TWIN_SECONDS):
            await self._once.do(key, lambda: self._take(message))
        else:
            await self._once.do(key, lambda: self._take_whole(message))

    async def on_message(self, event: Event) -> None:
        """Any message that the bot can see; most of them are talk between people."""
        message = read_message(event)
        if message is None or not await self._is_for_me(message):
            return
        key = self._slack.message(message.channel, message.ts)
        await self._once.do(key, lambda: self._take(message))

    async def _is_for_me(self, message: Message) -> bool:
        bot = self._slack.identity.bot_user
        if message.direct or bot in mentions_in(message.text):
            return True
        if message.thread_ts is None or starts_with_another(message.text, bot):
            return False
        thread = self._slack.thread(message.channel, message.thread_ts)
        return await self._dispatcher.knows_thread(thread) or await self._begins_with_me(message)

    async def _begins_with_me(self, message: Message) -> bool:
        """Whether the thread's first message asks me, and is only not taken yet.

        It may come again, or be under way in another process, when a reply to it is here already.
        """
        thread_ts = message.thread_ts or message.ts
        if sent_at(message.ts) - sent_at(thread_ts) > REDELIVERED_WITHIN:
            return False
        key = self._slack.message(message.channel, thread_ts)
        if key not in self._others:
            first = await self._read(message.channel, thread_ts, thread_ts, "what this answers")
            if await self._asks_me(first):
                return True
            self._others[key] = None
            if len(self._others) > REMEMBERED:
                self._others.popitem(last=False)
        return False

    async def _asks_me(self, first: Event | None) -> bool:
        asker = read_message(first) if first else None
        if asker is None or self._slack.identity.bot_user not in mentions_in(asker.text):
            return False
        return not (await self._slack.people.find(asker.user)).refusal

    async def _take_whole(self, message: Message) -> None:
        await self._take(replace(message, files=await self._files_of(message)))

    async def _take(self, message: Message) -> None:
        """Do what a message asks for; a refusal is told and is an outcome like another."""
        try:
            await self._do(message)
        except DispatchError as error:
            if error.kind is ErrorKind.UNAVAILABLE:
                raise
            await self._answers.give(message, str(error))

    async def _do(self, message: Message) -> None:
        person = await self._slack.people.admit(message.user)
        text = await self._plain(message)
        word = word_in(text)
        if word and not message.files and await self._words.take(word, message):
            return
        lines = typed_in(text)
        if lines and await self._typing.take(lines, message):
            return
        await submit_or_schedule(
            self._dispatcher,
            Submission(
                thread_key=self._slack.thread(message.channel, message.root_ts),
                message_key=self._slack.message(message.channel, message.ts),
                person=person.key,
                text=text,
                asked_at=sent_at(message.ts),
                files=message.files,
                time_zone=person.time_zone,
            ),
        )
        self._slack.homes.poke(message.user)

    async def _plain(self, message: Message) -> str:
        bot = self._slack.identity.bot_user
        others = tuple(user for user in mentions_in(message.text) if user != bot)
        return plain_text(message.text, bot, await self._slack.people.names(others))

    async def _files_of(self, message: Message) -> tuple[AttachedFile, ...]:
        """The files of a mention whose `message` event did not come, read from its thread."""
        what = "which files are attached"
        found = await self._read(message.channel, message.root_ts, message.ts, what)
        return attached(found.get("files") or ()) if found else ()

    async def _read(self, channel: str, root_ts: str, ts: str, what: str) -> Event | None:
        """A message of a thread as Slack has it; None where it is not there to be read."""
        try:
            answer = await self._slack.asking.conversations_replies(
                channel=channel, ts=root_ts, oldest=ts, latest=ts, inclusive=True, limit=10
            )
        except FAULTS as fault:
            if reason_of(fault) in _NOT_THERE:
                return None
            raise SlackUnavailable(what=what, why=reason_of(fault)) from fault
        found = [one for one in answer.get("messages") or () if one.get("ts") == ts]
        return {**found[0], "channel": channel} if found else None
