"""GET /device/steps/{id}/files/{name}: signed, and told with its hash."""

import hashlib
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.core.http.conftest import Hand
from tests.device_agent.standin import StandIn

TARGET = "/device/steps/step-1/files/a%20b.csv"


@pytest.fixture
def attached(dispatcher: StandIn, tmp_path: Path) -> bytes:
    kept = tmp_path / "kept"
    kept.write_bytes(b"rows")
    dispatcher.attached["a b.csv"] = kept
    return b"rows"


async def test_a_device_gets_the_bytes_and_their_hash(hand: Hand, attached: bytes) -> None:
    answer = await hand.client.get(TARGET, headers=hand.headers("GET", TARGET, b""))
    assert answer.status == HTTPStatus.OK
    assert await answer.read() == attached
    assert answer.headers["X-Dispatch-Sha256"] == hashlib.sha256(attached).hexdigest()


async def test_a_file_that_is_not_the_steps_is_not_there(hand: Hand, attached: bytes) -> None:
    other = "/device/steps/step-1/files/other.csv"
    answer = await hand.client.get(other, headers=hand.headers("GET", other, b""))
    assert answer.status == HTTPStatus.NOT_FOUND
    assert (await answer.json())["error"] == "NotFound"


@pytest.mark.usefixtures("attached")
async def test_a_request_that_is_not_signed_for_this_file_gets_nothing(hand: Hand) -> None:
    stranger = Hand(hand.client)
    other = "/device/steps/step-1/files/b.csv"
    for headers in (
        stranger.headers("GET", TARGET, b""),
        hand.headers("GET", other, b""),
        hand.headers("POST", TARGET, b""),
    ):
        answer = await hand.client.get(TARGET, headers=headers)
        assert answer.status == HTTPStatus.FORBIDDEN
        assert (await answer.json())["error"] == "BadSignature"


@pytest.mark.usefixtures("attached")
async def test_a_request_serves_once(hand: Hand) -> None:
    headers = hand.headers("GET", TARGET, b"")
    assert (await hand.client.get(TARGET, headers=headers)).status == HTTPStatus.OK
    assert (await hand.client.get(TARGET, headers=headers)).status == HTTPStatus.CONFLICT
