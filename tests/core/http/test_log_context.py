"""What the door logs for a request names the device and the step, and not those of another."""

from collections.abc import Mapping

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from dispatch_core.http.door import make_app
from dispatch_core.log_context import known
from dispatch_core.protocol import ReportReply
from dispatch_core.settings import CoreSettings
from tests.core.http.conftest import Hand
from tests.device_agent.standin import StandIn


async def test_a_line_about_a_devices_request_names_the_device_and_the_step(
    dispatcher: StandIn, settings: CoreSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Mapping[str, str]] = []

    async def ends(*_: object) -> None:
        seen.append(known())

    async def reports(*_: object) -> ReportReply:
        seen.append(known())
        return ReportReply()

    async def looks(_request: web.Request) -> web.Response:
        seen.append(known())
        return web.Response()

    monkeypatch.setattr(dispatcher, "end_step", ends)
    monkeypatch.setattr(dispatcher, "report", reports)
    app = make_app(dispatcher, settings, web_routes=[web.get("/looks", looks)])
    async with TestClient(TestServer(app)) as client:
        hand = Hand(client)
        dispatcher.keys["device-1"] = hand.public
        await hand.post("/device/steps/step-7/end", {"status": "done"})
        await hand.post("/device/report", {"platform": "", "capabilities": {}, "permissions": {}})
        # The same connection, and so the same task, serves all three.
        await client.get("/looks")
    assert seen == [
        {"device_id": "device-1", "step_id": "step-7"},
        {"device_id": "device-1"},
        {},
    ]
