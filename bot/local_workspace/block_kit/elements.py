"""The rules of Block Kit's elements. Limits: Slack's reference, as slack_sdk.models has them."""

from bot.local_workspace.block_kit.rich_text import RICH_TEXT
from bot.local_workspace.block_kit.rules import (
    Rule,
    also,
    anything,
    by_type,
    exactly_one,
    flag,
    items,
    number,
    one_of,
    plain,
    shape,
    string,
    text,
    url,
)
from bot.local_workspace.json_text import Json

ACTION_ID: dict[str, Rule] = {"action_id": string(255)}
CONFIRM = shape(
    {
        "title": plain(100),
        "text": text(300),
        "confirm": plain(30),
        "deny": plain(30),
        "style": one_of("primary", "danger"),
    },
    ["title", "text", "confirm", "deny"],
)
OPTION = shape({"text": text(75), "value": string(150), "description": text(75)}, ["text", "value"])
"""An option of radio buttons and checkboxes; menus take plain text only."""
_MENU: dict[str, Rule] = {"text": plain(75), "value": string(150), "description": plain(75)}
MENU_OPTION = shape(_MENU, ["text", "value"])
OVERFLOW_OPTION = shape(_MENU | {"url": url}, ["text", "value"])
OPTION_GROUP = shape({"label": plain(75), "options": items(MENU_OPTION, 100)}, ["label", "options"])
DISPATCH = shape(
    {"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), 2)}
)
SLACK_FILE = exactly_one(shape({"id": string(255), "url": url}), "id", "url")
IMAGE_KEYS: dict[str, Rule] = {
    "alt_text": string(2000),
    "image_url": url,
    "slack_file": SLACK_FILE,
    "image_width": anything,
    "image_height": anything,
    "image_bytes": anything,
}
IMAGE = exactly_one(shape(IMAGE_KEYS, ["alt_text"]), "image_url", "slack_file")
FEEDBACK_BUTTON = shape(
    {"text": plain(75), "value": string(2000), "accessibility_label": string(75)},
    ["text", "value"],
)

_COMMON = ACTION_ID | {"confirm": CONFIRM, "focus_on_load": flag}
_HINTED = _COMMON | {"placeholder": plain(150)}
_TYPED = ACTION_ID | {
    "placeholder": plain(150),
    "initial_value": string(3000, least=0),
    "dispatch_action_config": DISPATCH,
    "focus_on_load": flag,
}
_FILTER = shape(
    {
        "include": items(one_of("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": flag,
        "exclude_bot_users": flag,
    }
)


def _sane_lengths(element: Json) -> tuple[str, str] | None:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    if isinstance(least, int) and isinstance(most, int) and least > most:
        return "min_length must not be greater than max_length", "min_length"
    return None


def _of(keys: dict[str, Rule], *required: str) -> Rule:
    return shape(keys, required)


def _multi(keys: dict[str, Rule]) -> Rule:
    return shape(_HINTED | {"max_selected_items": number(1, 100)} | keys)


_STATIC: dict[str, Rule] = {
    "options": items(MENU_OPTION, 100),
    "option_groups": items(OPTION_GROUP, 100),
}
_WORDS = items(string(255), 100, least=0)

BUTTON = _of(
    ACTION_ID
    | {
        "text": plain(75),
        "url": url,
        "value": string(2000, least=0),
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
        "agent_prompt": string(4000),
        "agent_prompt_display": anything,
        "visible_to_user_ids": _WORDS,
    },
    "text",
)
STATIC_SELECT = exactly_one(
    _of(_HINTED | _STATIC | {"initial_option": MENU_OPTION}), "options", "option_groups"
)
MULTI_STATIC_SELECT = exactly_one(
    _multi(_STATIC | {"initial_options": items(MENU_OPTION, 100)}), "options", "option_groups"
)
CHECKBOXES = _of(
    _COMMON | {"options": items(OPTION, 10), "initial_options": items(OPTION, 10)}, "options"
)
RADIO_BUTTONS = _of(_COMMON | {"options": items(OPTION, 10), "initial_option": OPTION}, "options")
PLAIN_TEXT_INPUT = also(
    _of(_TYPED | {"multiline": flag, "min_length": number(0, 3000), "max_length": number(1, 3000)}),
    _sane_lengths,
)
NUMBER_INPUT = _of(
    _TYPED | {"is_decimal_allowed": flag, "min_value": string(300), "max_value": string(300)},
    "is_decimal_allowed",
)
ICON_BUTTON = _of(
    ACTION_ID
    | {
        "icon": string(75),
        "text": plain(75),
        "value": string(2000),
        "accessibility_label": string(75),
        "visible_to_user_ids": _WORDS,
        "confirm": CONFIRM,
    },
    "icon",
    "text",
)
FEEDBACK_BUTTONS = _of(
    ACTION_ID | {"positive_button": FEEDBACK_BUTTON, "negative_button": FEEDBACK_BUTTON},
    "positive_button",
    "negative_button",
)

SELECTS: dict[str, Rule] = {
    "static_select": STATIC_SELECT,
    "external_select": _of(
        _HINTED | {"initial_option": MENU_OPTION, "min_query_length": number(0, 100)}
    ),
    "users_select": _of(_HINTED | {"initial_user": string(255)}),
    "channels_select": _of(
        _HINTED | {"initial_channel": string(255), "response_url_enabled": flag}
    ),
    "conversations_select": _of(
        _HINTED
        | {
            "initial_conversation": string(255),
            "response_url_enabled": flag,
            "default_to_current_conversation": flag,
            "filter": _FILTER,
        }
    ),
    "multi_static_select": MULTI_STATIC_SELECT,
    "multi_external_select": _multi(
        {"initial_options": items(MENU_OPTION, 100), "min_query_length": number(0, 100)}
    ),
    "multi_users_select": _multi({"initial_users": _WORDS}),
    "multi_channels_select": _multi({"initial_channels": _WORDS}),
    "multi_conversations_select": _multi(
        {
            "initial_conversations": _WORDS,
            "default_to_current_conversation": flag,
            "filter": _FILTER,
        }
    ),
}
PICKERS: dict[str, Rule] = {
    "datepicker": _of(_HINTED | {"initial_date": string(10, 10)}),
    "timepicker": _of(_HINTED | {"initial_time": string(5, 5), "timezone": string(100)}),
    "datetimepicker": _of(_COMMON | {"initial_date_time": number(10**9, 10**10 - 1)}),
    "checkboxes": CHECKBOXES,
    "radio_buttons": RADIO_BUTTONS,
}
INPUTS: dict[str, Rule] = {
    "plain_text_input": PLAIN_TEXT_INPUT,
    "email_text_input": _of(_TYPED),
    "url_text_input": _of(_TYPED),
    "number_input": NUMBER_INPUT,
    "rich_text_input": _of(
        _TYPED
        | {"initial_value": RICH_TEXT, "min_lines": number(1, 100), "max_lines": number(1, 100)}
    ),
    "file_input": _of(ACTION_ID | {"filetypes": _WORDS, "max_files": number(1, 10)}),
}
OVERFLOW: dict[str, Rule] = {
    "overflow": _of(
        ACTION_ID | {"options": items(OVERFLOW_OPTION, 5), "confirm": CONFIRM}, "options"
    )
}
_RICH_INPUT = {"rich_text_input": INPUTS["rich_text_input"]}

IN_ACTIONS = by_type({"button": BUTTON, **SELECTS, **PICKERS, **OVERFLOW, **_RICH_INPUT}, "type")
IN_SECTION = by_type({"button": BUTTON, "image": IMAGE, **SELECTS, **PICKERS, **OVERFLOW}, "type")
IN_INPUT = by_type({**SELECTS, **PICKERS, **INPUTS}, "type")
IN_CONTEXT = by_type(
    {"image": IMAGE, "plain_text": plain(2000), "mrkdwn": text(2000, ("mrkdwn",))}, "type"
)
IN_CONTEXT_ACTIONS = by_type(
    {"feedback_buttons": FEEDBACK_BUTTONS, "icon_button": ICON_BUTTON}, "type"
)
URL_SOURCE = by_type({"url": _of({"url": url, "text": string(255)}, "url", "text")}, "type")
BUTTONS = by_type({"button": BUTTON}, "type")
