"""reactions.*: the bot's emoji."""

from bot.local_workspace.directory import BOT_USER
from bot.local_workspace.json_text import Json
from bot.local_workspace.rate_limits import Tier
from bot.local_workspace.reactions import react
from bot.local_workspace.refusal import Refusal
from bot.local_workspace.web_api.conversations import member_channel
from bot.local_workspace.web_api.method import Call, Method


async def add(call: Call) -> Json:
    return _react(call, add=True)


async def remove(call: Call) -> Json:
    return _react(call, add=False)


def _react(call: Call, *, add: bool) -> Json:
    if not call.optional("timestamp"):
        raise Refusal("no_item_specified")
    channel = member_channel(call)
    react(call.slack, BOT_USER, channel, call.text("timestamp"), call.text("name"), add=add)
    return {}


async def get(call: Call) -> Json:
    channel = member_channel(call)
    return {
        "type": "message",
        "channel": channel.id,
        "message": call.slack.messages.get(channel.id, call.text("timestamp")),
    }


METHODS = {
    "reactions.add": Method(add, Tier.THREE, ("reactions:write",)),
    "reactions.remove": Method(remove, Tier.TWO, ("reactions:write",)),
    "reactions.get": Method(get, Tier.THREE, ("reactions:read",)),
}
