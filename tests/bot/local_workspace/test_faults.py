"""Faults: each trouble as a client meets it."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_workspace.faults import FAULTS
from bot.local_workspace.refusal import Refusal
from bot.local_workspace.workspace import LocalWorkspace

GENERAL = "C0GENERAL"


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.mark.parametrize(("fault", "status"), [("rate_limit", 429), ("server_error", 500)])
async def test_a_refused_call_does_nothing(
    workspace: LocalWorkspace, slack: AsyncWebClient, fault: str, status: int
) -> None:
    workspace.faults.set(fault)
    with pytest.raises(SlackApiError) as raised:
        await slack.chat_postMessage(channel=GENERAL, text="x")
    assert raised.value.response.status_code == status
    assert workspace.messages(GENERAL) == []
    workspace.faults.set(fault, False)
    await slack.chat_postMessage(channel=GENERAL, text="x")


async def test_rate_limited_says_when_to_come_again(
    workspace: LocalWorkspace, slack: AsyncWebClient
) -> None:
    workspace.faults.set("rate_limit")
    with pytest.raises(SlackApiError) as raised:
        await slack.auth_test()
    assert raised.value.response.headers["retry-after"] == "1"


async def test_a_lost_answer_leaves_the_work_done(
    workspace: LocalWorkspace, slack: AsyncWebClient
) -> None:
    workspace.faults.set("lost_answer")
    with pytest.raises(aiohttp.ClientError):
        await slack.chat_postMessage(channel=GENERAL, text="done all the same")
    assert workspace.messages(GENERAL)[0]["text"] == "done all the same"
    assert workspace.calls[-1].answer is None


async def test_a_slow_answer_comes_late(
    workspace: LocalWorkspace, session: aiohttp.ClientSession
) -> None:
    workspace.faults.set("slow")
    timeout = aiohttp.ClientTimeout(total=workspace.pace.slow / 2)
    with pytest.raises(TimeoutError):
        await session.post(f"{workspace.api_url}api.test", timeout=timeout)


async def test_an_unknown_fault_is_refused(workspace: LocalWorkspace) -> None:
    with pytest.raises(Refusal, match="unknown_fault"):
        workspace.faults.set("earthquake")


async def test_every_fault_is_listed_with_its_words(workspace: LocalWorkspace) -> None:
    workspace.faults.set("slow")
    listed = workspace.faults.listed()
    assert {one["id"] for one in listed if one["on"]} == {"slow"}
    assert len(listed) == len(FAULTS) == 7
