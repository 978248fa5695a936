"""What the listeners share about Slack: who the bot is, who people are, how to answer them."""

from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from bot.connection.identity import Identity
from bot.errors import SlackUnavailable
from bot.home_tabs import HomeTabs
from bot.keys import message_key, thread_key
from bot.people.groups import Groups
from bot.people.people import People, Person
from bot.replies.whispers import Whispers
from dispatch_core.views import Decider


@dataclass(frozen=True, slots=True)
class SlackSide:
    """asking repeats a call that failed; posting never does, since its answer may be lost."""

    identity: Identity
    asking: AsyncWebClient
    posting: AsyncWebClient
    people: People
    groups: Groups
    whispers: Whispers
    homes: HomeTabs

    def thread(self, channel: str, thread_ts: str) -> str:
        """The key of a thread of this workspace."""
        return thread_key(self.identity.team, channel, thread_ts)

    def message(self, channel: str, ts: str) -> str:
        """The key of a message of this workspace."""
        return message_key(self.identity.team, channel, ts)

    async def decider(self, user: str) -> Decider:
        """Who clicks, with their groups; NotWelcome, or SlackUnavailable where Slack is mute."""
        return await self.groups.decider(await self.people.admit(user))

    async def stopper(self, user: str) -> tuple[Person, Decider]:
        """Who stops or repeats a run: without their groups where Slack does not say them now."""
        person = await self.people.admit(user)
        try:
            return person, await self.groups.decider(person)
        except SlackUnavailable:
            return person, Decider(person.key)
