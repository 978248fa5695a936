"""`> text` in a thread whose command runs: a line for that command."""

import logging
import re

from slack_sdk.errors import SlackApiError

from bot.connection.identity import reason_of
from bot.incoming.messages import Message
from bot.slack_side import SlackSide
from dispatch_core.dispatcher.door import Dispatcher

log = logging.getLogger(__name__)

TAKEN_REACTION = "keyboard"
_LINE = re.compile(r">(?: (?P<text>.*)|(?P<key>\^[CcDd]))?")
_KEYS = {"^C": "\x03", "^D": "\x04"}


def typed_in(text: str) -> tuple[str, ...] | None:
    """The lines that a message writes to a command; None where it is another message.

    Each of its lines must be `> text`, or `>` for an empty one; `^C` and `^D` are those keys.
    """
    matches = [_LINE.fullmatch(line.rstrip("\r")) for line in text.strip().split("\n")]
    if not all(matches):
        return None
    lines = [match["key"] or match["text"] or "" for match in matches if match]
    return tuple(_KEYS.get(line.strip().upper(), line) for line in lines)


class Typing:
    """Passes what a person writes on to the command that runs in its thread."""

    def __init__(self, dispatcher: Dispatcher, slack: SlackSide) -> None:
        self._dispatcher = dispatcher
        self._slack = slack

    async def take(self, lines: tuple[str, ...], message: Message) -> bool:
        """Write the lines; False where the thread has no commands, so the message asks something.

        Raises NothingReads, MayNotWrite, WrittenTogether. A reaction tells that they were taken.
        """
        if message.thread_ts is None or message.files:
            return False
        thread = self._slack.thread(message.channel, message.thread_ts)
        key = self._slack.message(message.channel, message.ts)
        decider = await self._slack.decider(message.user)
        taken = await self._dispatcher.write_input(thread, lines, decider, key)
        if taken:
            self._slack.whispers.start(self._react(message))
        return taken

    async def _react(self, message: Message) -> None:
        try:
            await self._slack.asking.reactions_add(
                channel=message.channel, timestamp=message.ts, name=TAKEN_REACTION
            )
        except SlackApiError as fault:
            if reason_of(fault) != "already_reacted":
                log.info("What was written got no reaction (%s)", reason_of(fault))
