"""Who did something in Slack, and where: read from the body of any event, click or command."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """The person and the place to answer at.

    channel is None where there is none (App Home). thread_ts is set where it happened in a thread.
    response_url is Slack's short-lived door to the message or command; "" where there is none.
    """

    user: str
    channel: str | None = None
    thread_ts: str | None = None
    response_url: str = ""
    ephemeral: bool = False


def origin_of(body: Body) -> Origin | None:
    """The origin of a request, or None where nobody is named in it."""
    if isinstance(event := body.get("event"), Mapping):
        return _of_event(event)
    if "command" in body:
        url = str(body.get("response_url", ""))
        return Origin(str(body.get("user_id", "")), body.get("channel_id"), None, url)
    if isinstance(user := body.get("user"), Mapping):
        return _of_click(body, str(user.get("id", "")))
    return None


def _of_event(event: Body) -> Origin | None:
    user = event.get("user")
    if not isinstance(user, str):
        return None
    return Origin(user, event.get("channel"), event.get("thread_ts"))


def _of_click(body: Body, user: str) -> Origin:
    container, message = _part(body, "container"), _part(body, "message")
    channel = container.get("channel_id") or _part(body, "channel").get("id")
    thread_ts = container.get("thread_ts") or message.get("thread_ts")
    url = str(body.get("response_url") or "")
    return Origin(user, channel, thread_ts, url, bool(container.get("is_ephemeral")))


def _part(body: Body, name: str) -> Body:
    part = body.get(name)
    return part if isinstance(part, Mapping) else {}
