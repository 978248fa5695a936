"""One person's Home, kept true by two processes that know nothing of each other."""

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp

from bot.connection.web_api import asking_client
from bot.home_tabs import HomeTabs
from bot.local_workspace.workspace import LocalWorkspace
from tests.core.engine import open_engine

MANIFEST = Path(__file__).parents[3] / "manifest.yml"


class Late:
    """A dispatcher whose first view of a Home reaches its process only when it is let go."""

    def __init__(self, dispatcher: Any) -> None:
        self._dispatcher = dispatcher
        self.looked, self.go = asyncio.Event(), asyncio.Event()

    def __getattr__(self, verb: str) -> Any:
        return getattr(self._dispatcher, verb)

    async def home(self, person: str) -> Any:
        view = await self._dispatcher.home(person)
        self.looked.set()
        await self.go.wait()
        return view


async def test_an_old_view_that_one_publishes_late_does_not_stay(tmp_path: Path) -> None:
    slack = LocalWorkspace(MANIFEST)
    await slack.start(port=0)
    async with aiohttp.ClientSession() as session, open_engine(tmp_path) as engine:
        client = asking_client(slack.bot_token, slack.api_url, session)
        late = Late(engine.dispatcher)
        slow = HomeTabs(client, late, "T0DISPATCH", pause=0)  # type: ignore[arg-type]
        quick = HomeTabs(client, engine.dispatcher, "T0DISPATCH", pause=0)
        opening = asyncio.create_task(slow.open("U0ADA"))
        await late.looked.wait()
        await quick.open("U0ADA")
        following = [asyncio.create_task(one.run()) for one in (slow, quick)]

        def home() -> str:
            return json.dumps(slack.home("U0ADA"))

        await engine.ask("the newest task", by="T0DISPATCH:U0ADA")
        await slack.wait_until(lambda: "the newest task" in home())
        late.go.set()
        await opening
        await slack.wait_until(lambda: "the newest task" in home())
        published = len(slack.calls.to("views.publish"))
        await engine.ask("one task more", by="T0DISPATCH:U0ADA")
        await slack.wait_until(lambda: len(slack.calls.to("views.publish")) > published)
        await slack.wait_until(lambda: "one task more" in home())
        for one in following:
            one.cancel()
        await asyncio.gather(*following, return_exceptions=True)
    await slack.stop()
