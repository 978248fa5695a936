"""Clicks, commands, modals and App Home, answered by a small Bolt app."""

import asyncio
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.local_workspace.pace import Pace
from bot.local_workspace.refusal import Refusal
from bot.local_workspace.signals import PageEvent
from bot.local_workspace.workspace import LocalWorkspace

from .conftest import Clock, Connect, Start, client_of

GENERAL = "C0GENERAL"
Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


BUTTON = {
    "type": "button",
    "text": plain("Approve"),
    "action_id": "approve",
    "value": "a1",
    "style": "primary",
}
CHOICE = {
    "type": "static_select",
    "action_id": "route",
    "options": [{"text": plain("inline"), "value": "inline"}],
}
BLOCKS = [{"type": "actions", "block_id": "buttons", "elements": [BUTTON, CHOICE]}]
ASKING = {
    "type": "input",
    "block_id": "why",
    "label": plain("Why?"),
    "element": {"type": "plain_text_input", "action_id": "reason"},
}
MODAL = {
    "type": "modal",
    "callback_id": "reject",
    "title": plain("Reject"),
    "submit": plain("Reject"),
    "blocks": [ASKING],
    "private_metadata": "a1",
}
HOME = {"type": "home", "blocks": [{"type": "divider"}]}


async def posted(slack: AsyncWebClient, **more: Any) -> str:
    post = await slack.chat_postMessage(channel=GENERAL, text="x", blocks=BLOCKS, **more)
    return str(post["ts"])


class Heard:
    """A Bolt app that acknowledges everything and keeps what it was sent."""

    def __init__(self, app: AsyncApp) -> None:
        self.bodies: list[Json] = []
        self.reply: Json = {}
        self.home_was_opened = asyncio.Event()
        app.action("approve")(self.take)
        app.action("route")(self.take)
        app.view("reject")(self.answer)
        app.view_closed("reject")(self.take)
        app.command("/dispatch")(self.answer)
        app.event("app_home_opened")(self.hear)
        app.event("message")(self.ignore)

    async def take(self, ack: Any, body: Json) -> None:
        self.bodies.append(body)
        await ack()

    async def answer(self, ack: Any, body: Json) -> None:
        self.bodies.append(body)
        await ack(**self.reply)

    async def hear(self, body: Json) -> None:
        self.bodies.append(body)
        self.home_was_opened.set()

    async def ignore(self) -> None:
        return


@pytest.fixture
async def heard(app: AsyncApp, connect: Connect) -> Heard:
    heard = Heard(app)
    await connect(app)
    return heard


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


async def test_a_stranger_can_not_click_in_a_direct_message(
    workspace: LocalWorkspace, slack: AsyncWebClient
) -> None:
    post = await slack.chat_postMessage(channel="D0ADA", text="x", blocks=BLOCKS)
    with pytest.raises(Refusal, match="channel_not_found"):
        await workspace.click("U0GRACE", "D0ADA", post["ts"], "approve")


async def next_error(queue: asyncio.Queue[PageEvent]) -> PageEvent:
    async with asyncio.timeout(5):
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


async def opened(workspace: LocalWorkspace, slack: AsyncWebClient, **more: Any) -> Json:
    trigger = workspace.slack.triggers.new("U0ADA")
    answer = await slack.views_open(trigger_id=trigger, view={**MODAL, **more})
    return dict(answer["view"])


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


REASON = {"why": {"reason": {"type": "plain_text_input", "value": "too risky"}}}


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
    await asyncio.wait_for(heard.home_was_opened.wait(), 5)
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


async def test_a_command_is_sent_and_its_answer_is_for_its_asker(
    workspace: LocalWorkspace, heard: Heard
) -> None:
    heard.reply = {"text": "on it"}
    await workspace.command("U0ADA", GENERAL, "/dispatch", "say <hi> @grace")
    [body] = heard.bodies
    assert (body["command"], body["text"]) == ("/dispatch", "say &lt;hi&gt; <@U0GRACE>")
    assert (body["channel_name"], body["user_name"]) == ("general", "ada")
    [answer] = workspace.messages(GENERAL, "U0ADA")
    assert (answer["text"], answer["is_ephemeral"]) == ("on it", True)


async def test_an_answer_in_the_channel_is_for_everybody(
    workspace: LocalWorkspace, heard: Heard
) -> None:
    heard.reply = {"text": "on it", "response_type": "in_channel"}
    await workspace.command("U0ADA", GENERAL, "/dispatch")
    [answer] = workspace.messages(GENERAL, "U0GRACE")
    assert answer["subtype"] == "bot_message"


async def test_an_unknown_command_is_refused(workspace: LocalWorkspace) -> None:
    with pytest.raises(Refusal, match="unknown_command"):
        await workspace.command("U0ADA", GENERAL, "/nonsense")


async def test_a_command_nobody_listens_to_fails(workspace: LocalWorkspace) -> None:
    with pytest.raises(Refusal, match="dispatch_failed"):
        await workspace.command("U0ADA", GENERAL, "/dispatch")
