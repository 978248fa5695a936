"""Blocks of every kind, as an app may send them."""

from typing import Any

Block = dict[str, Any]


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text}


def option(text: str, value: str, note: str = "") -> Block:
    return {"text": plain(text), "value": value} | ({"description": plain(note)} if note else {})


def rich(*parts: Block) -> Block:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [*parts]}]}


OPTIONS = [option("cloud-code", "code"), option("inline", "inline")]
CONFIRM = {
    "title": plain("Delete it?"),
    "text": mrkdwn("The run and *all* its files."),
    "confirm": plain("Delete"),
    "deny": plain("Keep"),
    "style": "danger",
}
TEXTS: list[Block] = [
    {"type": "header", "text": plain("A header :rocket:")},
    {
        "type": "section",
        "text": mrkdwn(
            "*bold* _italic_ ~struck~ `code` <https://example.com/a|a link> <@U0ADA> <#C0GENERAL>"
            " <!here> :white_check_mark:\n• one\n• two\n&gt; quoted &amp; escaped\n"
            "```python\nprint(1 &lt; 2)\n```"
        ),
        "accessory": {
            "type": "button",
            "action_id": "accessory",
            "text": plain("Beside"),
            "value": "b",
        },
    },
    {
        "type": "section",
        "fields": [mrkdwn("*Route*\ncloud-code"), mrkdwn("*Status*\nwaiting approval")],
    },
    {"type": "divider"},
    {
        "type": "context",
        "elements": [mrkdwn("Asked <!date^1700000000^{date_num} {time}|then>"), plain("1.2 s")],
    },
    {
        "type": "markdown",
        "text": "## A title\n\nSome **bold**, *italic*, `code` and [a link](https://example.com).\n\n"
        "1. first\n2. second\n   - inner\n\n- [x] done\n- [ ] open\n\n> a quote\n\n"
        "| name | size |\n| --- | ---: |\n| plot.png | 12 |\n\n```python\nx = 1\n```",
    },
    {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "text", "text": "Rich ", "style": {"bold": True}},
                    {"type": "user", "user_id": "U0GRACE"},
                    {"type": "emoji", "name": "eyes"},
                    {"type": "link", "url": "https://example.com/rich", "text": "there"},
                ],
            },
            {
                "type": "rich_text_list",
                "style": "ordered",
                "elements": [
                    {"type": "rich_text_section", "elements": [{"type": "text", "text": "item"}]}
                ],
            },
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "a = 1"}]},
            {"type": "rich_text_quote", "elements": [{"type": "text", "text": "said"}]},
        ],
    },
    {"type": "alert", "level": "warning", "text": mrkdwn("The device is *away*.")},
]
DEEDS: list[Block] = [
    {
        "type": "actions",
        "block_id": "deeds",
        "elements": [
            {
                "type": "button",
                "action_id": "approve",
                "style": "primary",
                "text": plain("Approve"),
                "value": "7",
            },
            {
                "type": "button",
                "action_id": "delete",
                "style": "danger",
                "text": plain("Delete"),
                "confirm": CONFIRM,
            },
            {
                "type": "button",
                "action_id": "open",
                "text": plain("Open"),
                "url": "https://example.com/run",
            },
            {
                "type": "static_select",
                "action_id": "route",
                "placeholder": plain("Run elsewhere"),
                "options": OPTIONS,
            },
            {"type": "overflow", "action_id": "more", "options": OPTIONS},
            {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-22"},
        ],
    },
    {
        "type": "actions",
        "elements": [
            {"type": "checkboxes", "action_id": "ticks", "options": OPTIONS},
            {
                "type": "radio_buttons",
                "action_id": "one",
                "options": [option("Once", "once", "Only this command"), option("Always", "all")],
            },
        ],
    },
    {
        "type": "section",
        "text": mrkdwn("Which routes?"),
        "accessory": {
            "type": "multi_static_select",
            "action_id": "several",
            "placeholder": plain("Routes"),
            "options": OPTIONS,
        },
    },
    {
        "type": "context_actions",
        "elements": [
            {
                "type": "feedback_buttons",
                "action_id": "feedback",
                "positive_button": {"text": plain("Good"), "value": "good"},
                "negative_button": {"text": plain("Bad"), "value": "bad"},
            },
            {"type": "icon_button", "action_id": "bin", "icon": "trash", "text": plain("Remove")},
        ],
    },
]
BIG: list[Block] = [
    {
        "type": "table",
        "rows": [
            [{"type": "raw_text", "text": "run"}, {"type": "raw_text", "text": "seconds"}],
            [
                rich({"type": "text", "text": "plot"}),
                {"type": "raw_number", "value": 1.5, "text": "1.5"},
            ],
        ],
        "column_settings": [{"is_wrapped": True}, {"align": "right"}],
    },
    {
        "type": "plan",
        "title": "The plan",
        "tasks": [
            {
                "type": "task_card",
                "task_id": "a",
                "title": "Read the file",
                "status": "complete",
                "output": rich({"type": "text", "text": "12 rows"}),
                "sources": [{"type": "url", "url": "https://example.com/csv", "text": "data.csv"}],
            },
            {"type": "task_card", "task_id": "b", "title": "Draw", "status": "in_progress"},
            {"type": "task_card", "task_id": "c", "title": "Answer", "status": "pending"},
        ],
    },
    {"type": "task_card", "task_id": "d", "title": "Alone", "status": "error"},
    {
        "type": "card",
        "title": mrkdwn("*A card*"),
        "subtitle": mrkdwn("under it"),
        "body": mrkdwn("its body"),
        "actions": [{"type": "button", "action_id": "carded", "text": plain("Take")}],
    },
    {
        "type": "carousel",
        "elements": [
            {"type": "card", "title": mrkdwn("First")},
            {"type": "card", "title": mrkdwn("Next")},
        ],
    },
]
EVERY = (TEXTS, DEEDS, BIG)


def modal(*, title: str = "A form") -> dict[str, Any]:
    """A view with the inputs that a form has."""
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain(title),
        "submit": plain("Save"),
        "close": plain("Not now"),
        "blocks": [
            {"type": "section", "text": mrkdwn("Say *why*.")},
            _input("name", "Name", {"type": "plain_text_input", "action_id": "text"}),
            _input(
                "why",
                "Why",
                {"type": "plain_text_input", "action_id": "text", "multiline": True},
                optional=True,
            ),
            _input(
                "route", "Route", {"type": "static_select", "action_id": "one", "options": OPTIONS}
            ),
            _input(
                "all",
                "Several",
                {"type": "multi_static_select", "action_id": "many", "options": OPTIONS},
                optional=True,
            ),
            _input("who", "Who", {"type": "users_select", "action_id": "user"}, optional=True),
        ],
    }


def _input(block_id: str, label: str, element: Block, *, optional: bool = False) -> Block:
    named = {"type": "input", "block_id": block_id, "label": plain(label)}
    return named | {"element": element, "optional": optional}


def home() -> dict[str, Any]:
    """What the app publishes at home."""
    button = {"type": "button", "action_id": "refresh", "text": plain("Refresh")}
    blocks = [
        {"type": "header", "text": plain("Your runs")},
        {"type": "section", "text": mrkdwn("Nothing is running."), "accessory": button},
    ]
    return {"type": "home", "blocks": blocks}
