"""The rules of Block Kit's blocks, and where each may stand."""

from typing import Any

from bot.local_workspace.block_kit import elements
from bot.local_workspace.block_kit.rich_text import RICH_ELEMENTS, RICH_TEXT
from bot.local_workspace.block_kit.rules import (
    Problems,
    Rule,
    anything,
    at_least_one,
    by_type,
    exactly_one,
    flag,
    items,
    one_of,
    plain,
    shape,
    string,
    text,
    url,
)

BLOCK_ID: dict[str, Rule] = {"block_id": string(255)}
MESSAGE, MODAL, HOME = "message", "modal", "home"


def _block(keys: dict[str, Rule], *required: str) -> Rule:
    return shape(BLOCK_ID | keys, required)


CELL = by_type(
    {
        "raw_text": shape({"text": string(3000, least=0)}, ["text"]),
        "raw_number": shape({"value": anything, "text": string(3000)}, ["value"]),
        "rich_text": RICH_TEXT,
    },
    "type",
)
COLUMN = shape({"align": one_of("left", "center", "right"), "is_wrapped": flag})
STATUS = one_of("pending", "in_progress", "complete", "error")
TASK_KEYS: dict[str, Rule] = {
    "task_id": string(255),
    "title": string(255),
    "details": RICH_TEXT,
    "output": RICH_TEXT,
    "sources": items(elements.URL_SOURCE, 50, least=0),
    "status": STATUS,
}
TASK_CARD = _block(TASK_KEYS, "task_id", "title")
CARD = at_least_one(
    _block(
        {
            "hero_image": elements.IMAGE,
            "icon": elements.IMAGE,
            "title": text(150),
            "subtitle": text(150),
            "body": text(200),
            "actions": items(elements.BUTTONS, 3),
        }
    ),
    "hero_image",
    "title",
    "actions",
    "body",
)
VIDEO = _block(
    {
        "alt_text": string(2000),
        "video_url": url,
        "thumbnail_url": url,
        "title": plain(200),
        "title_url": url,
        "description": plain(200),
        "provider_icon_url": url,
        "provider_name": string(50),
        "author_name": string(50),
    },
    "alt_text",
    "title",
    "thumbnail_url",
    "video_url",
)
RULES: dict[str, Rule] = {
    "section": at_least_one(
        _block(
            {
                "text": text(3000),
                "fields": items(text(2000), 10),
                "accessory": elements.IN_SECTION,
                "expand": flag,
            }
        ),
        "text",
        "fields",
    ),
    "divider": _block({}),
    "header": _block({"text": plain(150)}, "text"),
    "image": exactly_one(
        _block(elements.IMAGE_KEYS | {"title": plain(2000)}, "alt_text"), "image_url", "slack_file"
    ),
    "actions": _block({"elements": items(elements.IN_ACTIONS, 25)}, "elements"),
    "context": _block({"elements": items(elements.IN_CONTEXT, 10)}, "elements"),
    "context_actions": _block({"elements": items(elements.IN_CONTEXT_ACTIONS, 5)}, "elements"),
    "input": _block(
        {
            "label": plain(2000),
            "element": elements.IN_INPUT,
            "dispatch_action": flag,
            "hint": plain(2000),
            "optional": flag,
        },
        "label",
        "element",
    ),
    "markdown": _block({"text": string(12_000)}, "text"),
    "rich_text": _block({"elements": RICH_ELEMENTS}, "elements"),
    "table": _block(
        {"rows": items(items(CELL, 20), 100), "column_settings": items(COLUMN, 20, least=0)}, "rows"
    ),
    "task_card": TASK_CARD,
    "plan": _block(
        {"title": string(255), "tasks": items(by_type({"task_card": TASK_CARD}), 50, least=0)},
        "title",
    ),
    "alert": _block(
        {"text": text(200), "level": one_of("default", "info", "warning", "error", "success")},
        "text",
    ),
    "card": CARD,
    "carousel": _block({"elements": items(by_type({"card": CARD}), 10)}, "elements"),
    "video": VIDEO,
    "file": _block(
        {"external_id": string(255), "source": one_of("remote")}, "external_id", "source"
    ),
}
SURFACES: dict[str, frozenset[str]] = {
    MESSAGE: frozenset(RULES),
    MODAL: frozenset(
        {"section", "divider", "header", "image", "actions", "context", "input"}
        | {"rich_text", "video", "alert"}
    ),
    HOME: frozenset(
        {"section", "divider", "header", "image", "actions", "context", "input"}
        | {"rich_text", "video"}
    ),
}
"""Which blocks each surface takes (docs.slack.dev, the reference of each block)."""


def check_block(block: Any, surface: str, where: str, problems: Problems) -> None:
    """Note what is wrong with one block."""
    allowed = {kind: RULES[kind] for kind in SURFACES[surface]}
    by_type(allowed, "type")(block, where, problems)
