"""`dispatch serve` and `dispatch worker`: the core with Slack, and without."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.commands.running import until_one_ends
from bot.connection.files import Files
from bot.connection.web_api import asking_client, open_session
from bot.front import Front
from bot.settings import SlackReach, SlackSettings
from dispatch_core.dispatcher.room import FetchFile
from dispatch_core.interpreter import settle
from dispatch_core.policy.deciders import ApprovalRules
from dispatch_core.service import Service
from dispatch_core.settings import CoreSettings, open_home

log = logging.getLogger(__name__)


async def serve(core: CoreSettings, slack: SlackSettings) -> None:
    """Serve until cancelled, or until a part that should run for ever ends."""
    async with serving(core, slack) as (service, front):
        settle()
        log.info("Dispatch is ready; its HTTP door is %s", service.base_url)
        await until_one_ends(front.ended(), service.ended())


@asynccontextmanager
async def serving(core: CoreSettings, slack: SlackSettings) -> AsyncIterator[tuple[Service, Front]]:
    """A core and Slack's side of it, both started; stopped in the order that loses nothing."""
    # What is wrong here is told before Slack, which may not answer for long, is asked.
    open_home(core.home)
    front = Front(slack)
    try:
        await front.sign_in()
        service = Service(
            core,
            front.rules(),
            front.fetch_file,
            front.routes(),
            front.readiness,
            welcome=front.welcome,
        )
        try:
            await service.start()
            await front.start(service.dispatcher)
            yield service, front
        finally:
            # Side by side: one after the other could take longer than a service manager waits.
            await asyncio.gather(front.stop(), service.finish_work())
            await service.stop()
    finally:
        await front.close()


async def work(core: CoreSettings, slack: SlackReach) -> None:
    """Work off what others accept; a bot token lets it fetch attached files."""
    async with fetching(slack) as fetch:
        service = Service(core, ApprovalRules(), fetch)
        try:
            await service.start()
            settle()
            log.info("This worker is ready; its HTTP door is %s", service.base_url)
            await service.ended()
        finally:
            await service.stop()


@asynccontextmanager
async def fetching(slack: SlackReach) -> AsyncIterator[FetchFile | None]:
    """How to fetch attached files, or None where no bot token is set."""
    if not slack.bot_token:
        yield None
        return
    async with open_session() as session:
        client = asking_client(slack.bot_token, slack.slack_api_url, session)
        yield Files(client, session).fetch
