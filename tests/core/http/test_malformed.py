"""Whatever comes over the wire is answered with one sentence, and leaves no trace in the log."""

import asyncio
import json
import logging
from http import HTTPStatus
from typing import Any

import pytest
from aiohttp.test_utils import TestClient

from tests.core.http.conftest import Hand
from tests.device_agent.standin import StandIn

END = {"status": "done", "text": ""}
PREPARED = {"verdict": "ask", "reasons": []}
PROGRESS = {"sequence": 0}
REPORT = {"platform": "Linux", "capabilities": {}, "permissions": {}}
NUL = "a\0b"


async def raw(client: TestClient, request: bytes) -> bytes:
    """The answer to these very bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
    writer.write(request.replace(b"PORT", str(client.port).encode()))
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


def refusal_in(answer: bytes) -> str:
    return str(json.loads(answer.partition(b"\r\n\r\n")[2])["message"])


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: -5\r\n\r\nxx",
        b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\n",
        b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
        b"A header without a colon\r\n\r\n",
    ],
)
async def test_what_is_no_http_is_refused_with_a_line_in_the_log_and_no_trace(
    client: TestClient, head: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        answer = await raw(
            client, b"POST /device/report HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n" + head
        )
    assert answer.split()[1] == b"400"
    told = [one for one in caplog.records if one.name == "aiohttp.server"]
    assert told
    assert {(one.levelname, one.exc_info) for one in told} == {("INFO", None)}


@pytest.mark.parametrize("header", [b"Host: \xff\xe4:PORT", b"Host: 127.0.0.1:\xb2"])
async def test_a_host_that_is_no_text_is_refused_like_any_other(
    client: TestClient, header: bytes
) -> None:
    answer = await raw(client, b"GET /healthz HTTP/1.0\r\n" + header + b"\r\n\r\n")
    assert answer.split()[1] == b"403"
    assert refusal_in(answer).startswith("The host ")


async def test_an_origin_that_is_no_text_is_refused_like_any_other(client: TestClient) -> None:
    head = b"GET /healthz HTTP/1.0\r\nHost: 127.0.0.1:PORT\r\nOrigin: http://\xff\r\n\r\n"
    assert refusal_in(await raw(client, head)).startswith("The origin ")


@pytest.mark.parametrize("moment", ["9" * 400, "9" * 5_000, "-5", "1e9", "1.5", ""])
async def test_a_time_that_is_none_is_refused(hand: Hand, moment: str) -> None:
    headers = hand.headers("POST", "/device/report", b"{}") | {"X-Dispatch-Time": moment}
    answer = await hand.client.post("/device/report", data=b"{}", headers=headers)
    assert (await answer.json())["error"] == "ClockSkew"


async def test_a_device_that_is_named_by_no_text_is_unknown(
    hand: Hand, dispatcher: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = hand.headers("POST", "/device/report", b"")
    del known["X-Dispatch-Device"]
    head = (
        b"POST /device/report HTTP/1.0\r\nHost: 127.0.0.1:PORT\r\nX-Dispatch-Device: \xff\xe4\r\n"
    )
    head += "".join(f"{name}: {value}\r\n" for name, value in known.items()).encode()
    assert "not signed by a paired device" in refusal_in(await raw(hand.client, head + b"\r\n"))


@pytest.mark.parametrize("step", ["%00", "%F0%9F%98%80", "..%2F..", "a" * 65])
@pytest.mark.parametrize(
    ("deed", "message"), [("progress", PROGRESS), ("end", END), ("prepared", PREPARED)]
)
async def test_there_is_no_step_with_an_id_that_is_none(
    hand: Hand, step: str, deed: str, message: dict[str, Any]
) -> None:
    answer = await hand.post(f"/device/steps/{step}/{deed}", message)
    assert answer.status == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    ("deed", "message", "names"),
    [
        ("report", REPORT | {"platform": NUL}, "platform"),
        ("report", REPORT | {"platform": None}, "platform"),
        ("report", REPORT | {"permissions": {"shell": []}}, "permissions.shell"),
        ("report", REPORT | {"capabilities": {"reachableFolders": [NUL]}}, "reachableFolders.0"),
        ("steps/s/prepared", PREPARED | {"grant": {"key": NUL, "words": ""}}, "grant.key"),
        ("steps/s/prepared", PREPARED | {"verdict": "perhaps"}, "verdict"),
        ("steps/s/progress", {"sequence": 2**31}, "sequence"),
        ("steps/s/progress", {"sequence": 10**400}, "sequence"),
        ("steps/s/progress", PROGRESS | {"inputTaken": 2**31}, "inputTaken"),
        ("steps/s/end", END | {"exitCode": 2**63}, "exitCode"),
        ("steps/s/end", END | {"seconds": float("nan")}, "seconds"),
    ],
)
async def test_a_device_hears_which_field_of_its_message_is_wrong(
    hand: Hand, deed: str, message: dict[str, Any], names: str
) -> None:
    answer = await hand.post(f"/device/{deed}", message)
    assert answer.status == HTTPStatus.BAD_REQUEST
    told = (await answer.json())["message"]
    assert told.startswith("This request can't be read: ")
    assert f"{names}: " in told


async def test_a_refusal_stays_short_however_long_what_it_quotes(hand: Hand) -> None:
    answer = await hand.post("/device/report", REPORT | {"k" * 500_000: 1})
    assert answer.status == HTTPStatus.BAD_REQUEST
    assert len(await answer.text()) < 1_100


@pytest.mark.parametrize("body", [b"[" * 1_000 + b"]" * 1_000, b'"\\ud800"', b'"\xff"', b"1}", b""])
async def test_a_body_that_is_no_json_is_refused(hand: Hand, body: bytes) -> None:
    target = "/device/report"
    headers = hand.headers("POST", target, body)
    answer = await hand.client.post(target, data=body, headers=headers)
    assert (answer.status, (await answer.json())["error"]) == (400, "BadMessage")


@pytest.mark.parametrize("what", ["%00?kind=table", f"{'a' * 256}?kind=table", "a.csv?kind=%00"])
async def test_a_file_with_a_name_that_none_can_have_is_refused(hand: Hand, what: str) -> None:
    target = f"/device/steps/step-1/artifacts/{what}"
    answer = await hand.client.put(target, data=b"x", headers=hand.headers("PUT", target, b"x"))
    assert (await answer.json())["message"].endswith(
        "a name has no NUL and at most 255 characters."
    )
