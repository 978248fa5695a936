"""The clients for Slack's Web API: one that asks again, and one that never repeats a post."""

import ipaddress
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

CALL_SECONDS = 15  # a call that took longer is asked again or reported


def open_session() -> aiohttp.ClientSession:
    """One session for all calls, so that connections are reused; its owner closes it."""
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=CALL_SECONDS))


def asking_client(token: str, base_url: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """For reading, and for what may be told twice: retried on 429, 5xx and a lost connection."""
    client = _client(token, base_url, session)
    client.retry_handlers = [
        AsyncConnectionErrorRetryHandler(max_retry_count=2),
        # Long enough for a bad minute: an event waits unacknowledged, and its copies wait with it.
        AsyncRateLimitErrorRetryHandler(max_retry_count=10),
        AsyncServerErrorRetryHandler(max_retry_count=4),
    ]
    return client


def posting_client(token: str, base_url: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """For posts that must appear once: a lost answer is no proof that the post was not made."""
    client = _client(token, base_url, session)
    client.retry_handlers = []
    return client


def on_this_machine(url: str) -> bool:
    """Whether a URL's host is this machine, which no proxy can reach."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _client(token: str, base_url: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    client = AsyncWebClient(token=token, base_url=base_url, session=session, timeout=CALL_SECONDS)
    if on_this_machine(base_url):
        # slack_sdk reads HTTP_PROXY and knows no NO_PROXY.
        client.proxy = None
    return client
