"""Block Kit's limits and keys, each broken once."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_workspace.block_kit.checking import checked_blocks
from bot.local_workspace.refusal import Refusal

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(text: str = "x", **more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text), **more}


def button(**more: Any) -> Json:
    return {"type": "button", "text": plain("Go"), "action_id": "go", **more}


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def select(options: list[Json]) -> Json:
    return {"type": "static_select", "action_id": "choose", "options": options}


def option(text: str = "One", value: str = "1") -> Json:
    return {"text": plain(text), "value": value}


def markdown(length: int) -> Json:
    return {"type": "markdown", "text": "x" * length}


def confirm(**more: Any) -> Json:
    parts = {"title": plain("t"), "text": plain("x"), "confirm": plain("y"), "deny": plain("n")}
    return button(confirm={**parts, **more})


BROKEN = {
    "unknown type": ({"type": "sectoin"}, "unsupported type: sectoin", "/blocks/0/type"),
    "unknown key": (section(colour="red"), "invalid additional property: colour", "/blocks/0"),
    "missing key": ({"type": "header"}, "missing required field: text", "/blocks/0"),
    "empty section": ({"type": "section"}, "must have at least one of", "/blocks/0"),
    "long section": (section("x" * 3001), "less than 3001", "/blocks/0/text/text"),
    "empty text": (section(""), "must be more than 0", "/blocks/0/text/text"),
    "mrkdwn header": (
        {"type": "header", "text": mrkdwn("x")},
        "unsupported text type: mrkdwn",
        "/blocks/0/text/type",
    ),
    "long header": ({"type": "header", "text": plain("x" * 151)}, "151", "/blocks/0/text/text"),
    "emoji on mrkdwn": (
        {"type": "section", "text": {**mrkdwn("x"), "emoji": True}},
        "invalid additional property: emoji",
        "/blocks/0/text",
    ),
    "eleven fields": (
        {"type": "section", "fields": [mrkdwn("x")] * 11},
        "no more than 10",
        "/blocks/0/fields",
    ),
    "long field": (
        {"type": "section", "fields": [mrkdwn("x" * 2001)]},
        "less than 2001",
        "/blocks/0/fields/0/text",
    ),
    "eleven context elements": (
        {"type": "context", "elements": [mrkdwn("x")] * 11},
        "no more than 10",
        "/blocks/0/elements",
    ),
    "button in context": (
        {"type": "context", "elements": [button()]},
        "unsupported type: button",
        "/blocks/0/elements/0/type",
    ),
    "no actions": (actions(), "must provide at least 1", "/blocks/0/elements"),
    "26 actions": (
        actions(*(button(action_id=f"b{number}") for number in range(26))),
        "no more than 25",
        "/blocks/0/elements",
    ),
    "long button": (actions(button(text=plain("x" * 76))), "76", "/blocks/0/elements/0/text/text"),
    "mrkdwn button": (
        actions(button(text=mrkdwn("x"))),
        "unsupported text type",
        "/blocks/0/elements/0/text/type",
    ),
    "long button value": (
        actions(button(value="x" * 2001)),
        "less than 2001",
        "/blocks/0/elements/0/value",
    ),
    "button style": (
        actions(button(style="default")),
        "must be one of: primary, danger",
        "/blocks/0/elements/0/style",
    ),
    "long action_id": (
        actions(button(action_id="x" * 256)),
        "less than 256",
        "/blocks/0/elements/0/action_id",
    ),
    "bad url": (actions(button(url="javascript:x")), "invalid url", "/blocks/0/elements/0/url"),
    "long confirm": (
        actions(confirm(confirm=plain("x" * 31))),
        "less than 31",
        "/blocks/0/elements/0/confirm/confirm/text",
    ),
    "long confirm text": (
        actions(confirm(text=plain("x" * 301))),
        "less than 301",
        "/blocks/0/elements/0/confirm/text/text",
    ),
    "long block_id": (section(block_id="x" * 256), "less than 256", "/blocks/0/block_id"),
    "101 options": (
        actions(select([option(value=str(number)) for number in range(101)])),
        "no more than 100",
        "/blocks/0/elements/0/options",
    ),
    "long option": (
        actions(select([option("x" * 76)])),
        "less than 76",
        "/blocks/0/elements/0/options/0/text/text",
    ),
    "long option value": (
        actions(select([option(value="x" * 151)])),
        "less than 151",
        "/blocks/0/elements/0/options/0/value",
    ),
    "mrkdwn in a menu": (
        actions(select([{"text": mrkdwn("x"), "value": "1"}])),
        "unsupported text type: mrkdwn",
        "/blocks/0/elements/0/options/0/text/type",
    ),
    "mention in code": (
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_preformatted",
                    "elements": [{"type": "user", "user_id": "U0ADA"}],
                }
            ],
        },
        "unsupported type: user",
        "/blocks/0/elements/0/elements/0/type",
    ),
    "select without options": (
        actions({"type": "static_select", "action_id": "a"}),
        "must have exactly one of",
        "/blocks/0/elements/0",
    ),
    "text input in actions": (
        actions({"type": "plain_text_input", "action_id": "a"}),
        "unsupported type",
        "/blocks/0/elements/0/type",
    ),
    "image without alt_text": (
        {"type": "image", "image_url": "https://a.b/c.png"},
        "missing required field: alt_text",
        "/blocks/0",
    ),
    "long markdown": (markdown(12_001), "less than 12001", "/blocks/0/text"),
    "bad task status": (
        {"type": "task_card", "task_id": "t", "title": "x", "status": "done"},
        "must be one of",
        "/blocks/0/status",
    ),
    "two action_ids alike": (actions(button(), button()), '"go" already exists', "/blocks/0"),
    "not an object": ("text", "must be an object", "/blocks/0"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_block_is_refused_with_its_place(case: str) -> None:
    block, words, where = BROKEN[case]
    with pytest.raises(Refusal) as raised:
        checked_blocks([block])
    assert raised.value.error == "invalid_blocks"
    [problem, *_] = raised.value.facts["errors"]
    assert words in problem
    assert problem.endswith(f"[json-pointer:{where}]")


def test_51_blocks_are_too_many() -> None:
    with pytest.raises(Refusal, match="invalid_blocks"):
        checked_blocks([section()] * 51)
    assert len(checked_blocks([section()] * 50)) == 50


def test_two_blocks_do_not_share_a_block_id() -> None:
    with pytest.raises(Refusal, match="invalid_blocks"):
        checked_blocks([section(block_id="one"), section(block_id="one")])


def test_action_ids_may_repeat_in_different_blocks() -> None:
    assert len(checked_blocks([actions(button()), actions(button())])) == 2


def test_markdown_blocks_share_their_limit() -> None:
    with pytest.raises(Refusal, match="invalid_blocks"):
        checked_blocks([markdown(6_001), markdown(6_000)])


def test_all_texts_together_have_a_limit() -> None:
    with pytest.raises(Refusal, match="msg_blocks_too_long"):
        checked_blocks([section("x" * 2_700) for _ in range(5)])


@pytest.mark.parametrize("blocks", ["{}", {"type": "divider"}, None])
def test_blocks_are_a_list(blocks: object) -> None:
    with pytest.raises(Refusal, match="invalid_blocks_format"):
        checked_blocks(blocks)


def test_left_out_ids_are_filled_in() -> None:
    [block] = checked_blocks([actions({"type": "button", "text": plain("Go")})])
    assert block["block_id"]
    assert block["elements"][0]["action_id"]


async def test_the_client_is_told_where_a_block_is_broken(slack: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as raised:
        await slack.chat_postMessage(channel="C0GENERAL", text="x", blocks=[section("x" * 3001)])
    answer = raised.value.response
    assert answer["error"] == "invalid_blocks"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]
