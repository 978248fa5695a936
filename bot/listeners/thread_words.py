"""The exact words `stop`, `retry`, `status` and `help`, alone in a thread: seen before queueing."""

from collections.abc import Sequence
from enum import StrEnum

from bot.blocks.guide import help_message, status_message
from bot.errors import NothingHere, OnlyInThread
from bot.incoming.messages import Message
from bot.incoming.plain_text import sent_at
from bot.listeners.answers import Answers
from bot.slack_side import SlackSide
from dispatch_core.approval_views import ApprovalView
from dispatch_core.dispatcher.door import Dispatcher
from dispatch_core.views import RunView


class Word(StrEnum):
    """A message that is nothing but one of these is no task."""

    STOP = "stop"
    RETRY = "retry"
    STATUS = "status"
    HELP = "help"


def word_in(text: str) -> Word | None:
    """The word that a message consists of; case and a closing . or ! don't matter."""
    word = text.strip().rstrip(".!").casefold()
    return Word(word) if word in set(Word) else None


class ThreadWords:
    """What each word does in the thread that it stands in."""

    def __init__(self, dispatcher: Dispatcher, slack: SlackSide, answers: Answers) -> None:
        self._dispatcher = dispatcher
        self._slack = slack
        self._answers = answers

    async def take(self, word: Word, message: Message) -> bool:
        """Do what the word says; False where the message is a request after all.

        Outside a thread, `status` and `help` are requests; `stop` and `retry` raise OnlyInThread.
        """
        if message.thread_ts is None:
            if word in {Word.STOP, Word.RETRY}:
                raise OnlyInThread(word=word.value)
            return False
        thread = self._slack.thread(message.channel, message.thread_ts)
        if word is Word.STOP:
            await self._stop(thread, message)
        elif word is Word.RETRY:
            await self._retry(thread, message)
        else:
            await self._tell(word, thread, message)
        return True

    async def _stop(self, thread: str, message: Message) -> None:
        # The message's own time, so that a late delivery never ends a newer run.
        before = sent_at(message.ts)
        _, decider = await self._slack.stopper(message.user)
        stopped = await self._dispatcher.stop(thread, decider, before)
        if not stopped:
            raise NothingHere(action="stop")
        # Where the other event of this message comes late, it finds nothing left to stop.
        await self._answers.take_over(message)
        self._slack.homes.poke(message.user)

    async def _retry(self, thread: str, message: Message) -> None:
        runs, _ = await self._standing(thread)
        if not runs:
            raise NothingHere(action="retry")
        _, decider = await self._slack.stopper(message.user)
        key = self._slack.message(message.channel, message.ts)
        await self._dispatcher.retry(runs[-1].id, decider, request_key=key)
        self._slack.homes.poke(message.user)

    async def _tell(self, word: Word, thread: str, message: Message) -> None:
        if word is Word.HELP:
            words = help_message()
        else:
            words = status_message(*await self._standing(thread))
        await self._answers.give(message, words)

    async def _standing(self, thread: str) -> tuple[Sequence[RunView], Sequence[ApprovalView]]:
        entries = await self._dispatcher.thread(thread)
        bodies = [entry.body for entry in entries]
        runs = [body for body in bodies if isinstance(body, RunView)]
        return runs, [body for body in bodies if isinstance(body, ApprovalView)]
