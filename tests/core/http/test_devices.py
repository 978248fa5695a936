"""A device's requests are taken only from the device itself, each once."""

import asyncio
import base64
import io
import os
import time
from http import HTTPStatus
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from dispatch_core.abilities import ToolName
from dispatch_core.http.devices import DeviceDoor
from dispatch_core.http.refusals import explain_errors
from dispatch_core.http.signatures import Authenticator
from dispatch_core.http.uploads import Uploads
from tests.core.http.conftest import Hand
from tests.core.small_disk import REFUSAL, files_of_at_most
from tests.device_agent.standin import CODE, StandIn

NO_WORK = {"order": None, "question": None}
ASKS = {
    "verdict": "ask",
    "reasons": ["A person is asked."],
    "bound": {"workingDirectory": "/home/ada"},
}
REPORT = {"platform": "Linux", "capabilities": {}, "permissions": {"shell": True}}


def pairing(hand: Hand, code: str = CODE, key: bytes | None = None) -> dict[str, object]:
    public = base64.urlsafe_b64encode(key or hand.public).decode().rstrip("=")
    return REPORT | {"code": code, "publicKey": public, "name": "laptop"}


async def test_a_device_is_paired_with_the_key_that_signed(hand: Hand, dispatcher: StandIn) -> None:
    answer = await hand.post("/device/pair", pairing(hand))
    assert await answer.json() == {"deviceId": "device-1", "name": "laptop", "confirmed": True}
    assert dispatcher.keys["device-1"] == hand.public


async def test_a_pairing_signed_with_another_key_is_refused(
    hand: Hand, dispatcher: StandIn
) -> None:
    answer = await hand.post("/device/pair", pairing(hand, key=Hand(hand.client).public))
    assert answer.status == HTTPStatus.FORBIDDEN
    assert not dispatcher.paired


async def test_codes_can_not_be_tried_one_after_the_other(hand: Hand) -> None:
    answers = [await hand.post("/device/pair", pairing(hand, "AAAA2222")) for _ in range(11)]
    assert {answer.status for answer in answers[:10]} == {HTTPStatus.FORBIDDEN}
    assert answers[10].status == HTTPStatus.TOO_MANY_REQUESTS
    assert answers[10].headers["Retry-After"] == "60"


async def test_a_signed_report_reaches_the_dispatcher(hand: Hand, dispatcher: StandIn) -> None:
    dispatcher.wider = ("run commands",)
    answer = await hand.post("/device/report", REPORT)
    assert await answer.json() == {"awaitsConfirmation": ["run commands"], "name": ""}
    assert dispatcher.reports[0].permissions.shell


async def test_the_same_request_is_not_taken_twice(hand: Hand, dispatcher: StandIn) -> None:
    nonce = "the-very-same-nonce"
    assert (await hand.post("/device/report", REPORT, nonce=nonce)).status == HTTPStatus.OK
    again = await hand.post("/device/report", REPORT, nonce=nonce)
    assert again.status == HTTPStatus.CONFLICT
    assert (await again.json())["error"] == "Replayed"
    assert len(dispatcher.reports) == 1


@pytest.mark.parametrize("off", [-200, 200])
async def test_a_request_from_another_time_is_refused(
    hand: Hand, dispatcher: StandIn, off: float
) -> None:
    answer = await hand.post("/device/report", REPORT, at=time.time() + off)
    assert (await answer.json())["error"] == "ClockSkew"
    assert not dispatcher.reports


async def test_a_wrong_key_an_unknown_and_a_revoked_device_hear_the_same(
    hand: Hand, dispatcher: StandIn
) -> None:
    stranger = Hand(hand.client, device_id="device-9")
    thief = Hand(hand.client)
    heard = [await (await who.post("/device/report", REPORT)).json() for who in (stranger, thief)]
    del dispatcher.keys["device-1"]
    heard.append(await (await hand.post("/device/report", REPORT)).json())
    assert heard[0] == heard[1] == heard[2]
    assert heard[0]["error"] == "BadSignature"


async def test_a_thief_can_not_use_up_a_nonce(hand: Hand) -> None:
    nonce = "guessed-by-a-thief"
    await Hand(hand.client).post("/device/report", REPORT, nonce=nonce)
    assert (await hand.post("/device/report", REPORT, nonce=nonce)).status == HTTPStatus.OK


async def test_the_signature_covers_the_body_and_the_query(hand: Hand, dispatcher: StandIn) -> None:
    headers = hand.headers("POST", "/device/claim?wait=0", b"")
    other = await hand.client.post("/device/claim?wait=1", headers=headers)
    assert other.status == HTTPStatus.FORBIDDEN
    headers = hand.headers("POST", "/device/report", b"{}")
    other = await hand.client.post("/device/report", data=b"{ }", headers=headers)
    assert other.status == HTTPStatus.FORBIDDEN


async def test_a_claim_asks_first_and_brings_the_order_once_that_is_answered(
    hand: Hand, dispatcher: StandIn
) -> None:
    dispatcher.order(ToolName.SHELL, command="echo hi")
    claimed = await (await hand.post("/device/claim?wait=5")).json()
    assert (claimed["order"], claimed["question"]["arguments"]) == (None, {"command": "echo hi"})
    prepared = await hand.post("/device/steps/step-1/prepared", ASKS)
    assert await prepared.json() == {"order": None}
    claimed = await (await hand.post("/device/claim?wait=5")).json()
    assert claimed["order"]["bound"]["workingDirectory"] == "/home/ada"
    assert claimed["question"] is None


async def test_what_is_allowed_begins_with_the_same_answer(hand: Hand, dispatcher: StandIn) -> None:
    dispatcher.order(ToolName.LIST_FOLDER, path=".")
    await hand.post("/device/claim?wait=5")
    allowed = ASKS | {"verdict": "allow"}
    prepared = await (await hand.post("/device/steps/step-1/prepared", allowed)).json()
    assert prepared["order"]["stepId"] == "step-1"


async def test_a_claim_without_work_is_answered_empty(hand: Hand) -> None:
    assert await (await hand.post("/device/claim?wait=0")).json() == NO_WORK


async def test_progress_and_end_reach_the_step(hand: Hand, dispatcher: StandIn) -> None:
    dispatcher.order(ToolName.SHELL, command="echo hi")
    answer = await hand.post("/device/steps/step-1/progress", {"sequence": 0, "output": "hi"})
    assert await answer.json() == {"stop": False, "input": []}
    ended = await hand.post("/device/steps/step-1/end", {"status": "done", "text": "hi"})
    assert ended.status == HTTPStatus.OK
    assert dispatcher.results["step-1"].text == "hi"


async def test_a_step_that_is_no_longer_the_devices_is_a_conflict(
    hand: Hand, dispatcher: StandIn
) -> None:
    dispatcher.lost.add("step-1")
    ended = await hand.post("/device/steps/step-1/end", {"status": "done"})
    assert ended.status == HTTPStatus.CONFLICT
    assert (await ended.json())["error"] == "LostClaim"


async def test_an_unknown_key_in_a_message_is_named(hand: Hand) -> None:
    answer = await hand.post("/device/steps/step-1/end", {"status": "done", "exitcode": 1})
    assert answer.status == HTTPStatus.BAD_REQUEST
    assert "exitcode" in (await answer.json())["message"]


async def test_a_body_that_is_too_large_is_refused(hand: Hand) -> None:
    answer = await hand.client.post("/device/report", data=io.BytesIO(b"x" * 4_000_000))
    assert answer.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


async def upload(hand: Hand, body: bytes, sent: bytes, target: str) -> tuple[int, dict[str, str]]:
    headers = hand.headers("PUT", target, body)
    answer = await hand.client.put(target, data=sent, headers=headers)
    return answer.status, await answer.json()


async def test_an_artifacts_bytes_are_kept_under_its_name(hand: Hand, dispatcher: StandIn) -> None:
    status, receipt = await upload(
        hand, b"rows", b"rows", "/device/steps/step-1/artifacts/a%20b.csv?kind=table"
    )
    assert status == HTTPStatus.OK
    view, path = dispatcher.artifacts[receipt["artifactId"]]
    assert (view.name, view.kind, path.read_bytes()) == ("a b.csv", "table", b"rows")


async def test_bytes_that_were_not_signed_are_not_kept(hand: Hand, dispatcher: StandIn) -> None:
    target = "/device/steps/step-1/artifacts/a.csv?kind=table"
    status, _ = await upload(hand, b"rows", b"rowz", target)
    assert status == HTTPStatus.BAD_REQUEST
    assert not dispatcher.artifacts


async def test_an_upload_leaves_nothing_behind(hand: Hand, home: Path) -> None:
    await upload(hand, b"rows", b"rows", "/device/steps/step-1/artifacts/a.csv?kind=table")
    assert not list((home / "uploads").iterdir())


async def test_an_upload_takes_away_what_a_killed_process_left(hand: Hand, home: Path) -> None:
    (home / "uploads").mkdir()
    for name, moment in (("upload-old", 0.0), ("upload-young", time.time())):
        (home / "uploads" / name).touch()
        os.utime(home / "uploads" / name, (moment, moment))
    await upload(hand, b"rows", b"rows", "/device/steps/step-1/artifacts/a.csv?kind=table")
    assert [path.name for path in (home / "uploads").iterdir()] == ["upload-young"]


async def test_a_disk_that_refuses_an_upload_is_told_in_a_sentence(hand: Hand, home: Path) -> None:
    large = b"x" * 900_000
    with files_of_at_most(100_000):
        status, refusal = await upload(hand, large, large, "/device/steps/step-1/artifacts/a")
    assert (status, refusal["error"]) == (HTTPStatus.SERVICE_UNAVAILABLE, "NoRoom")
    assert REFUSAL in refusal["message"]
    assert not list((home / "uploads").iterdir())


async def test_a_file_over_the_limit_is_not_kept(dispatcher: StandIn, tmp_path: Path) -> None:
    authenticator = Authenticator(dispatcher)
    door = DeviceDoor(dispatcher, authenticator, Uploads(authenticator, tmp_path / "up", limit=3))
    app = web.Application(middlewares=[explain_errors])
    app.add_routes(door.routes())
    async with TestClient(TestServer(app)) as client:
        hand = Hand(client)
        dispatcher.keys["device-1"] = hand.public
        target = "/device/steps/step-1/artifacts/a.csv?kind=table"
        status, refusal = await upload(hand, b"rows", b"rows", target)
    assert (status, refusal["error"]) == (HTTPStatus.BAD_REQUEST, "ArtifactTooLarge")
    assert not dispatcher.artifacts


async def test_a_stop_does_not_wait_for_those_who_wait_for_work(
    hand: Hand, dispatcher: StandIn
) -> None:
    claiming = asyncio.Event()
    dispatcher.on_claim = claiming.set
    poll = asyncio.ensure_future(hand.post("/device/claim?wait=25"))
    await claiming.wait()
    app = hand.client.app
    assert app is not None
    await app.shutdown()
    assert await (await poll).json() == NO_WORK
