"""Clicks, commands, modals and App Home, answered by a small Bolt app."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.local_workspace.interactions import Click, act
from bot.local_workspace.pace import Pace
from bot.local_workspace.refusal import Refusal
from bot.local_workspace.signals import PageEvent
from bot.local_workspace.workspace import LocalWorkspace

from .conftest import Clock, Start
from .small_app import BLOCKS, GENERAL, Heard, plain, posted

Json = dict[str, Any]


async def test_a_click_carries_the_message_and_the_buttons_value(
    workspace: LocalWorkspace, slack: AsyncWebClient, heard: Heard
) -> None:
    root = await posted(slack)
    ts = await posted(slack, thread_ts=root)
    assert await workspace.click("U0GRACE", GENERAL, ts, "approve", value="forged")
    [body] = heard.bodies
    assert (body["type"], body["user"]["id"]) == ("block_actions", "U0GRACE")
    assert body["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": GENERAL,
        "is_ephemeral": False,
        "thread_ts": root,
    }
    assert (body["actions"][0]["value"], body["actions"][0]["block_id"]) == ("a1", "buttons")
    assert body["message"]["ts"] == ts


async def test_a_choice_is_one_of_those_offered(
    workspace: LocalWorkspace, slack: AsyncWebClient, heard: Heard
) -> None:
    ts = await posted(slack)
    chosen = {"text": plain("inline"), "value": "inline"}
    await workspace.click("U0ADA", GENERAL, ts, "route", selected_option=chosen)
    assert heard.bodies[0]["actions"][0]["selected_option"] == chosen
    other = {"text": plain("x"), "value": "x"}
    with pytest.raises(Refusal, match="option_not_found"):
        await workspace.click("U0ADA", GENERAL, ts, "route", selected_option=other)


async def test_a_button_that_is_gone_can_not_be_clicked(
    workspace: LocalWorkspace, slack: AsyncWebClient
) -> None:
    ts = await posted(slack)
    with pytest.raises(Refusal, match="action_not_found"):
        await workspace.click("U0ADA", GENERAL, ts, "other")


async def test_a_button_is_pressed_though_its_message_was_redrawn_meanwhile(
    workspace: LocalWorkspace, slack: AsyncWebClient, heard: Heard
) -> None:
    ts = await posted(slack)
    old = Click("U0ADA", "approve", block_id="as-drawn-before", channel=GENERAL, message_ts=ts)
    assert await act(workspace.slack, replace(old, choice={"value": "a1"}))
    assert heard.bodies[0]["actions"][0]["block_id"] == "buttons"
    with pytest.raises(Refusal, match="action_not_found"):
        await act(workspace.slack, replace(old, choice={"value": "another"}))


async def test_a_stranger_can_not_click_in_a_direct_message(
    workspace: LocalWorkspace, slack: AsyncWebClient
) -> None:
    post = await slack.chat_postMessage(channel="D0ADA", text="x", blocks=BLOCKS)
    with pytest.raises(Refusal, match="channel_not_found"):
        await workspace.click("U0GRACE", "D0ADA", post["ts"], "approve")


async def next_error(queue: asyncio.Queue[PageEvent]) -> PageEvent:
    async with asyncio.timeout(60):
        while True:
            event = await queue.get()
            if event.name == "error":
                return event


async def test_an_unanswered_click_is_told_to_the_person(
    workspace: LocalWorkspace, slack: AsyncWebClient
) -> None:
    ts = await posted(slack)
    with workspace.slack.page.subscribed("U0ADA") as queue:
        assert not await workspace.click("U0ADA", GENERAL, ts, "approve")
        assert "didn't answer" in (await next_error(queue)).data["sentence"]


async def test_an_ephemeral_click_says_so_and_carries_no_message(
    workspace: LocalWorkspace, slack: AsyncWebClient, heard: Heard
) -> None:
    post = await slack.chat_postEphemeral(channel=GENERAL, user="U0ADA", text="x", blocks=BLOCKS)
    await workspace.click("U0ADA", GENERAL, post["message_ts"], "approve")
    [body] = heard.bodies
    assert body["container"]["is_ephemeral"]
    assert "message" not in body


async def clicked(workspace: LocalWorkspace, slack: AsyncWebClient, heard: Heard) -> Json:
    await workspace.click("U0ADA", GENERAL, await posted(slack), "approve")
    return heard.bodies[-1]


async def test_a_response_url_answers_to_one_person(
    workspace: LocalWorkspace, slack: AsyncWebClient, heard: Heard
) -> None:
    body = await clicked(workspace, slack, heard)
    await AsyncWebhookClient(body["response_url"]).send(text="only you")
    assert workspace.messages(GENERAL, "U0ADA")[-1]["text"] == "only you"
    assert workspace.messages(GENERAL, "U0GRACE")[-1]["text"] == "x"


async def test_a_response_url_replaces_and_deletes_its_message(
    workspace: LocalWorkspace, slack: AsyncWebClient, heard: Heard
) -> None:
    body = await clicked(workspace, slack, heard)
    webhook = AsyncWebhookClient(body["response_url"])
    await webhook.send(text="replaced", replace_original=True)
    [message] = workspace.messages(GENERAL)
    assert (message["text"], "blocks" in message) == ("replaced", False)
    await webhook.send(delete_original=True)
    assert workspace.messages(GENERAL) == []


async def test_a_response_url_replaces_an_ephemeral_message(
    workspace: LocalWorkspace, slack: AsyncWebClient, heard: Heard
) -> None:
    post = await slack.chat_postEphemeral(channel=GENERAL, user="U0ADA", text="x", blocks=BLOCKS)
    await workspace.click("U0ADA", GENERAL, post["message_ts"], "approve")
    webhook = AsyncWebhookClient(heard.bodies[0]["response_url"])
    await webhook.send(text="replaced", replace_original=True)
    [message] = workspace.messages(GENERAL, "U0ADA")
    assert (message["text"], message["ts"]) == ("replaced", post["message_ts"])


async def test_a_response_url_is_good_for_five_posts(
    workspace: LocalWorkspace, slack: AsyncWebClient, heard: Heard
) -> None:
    webhook = AsyncWebhookClient((await clicked(workspace, slack, heard))["response_url"])
    answers = [await webhook.send(text=str(number)) for number in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [404]
    assert "used_url" in answers[-1].body


async def test_a_response_url_checks_blocks(
    workspace: LocalWorkspace, slack: AsyncWebClient, heard: Heard
) -> None:
    webhook = AsyncWebhookClient((await clicked(workspace, slack, heard))["response_url"])
    answer = await webhook.send(text="x", blocks=[{"type": "nonsense"}])
    assert "invalid_blocks" in answer.body


async def test_a_response_url_lives_for_thirty_minutes(start: Start) -> None:
    clock = Clock()
    workspace = await start(pace=Pace(monotonic=clock))
    key = workspace.slack.response_urls.new(GENERAL, "U0ADA")
    clock.time += 1801
    with pytest.raises(Refusal, match="expired_url"):
        workspace.slack.response_urls.use(key)
