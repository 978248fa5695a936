"""Delivery over HTTP: each request is signed, and a 2xx within three seconds acknowledges it."""

import asyncio
from typing import Any
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier

from bot.local_workspace.delivery import Kind, NotAcknowledged, Parcel
from bot.local_workspace.json_text import Json, compact, decoded
from bot.local_workspace.pace import Pace

JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"


class SignedHttp:
    """The app behind a request URL (`POST /slack/events`)."""

    def __init__(self, url: str, signing_secret: str, pace: Pace) -> None:
        self._url = url
        self._signer = SignatureVerifier(signing_secret)
        self._pace = pace
        self._session: aiohttp.ClientSession | None = None

    @property
    def connected(self) -> bool:
        return True

    async def ready(self) -> None:
        return

    async def send(self, parcel: Parcel) -> Json:
        body, content_type = _body(parcel)
        headers = self._headers(body, content_type, parcel)
        try:
            async with asyncio.timeout(self._pace.ack):
                return await self._post(body, headers)
        except TimeoutError:
            raise NotAcknowledged("http_timeout") from None
        except aiohttp.ClientError:
            raise NotAcknowledged("connection_failed") from None

    async def _post(self, body: str, headers: dict[str, str]) -> Json:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        async with self._session.post(self._url, data=body.encode(), headers=headers) as answer:
            text = await answer.text()
            if not answer.ok:
                final = answer.headers.get("x-slack-no-retry") == "1"
                raise NotAcknowledged("http_error", final=final)
        return _answer(text)

    def _headers(self, body: str, content_type: str, parcel: Parcel) -> dict[str, str]:
        timestamp = str(int(self._pace.now()))
        signature = self._signer.generate_signature(timestamp=timestamp, body=body)
        headers = {
            "content-type": content_type,
            "x-slack-request-timestamp": timestamp,
            "x-slack-signature": signature or "",
        }
        if parcel.retry:
            headers |= {
                "x-slack-retry-num": str(parcel.retry),
                "x-slack-retry-reason": parcel.reason,
            }
        return headers

    async def close(self) -> None:
        if self._session:
            await self._session.close()


def _body(parcel: Parcel) -> tuple[str, str]:
    if parcel.kind is Kind.EVENT:
        return compact(parcel.payload), JSON_TYPE
    if parcel.kind is Kind.INTERACTIVE:
        return urlencode({"payload": compact(parcel.payload)}), FORM_TYPE
    return urlencode(parcel.payload, errors="replace"), FORM_TYPE


def _answer(text: str) -> Json:
    answer: Any = decoded(text) if text else {}
    if isinstance(answer, dict):
        return answer
    return {"text": text}
