"""Slack's requests, refused before Bolt acts on them where they are not Slack's or no sense."""

import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from aiohttp import web
from slack_bolt.error import BoltError
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from bot.errors import Unreadable
from bot.incoming.origin import Body
from bot.incoming.shapes import frame_problem_of, problem_of

_SECONDS = re.compile(r"[0-9]{1,15}")
_CHECK_BYTES = 1_000


async def signed_request(request: web.Request, verifier: SignatureVerifier) -> AsyncBoltRequest:
    """A request over HTTP for Bolt; raises HTTPUnauthorized, Unreadable.

    Bolt reads a body before it looks at the signature, and writes a wrong one to the log.
    """
    raw = await request.read()
    if not (_is_slacks(request, raw, verifier) or _checks_certificate(raw)):
        raise web.HTTPUnauthorized(reason="This request is not signed by Slack")
    headers: Any = request.headers
    return readable(body=raw, query=request.query_string, headers=headers)


def readable(body: Any, **known: Any) -> AsyncBoltRequest:
    """What Bolt makes of a body; Unreadable where it can make nothing of it."""
    try:
        text = body.decode() if isinstance(body, bytes) else body
        request = AsyncBoltRequest(body=text, **known)
    except (AttributeError, BoltError, LookupError, RecursionError, TypeError, ValueError) as fault:
        raise Unreadable(problem=type(fault).__name__) from fault
    if problem := frame_problem_of(request.body):
        raise Unreadable(problem=problem)
    return request


async def refuse_unreadable(body: Body, next: Callable[[], Awaitable[None]]) -> None:  # noqa: A002
    """A middleware of Bolt's that lets listeners see only what they can read; raises Unreadable."""
    if problem := problem_of(body):
        raise Unreadable(problem=problem)
    await next()


def _is_slacks(request: web.Request, raw: bytes, verifier: SignatureVerifier) -> bool:
    moment = request.headers.get("x-slack-request-timestamp", "")
    signature = request.headers.get("x-slack-signature", "")
    if not (_SECONDS.fullmatch(moment) and signature.isascii()):
        return False
    try:
        return verifier.is_valid(raw, moment, signature)
    except UnicodeDecodeError:
        return False


def _checks_certificate(raw: bytes) -> bool:
    """Slack's own check of a server's certificate is not signed; Bolt answers it with nothing."""
    return len(raw) < _CHECK_BYTES and parse_qs(raw.decode("latin-1")).get("ssl_check") == ["1"]
