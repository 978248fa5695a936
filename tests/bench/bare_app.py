"""A Bolt app that does nothing with a message: the least that an acknowledgement can cost."""

import asyncio
import os
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient


async def main() -> None:
    client = AsyncWebClient(os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    app = AsyncApp(client=client)

    @app.event("message")
    async def ignore(event: dict[str, Any]) -> None:
        """The bare minimum."""

    handler = AsyncSocketModeHandler(app, os.environ["SLACK_APP_TOKEN"])
    # The socket's own client would go to the real Slack otherwise.
    handler.client.web_client.base_url = client.base_url
    await handler.start_async()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    asyncio.run(main())
