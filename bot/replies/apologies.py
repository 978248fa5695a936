"""The one door where errors become words for the person, and an answer for Slack."""

import json
import logging
import secrets
import traceback

from slack_bolt.async_app import AsyncApp
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.blocks.refusal import refusal, refusal_modal
from bot.errors import Unreadable
from bot.incoming.origin import Body, origin_of
from bot.replies.whispers import Whispers
from dispatch_core.errors import DispatchError, ErrorKind
from dispatch_core.redaction import redact

log = logging.getLogger(__name__)

# Slack tries thrice more: https://docs.slack.dev/apis/events-api/#retries
LAST_RETRY = 3
SORRY = "Something went wrong on my side (id {incident}); nothing was lost, try again."


def register(app: AsyncApp, whispers: Whispers) -> None:
    """Answer every error; also what no listener takes, so that nothing goes unacknowledged."""
    app.error(Apologies(whispers).on_error)


class Apologies:
    """An event that could not be kept is left unacknowledged: Slack brings it again."""

    def __init__(self, whispers: Whispers) -> None:
        self._whispers = whispers

    async def on_error(
        self, error: Exception, body: Body, request: AsyncBoltRequest
    ) -> BoltResponse:
        """Say what went wrong to the person alone, and tell Slack whether to come again."""
        if isinstance(error, BoltUnhandledRequestError):
            return _unknown(body)
        if isinstance(error, Unreadable) and "event" in body:
            log.warning("An event was let go: %s", error)
            return BoltResponse(status=200, body="")
        if not isinstance(error, DispatchError):
            return self._say(body, SORRY.format(incident=_record(error)))
        if error.kind is ErrorKind.UNAVAILABLE and "event" in body:
            log.warning("An event is left to Slack's redelivery: %s", error)
            if _is_last(request):
                self._say(body, str(error))
            return BoltResponse(status=503, body="")
        return self._say(body, str(error))

    def _say(self, body: Body, sentence: str) -> BoltResponse:
        if "command" in body:
            return _json({"response_type": "ephemeral", **refusal(sentence).as_arguments()})
        if body.get("type") == "view_submission":
            view = refusal_modal(sentence).to_dict()
            return _json({"response_action": "push", "view": view})
        origin = origin_of(body)
        if origin is not None:
            self._whispers.tell(origin, sentence)
        return BoltResponse(status=200, body="")


def _is_last(request: AsyncBoltRequest) -> bool:
    """Whether Slack brings this event for the last time; what it asks for is lost after that."""
    told = request.headers.get("x-slack-retry-num") or ["0"]
    return told[0].isdecimal() and int(told[0]) >= LAST_RETRY


def _unknown(body: Body) -> BoltResponse:
    event = body.get("event") or {}
    log.info("Nothing listens to %s %s", body.get("type", "a request"), event.get("type", ""))
    if "command" in body:
        return _json({"response_type": "ephemeral", "text": "I don't know this command."})
    return BoltResponse(status=200, body="")


def _json(answer: Body) -> BoltResponse:
    return BoltResponse(
        status=200, body=json.dumps(answer), headers={"content-type": ["application/json"]}
    )


def _record(error: Exception) -> str:
    """Log an unforeseen error without secrets; returns the id that the person is told."""
    incident = secrets.token_hex(4)
    told = "".join(traceback.format_exception(error))
    log.error("Incident %s: %s", incident, redact(told))
    return incident
