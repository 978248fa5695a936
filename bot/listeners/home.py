"""App Home: drawn when a person opens it, and kept true for an hour."""

from slack_bolt.async_app import AsyncApp

from bot.blocks.refusal import refusal_home
from bot.errors import NotWelcome
from bot.incoming.origin import Body
from bot.slack_side import SlackSide


def register(app: AsyncApp, slack: SlackSide) -> None:
    """Take the opening of the home tab."""
    app.event("app_home_opened")(Home(slack).on_opened)


class Home:
    """The drawing follows the answer to Slack, which waits for nothing."""

    def __init__(self, slack: SlackSide) -> None:
        self._slack = slack

    async def on_opened(self, event: Body) -> None:
        """Draw the home tab; the messages tab needs nothing."""
        if event.get("tab", "home") == "home":
            self._slack.whispers.start(self._draw(str(event["user"])))

    async def _draw(self, user: str) -> None:
        try:
            await self._slack.people.admit(user)
        except NotWelcome as refusal:
            await self._slack.homes.publish(user, refusal_home(str(refusal)))
        else:
            await self._slack.homes.open(user)
