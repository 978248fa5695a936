"""Holds payloads against slack_sdk's own models: lengths, counts, and unknown keys."""

from collections.abc import Iterable
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from tests.payloads.type_check import Call

MOST_BLOCKS = 50  # of a message; a view's are counted by its own model


def objections(calls: Iterable[Call]) -> list[str]:
    """What the models say against the calls; none is good."""
    said = [_of_message(params) or _of_view(params) for _, params in calls]
    return [words for words in said if words]


def _of_message(params: dict[str, Any]) -> str:
    blocks = params.get("blocks") or []
    if len(blocks) > MOST_BLOCKS:
        return f"{len(blocks)} blocks"
    return _of_blocks(blocks)


def _of_view(params: dict[str, Any]) -> str:
    given = params.get("view")
    if not given:
        return ""
    try:
        View(**given).validate_json()
    except SlackObjectFormationError as error:
        return f"{error}: {given}"
    return _of_blocks(given["blocks"])


def _of_blocks(blocks: list[dict[str, Any]]) -> str:
    try:
        parsed = [block.to_dict() for block in Block.parse_all(blocks)]
    except SlackObjectFormationError as error:
        return f"{error}: {blocks}"
    return "" if parsed == blocks else f"the models read {parsed} from {blocks}"
