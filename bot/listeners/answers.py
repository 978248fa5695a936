"""What is told to the writer of a message alone."""

from bot.blocks.drawn import Drawn
from bot.incoming.messages import Message
from bot.incoming.origin import Origin
from bot.slack_side import SlackSide
from dispatch_core.dispatcher.door import Dispatcher


class Answers:
    """Given once: Slack tells of a mention by two events, and each may reach another process."""

    def __init__(self, dispatcher: Dispatcher, slack: SlackSide) -> None:
        self._dispatcher = dispatcher
        self._slack = slack

    async def give(self, message: Message, words: str | Drawn) -> None:
        """Answer at the place of the message, unless another process did."""
        if await self.take_over(message):
            origin = Origin(message.user, message.channel, message.thread_ts)
            self._slack.whispers.tell(origin, words)

    async def take_over(self, message: Message) -> bool:
        """Answer this message here from now on; False where another process has."""
        key = self._slack.message(message.channel, message.ts)
        return await self._dispatcher.is_first_answer(key)
