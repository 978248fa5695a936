"""A real aiohttp server around the door, and a hand that signs as protocol.py says."""

import base64
import hashlib
import itertools
import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from dispatch_core.http.door import make_app
from dispatch_core.settings import CoreSettings
from dispatch_core.signing import signing_text
from tests.device_agent.standin import StandIn

NONCES = itertools.count()


@dataclass
class Hand:
    """Signs requests with a key, as a device does."""

    client: TestClient
    device_id: str = "device-1"
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    def headers(
        self, method: str, target: str, body: bytes, at: float | None = None, nonce: str = ""
    ) -> dict[str, str]:
        moment = str(int(time.time() if at is None else at))
        nonce = nonce or f"nonce-{next(NONCES):016}"
        signature = self.key.sign(signing_text(method, target, body, moment, nonce))
        return {
            "X-Dispatch-Device": self.device_id,
            "X-Dispatch-Time": moment,
            "X-Dispatch-Nonce": nonce,
            "X-Dispatch-Signature": base64.urlsafe_b64encode(signature).decode().rstrip("="),
            "X-Dispatch-Sha256": hashlib.sha256(body).hexdigest(),
        }

    async def post(self, target: str, message: Any = None, **how: Any) -> ClientResponse:
        body = b"" if message is None else json.dumps(message).encode()
        return await self.client.post(
            target, data=body, headers=self.headers("POST", target, body, **how)
        )


@pytest.fixture
def dispatcher(tmp_path: Path) -> StandIn:
    return StandIn(tmp_path)


@pytest.fixture
def settings(home: Path) -> CoreSettings:
    return CoreSettings(home=home, public_url="https://dispatch.example")


@pytest.fixture
async def client(dispatcher: StandIn, settings: CoreSettings) -> AsyncIterator[TestClient]:
    async with TestClient(TestServer(make_app(dispatcher, settings))) as client:
        yield client


@pytest.fixture
def hand(client: TestClient, dispatcher: StandIn) -> Hand:
    hand = Hand(client)
    dispatcher.keys["device-1"] = hand.public
    return hand
