"""A Bolt app that does nothing with a message: the least that an acknowledgement can cost.

Given a file, it commits one row to SQLite before it acknowledges: the least that a promise costs.
"""

import asyncio
import os
import sqlite3
import sys
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient


async def main(*files: str) -> None:
    client = AsyncWebClient(os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    app = AsyncApp(client=client, process_before_response=bool(files))
    table = _open(files[0]) if files else None

    @app.event("message")
    async def ignore(event: dict[str, Any]) -> None:
        """The bare minimum."""
        if table is not None:
            table.execute("INSERT INTO seen VALUES (?, ?)", (event["ts"], event.get("text")))

    handler = AsyncSocketModeHandler(app, os.environ["SLACK_APP_TOKEN"])
    # The socket's own client would go to the real Slack otherwise.
    handler.client.web_client.base_url = client.base_url
    await handler.start_async()  # type: ignore[no-untyped-call]


def _open(file: str) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE seen (ts TEXT PRIMARY KEY, text TEXT)")
    return connection


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
