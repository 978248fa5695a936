"""Who the door lets in, and what everyone may ask of it."""

import asyncio
import logging
from http import HTTPStatus

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from dispatch_core.http.door import make_app
from dispatch_core.settings import CoreSettings
from dispatch_core.views import AttachedFile, EntryKind, MessageView, ThreadEntry
from tests.device_agent.standin import StandIn, artifact


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:80", "127.0.0.1:1", "localhost", "127.0.0.1.evil.example"],
)
async def test_a_foreign_host_is_refused(client: TestClient, host: str) -> None:
    answer = await client.get("/healthz", headers={"Host": host})
    assert answer.status == HTTPStatus.FORBIDDEN
    assert (await answer.json())["error"] == "ForeignRequest"


@pytest.mark.parametrize(
    "host", ["localhost:{port}", "127.0.0.1:{port}", "[::1]:{port}", "dispatch.example"]
)
async def test_an_own_host_is_let_in(client: TestClient, host: str) -> None:
    answer = await client.get("/healthz", headers={"Host": host.format(port=client.port)})
    assert answer.status == HTTPStatus.OK


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
async def test_a_foreign_origin_is_refused(client: TestClient, origin: str) -> None:
    answer = await client.get("/healthz", headers={"Origin": origin})
    assert answer.status == HTTPStatus.FORBIDDEN


async def test_its_own_origin_is_let_in(client: TestClient) -> None:
    answer = await client.get("/healthz", headers={"Origin": "https://dispatch.example"})
    assert answer.status == HTTPStatus.OK


async def test_an_artifact_is_a_download_and_never_a_page(
    client: TestClient, dispatcher: StandIn
) -> None:
    page = dispatcher.folder / "page"
    page.write_text("<script>alert(1)</script>")
    dispatcher.artifacts["a1"] = (artifact("a1", 'Übersicht "1".html'), page)
    token = dispatcher.sign("/artifacts/a1")
    answer = await client.get(f"/artifacts/a1?token={token}")
    assert await answer.text() == page.read_text()
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="_bersicht _1_.html"; '
        "filename*=UTF-8''%C3%9Cbersicht%20%221%22.html"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")


@pytest.mark.parametrize("token", ["", "?token=", "?token=forged"])
async def test_an_artifact_needs_its_own_token(
    client: TestClient, dispatcher: StandIn, token: str
) -> None:
    dispatcher.artifacts["a1"] = (artifact("a1", "x"), dispatcher.folder)
    answer = await client.get(f"/artifacts/a1{token}")
    assert (await answer.json())["error"] == "BadLink"


async def test_a_name_can_not_break_out_of_its_header(
    client: TestClient, dispatcher: StandIn
) -> None:
    file = dispatcher.folder / "file"
    file.write_text("x")
    dispatcher.artifacts["a1"] = (artifact("a1", "a\r\nSet-Cookie: b\udcff"), file)
    answer = await client.get(f"/artifacts/a1?token={dispatcher.sign('/artifacts/a1')}")
    assert answer.status == HTTPStatus.OK
    assert "Set-Cookie" not in answer.headers


async def test_a_thread_is_shown_without_the_front_ends_handles(
    client: TestClient, dispatcher: StandIn
) -> None:
    file = AttachedFile(name="a.csv", mime_type="text/csv", size_bytes=3, source="secret-handle")
    body = MessageView(id="m1", author="T1:U1", text="hello", files=(file,))
    entry = ThreadEntry(
        id="e1",
        thread_key="T1:C1:1.0",
        position=1,
        kind=EntryKind.MESSAGE,
        revision=2,
        announced=1,
        ref="C1/1.0",
        attempt=None,
        body=body,
    )
    dispatcher.entries["T1:C1:1.0"] = (entry,)
    token = dispatcher.sign("/threads/T1:C1:1.0")
    answer = await client.get(f"/threads/T1%3AC1%3A1.0?token={token}")
    shown = (await answer.json())["entries"][0]
    assert shown["message"]["text"] == "hello"
    assert shown["message"]["files"] == [{"name": "a.csv", "mimeType": "text/csv", "sizeBytes": 3}]
    assert "ref" not in shown
    assert "secret-handle" not in await answer.text()


async def test_a_door_with_a_broken_store_is_alive_but_not_ready(
    client: TestClient, dispatcher: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dispatch_core.http.health.FRESH_SECONDS", 0)
    assert (await client.get("/readyz")).status == HTTPStatus.OK
    dispatcher.ill = True
    answer = await client.get("/readyz")
    assert answer.status == HTTPStatus.SERVICE_UNAVAILABLE
    assert "disk full" in (await answer.json())["why"]
    assert (await client.get("/healthz")).status == HTTPStatus.OK


async def test_many_who_ask_at_once_share_one_look_at_the_database(
    client: TestClient, dispatcher: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = []

    async def look() -> None:
        looks.append(1)
        await asyncio.sleep(0)

    monkeypatch.setattr(dispatcher, "ready", look)
    answers = await asyncio.gather(*(client.get("/readyz") for _ in range(20)))
    assert {answer.status for answer in answers} == {HTTPStatus.OK}
    assert len(looks) == 1


async def test_readiness_waits_for_the_front_end(
    dispatcher: StandIn, settings: CoreSettings
) -> None:
    app = make_app(dispatcher, settings, readiness=lambda: "Slack is not connected.")
    async with TestClient(TestServer(app)) as client:
        assert (await (await client.get("/readyz")).json())["why"] == "Slack is not connected."


async def test_metrics_count_what_there_is_and_what_was_asked(client: TestClient) -> None:
    await client.get("/artifacts/a1?token=secret-token")
    text = await (await client.get("/metrics")).text()
    assert 'dispatch_runs{status="queued"} 2.0' in text
    assert 'dispatch_devices{presence="online"} 1.0' in text
    assert 'route="/artifacts/{artifact_id}",status="403"} 1.0' in text
    assert 'dispatch_runs_ended_total{reason="done",route="inline"} 1.0' in text
    assert "process_resident_memory_bytes" in text
    assert "secret-token" not in text


async def test_metrics_are_there_without_the_store(client: TestClient, dispatcher: StandIn) -> None:
    dispatcher.ill = True
    text = await (await client.get("/metrics")).text()
    assert "dispatch_store_up 0.0" in text


async def test_an_unexpected_error_is_logged_under_the_id_that_is_shown(
    dispatcher: StandIn, settings: CoreSettings, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(request: web.Request) -> web.Response:
        raise RuntimeError(request.query["token"])

    app = make_app(dispatcher, settings, web_routes=[web.get("/broken", broken)])
    with caplog.at_level(logging.ERROR):
        async with TestClient(TestServer(app)) as client:
            answer = await client.get("/broken?token=secret-token")
            message = (await answer.json())["message"]
    assert answer.status == HTTPStatus.INTERNAL_SERVER_ERROR
    assert message.split()[-1].rstrip(".") in caplog.text
    assert "secret-token" not in caplog.text


async def test_an_unknown_path_is_a_refusal_in_json(client: TestClient) -> None:
    answer = await client.get("/nowhere")
    assert answer.status == HTTPStatus.NOT_FOUND
    assert (await answer.json())["message"] == "Not Found."
