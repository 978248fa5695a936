"""A small Bolt app, and what it posts and opens."""

import asyncio
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_workspace.workspace import LocalWorkspace

GENERAL = "C0GENERAL"
Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


BUTTON = {
    "type": "button",
    "text": plain("Approve"),
    "action_id": "approve",
    "value": "a1",
    "style": "primary",
}
CHOICE = {
    "type": "static_select",
    "action_id": "route",
    "options": [{"text": plain("inline"), "value": "inline"}],
}
BLOCKS = [{"type": "actions", "block_id": "buttons", "elements": [BUTTON, CHOICE]}]
ASKING = {
    "type": "input",
    "block_id": "why",
    "label": plain("Why?"),
    "element": {"type": "plain_text_input", "action_id": "reason"},
}
MODAL = {
    "type": "modal",
    "callback_id": "reject",
    "title": plain("Reject"),
    "submit": plain("Reject"),
    "blocks": [ASKING],
    "private_metadata": "a1",
}
HOME = {"type": "home", "blocks": [{"type": "divider"}]}


async def posted(slack: AsyncWebClient, **more: Any) -> str:
    post = await slack.chat_postMessage(channel=GENERAL, text="x", blocks=BLOCKS, **more)
    return str(post["ts"])


class Heard:
    """A Bolt app that acknowledges everything and keeps what it was sent."""

    def __init__(self, app: AsyncApp) -> None:
        self.bodies: list[Json] = []
        self.reply: Json = {}
        self.home_was_opened = asyncio.Event()
        app.action("approve")(self.take)
        app.action("route")(self.take)
        app.view("reject")(self.answer)
        app.view_closed("reject")(self.take)
        app.command("/dispatch")(self.answer)
        app.event("app_home_opened")(self.hear)
        app.event("message")(self.ignore)

    async def take(self, ack: Any, body: Json) -> None:
        self.bodies.append(body)
        await ack()

    async def answer(self, ack: Any, body: Json) -> None:
        self.bodies.append(body)
        await ack(**self.reply)

    async def hear(self, body: Json) -> None:
        self.bodies.append(body)
        self.home_was_opened.set()

    async def ignore(self) -> None:
        return


async def opened(workspace: LocalWorkspace, slack: AsyncWebClient, **more: Any) -> Json:
    trigger = workspace.slack.triggers.new("U0ADA")
    answer = await slack.views_open(trigger_id=trigger, view={**MODAL, **more})
    return dict(answer["view"])
