"""What people write to a running step, as the companion hears of it with its reports."""

import json

import pytest
import requests
import responses

from device_agent.client import Client
from device_agent.identity import Identity
from device_agent.reporter import Reporter
from device_agent.tools.step import Stop
from tests.device_agent.waiting import eventually

URL = "https://dispatch.example"
WRITTEN = ["first", "second", "third"]


@pytest.mark.parametrize("lost", [(), (0,), (1, 2)], ids=["all heard", "one lost", "two lost"])
def test_each_line_is_heard_once_and_in_order_whatever_answer_is_lost(
    lost: tuple[int, ...],
) -> None:
    """The core gives what the device has not had, and an answer may be lost on its way back."""
    counts: list[int] = []

    def core(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        taken = json.loads(request.body or "{}")["inputTaken"]
        counts.append(taken)
        if len(counts) - 1 in lost:
            raise requests.ConnectionError
        known = WRITTEN[: min(len(counts), 3)]  # a line more with each report
        return 200, {}, json.dumps({"stop": False, "input": known[taken:]})

    with responses.RequestsMock() as wire:
        wire.add_callback("POST", f"{URL}/device/steps/step-1/progress", core)
        client = Client(URL, Identity.new(), "device-1", "laptop")
        reporter = Reporter(client, "step-1", Stop(), every=0.01)
        heard: list[str] = []
        with reporter.reporting():
            eventually(lambda: heard.extend(reporter.take_input()) or len(heard) >= 3)
            eventually(lambda: counts[-1] == 3)
        heard.extend(reporter.take_input())
    assert heard == WRITTEN
