"""apps.connections.open: where Socket Mode begins."""

from bot.local_workspace.json_text import Json
from bot.local_workspace.rate_limits import Tier
from bot.local_workspace.refusal import Refusal
from bot.local_workspace.web_api.method import Call, Method, Token


async def open_connection(call: Call) -> Json:
    """A WebSocket address with a ticket that is good for one connection."""
    if not call.slack.manifest.socket_mode:
        raise Refusal("socket_mode_not_enabled")
    base = call.slack.url.replace("http://", "ws://", 1)
    return {"url": f"{base}/link/?ticket={call.slack.sockets.new_ticket()}&app_id=local"}


METHODS = {"apps.connections.open": Method(open_connection, Tier.THREE, token=Token.APP)}
