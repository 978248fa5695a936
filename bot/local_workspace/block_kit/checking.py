"""Checks blocks before a message or a view is taken."""

from typing import Any

from bot.local_workspace.json_text import Json
from bot.local_workspace.refusal import Refusal


def checked_blocks(blocks: Any, most: int = 50) -> list[Json]:
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise Refusal("invalid_blocks_format")
    if len(blocks) > most:
        raise Refusal("invalid_blocks")
    return blocks
