"""Modals and App Home, answered by a small Bolt app."""

import asyncio

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_workspace.pace import Pace
from bot.local_workspace.workspace import LocalWorkspace

from .conftest import Clock, Start, client_of
from .small_app import BLOCKS, HOME, MODAL, Heard, opened, plain

REASON = {"why": {"reason": {"type": "plain_text_input", "value": "too risky"}}}


async def test_a_trigger_opens_one_view(workspace: LocalWorkspace, slack: AsyncWebClient) -> None:
    trigger = workspace.slack.triggers.new("U0ADA")
    await slack.views_open(trigger_id=trigger, view=MODAL)
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        await slack.views_open(trigger_id=trigger, view=MODAL)


async def test_a_trigger_is_good_for_three_seconds(start: Start) -> None:
    clock = Clock()
    workspace = await start(pace=Pace(monotonic=clock))
    trigger = workspace.slack.triggers.new("U0ADA")
    clock.time += 3.1
    with pytest.raises(SlackApiError, match="expired_trigger_id"):
        await client_of(workspace).views_open(trigger_id=trigger, view=MODAL)


async def test_an_invented_trigger_opens_nothing(slack: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="invalid_trigger_id"):
        await slack.views_open(trigger_id="1.2.3", view=MODAL)


async def test_three_modals_lie_on_each_other_and_no_more(
    workspace: LocalWorkspace, slack: AsyncWebClient
) -> None:
    await opened(workspace, slack)
    for _ in range(2):
        await slack.views_push(trigger_id=workspace.slack.triggers.new("U0ADA"), view=MODAL)
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        await slack.views_push(trigger_id=workspace.slack.triggers.new("U0ADA"), view=MODAL)


async def test_a_submission_carries_the_values_and_closes_the_modal(
    workspace: LocalWorkspace, slack: AsyncWebClient, heard: Heard
) -> None:
    view = await opened(workspace, slack)
    assert await workspace.submit("U0ADA", REASON) is None
    [body] = heard.bodies
    assert (body["type"], body["view"]["id"]) == ("view_submission", view["id"])
    assert body["view"]["state"]["values"] == REASON
    assert body["view"]["private_metadata"] == "a1"
    assert workspace.view("U0ADA") is None


async def test_a_required_input_is_asked_for_before_the_app_is(
    workspace: LocalWorkspace, slack: AsyncWebClient, heard: Heard
) -> None:
    await opened(workspace, slack)
    errors = await workspace.submit("U0ADA", {})
    assert errors == {"why": "Please complete this required field."}
    assert heard.bodies == []


async def test_errors_keep_the_modal_open(
    workspace: LocalWorkspace, slack: AsyncWebClient, heard: Heard
) -> None:
    await opened(workspace, slack)
    heard.reply = {"response_action": "errors", "errors": {"why": "Say more."}}
    assert await workspace.submit("U0ADA", REASON) == {"why": "Say more."}
    assert workspace.view("U0ADA")


async def test_an_update_changes_the_modal_in_place(
    workspace: LocalWorkspace, slack: AsyncWebClient, heard: Heard
) -> None:
    view = await opened(workspace, slack)
    heard.reply = {"response_action": "update", "view": {**MODAL, "title": plain("Again")}}
    assert await workspace.submit("U0ADA", REASON) is None
    top = workspace.view("U0ADA") or {}
    assert (top["id"], top["title"]["text"]) == (view["id"], "Again")


async def test_an_unanswered_submission_keeps_the_modal_open(
    workspace: LocalWorkspace, slack: AsyncWebClient
) -> None:
    await opened(workspace, slack)
    assert await workspace.submit("U0ADA", REASON) == {}
    assert workspace.view("U0ADA")


async def test_a_stale_hash_changes_nothing(
    workspace: LocalWorkspace, slack: AsyncWebClient
) -> None:
    view = await opened(workspace, slack)
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await slack.views_update(view_id=view["id"], hash="old", view=MODAL)
    await slack.views_update(view_id=view["id"], hash=view["hash"], view=MODAL)


async def test_app_home_is_opened_and_published(
    workspace: LocalWorkspace, slack: AsyncWebClient, heard: Heard
) -> None:
    assert await workspace.open_home("U0ADA") is None
    await asyncio.wait_for(heard.home_was_opened.wait(), 60)
    event = heard.bodies[0]["event"]
    assert (event["user"], event["channel"], event["tab"]) == ("U0ADA", "D0ADA", "home")
    await slack.views_publish(user_id="U0ADA", view=HOME)
    shown = workspace.home("U0ADA") or {}
    assert shown["blocks"][0]["type"] == "divider"
    assert workspace.home("U0GRACE") is None


async def test_a_click_in_app_home_carries_the_view(
    workspace: LocalWorkspace, slack: AsyncWebClient, heard: Heard
) -> None:
    await slack.views_publish(user_id="U0ADA", view={"type": "home", "blocks": BLOCKS})
    assert await workspace.click_in_view("U0ADA", "approve")
    [body] = heard.bodies
    assert (body["container"]["type"], body["view"]["type"]) == ("view", "home")
    assert "response_url" not in body
