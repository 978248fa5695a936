"""Which text of a step a person may change before it is approved, and the step that it makes."""

from collections.abc import Mapping
from typing import Any

from dispatch_core.abilities import ToolName
from dispatch_core.redaction import show_payload

TEXTS: Mapping[ToolName, str] = {ToolName.SHELL: "command", ToolName.WRITE_FILE: "content"}
# The most that an input of Slack's takes (plain_text_input, max_length).
MOST_CHARS = 3_000


def is_editable(tool: ToolName, arguments: Mapping[str, Any]) -> bool:
    """Whether a person could change the text, having seen all of it as it is.

    Where a secret is masked or a hidden character made visible, what they see is something else.
    """
    text = text_of(tool, arguments)
    return bool(text.strip()) and len(text) <= MOST_CHARS and show_payload(text) == text


def text_of(tool: ToolName, arguments: Mapping[str, Any]) -> str:
    """The text that can be changed, exactly; empty where there is none."""
    text = arguments.get(TEXTS.get(tool, ""))
    return text if isinstance(text, str) else ""


def edited(tool: ToolName, arguments: Mapping[str, Any], text: str) -> dict[str, Any]:
    """The same step's arguments with another text; the others stay as they are."""
    return {**arguments, TEXTS[tool]: text}
