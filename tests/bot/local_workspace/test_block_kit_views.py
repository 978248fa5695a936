"""The limits of modals and App Homes, each broken once."""

from typing import Any

import pytest

from bot.local_workspace.block_kit.checking import checked_view
from bot.local_workspace.refusal import Refusal

Json = dict[str, Any]
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "x"}}
MARKDOWN = {"type": "markdown", "text": "x"}


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def modal(**more: Any) -> Json:
    return {"type": "modal", "title": plain("Title"), "blocks": [SECTION], **more}


ASKING = {
    "type": "input",
    "block_id": "b",
    "label": plain("Reason"),
    "element": {"type": "plain_text_input", "action_id": "a"},
}
BROKEN_VIEWS = {
    "long title": (modal(title=plain("x" * 25)), "less than 25"),
    "long submit": (modal(submit=plain("x" * 25)), "less than 25"),
    "long metadata": (modal(private_metadata="x" * 3001), "less than 3001"),
    "long callback": (modal(callback_id="x" * 256), "less than 256"),
    "no title": ({"type": "modal", "blocks": []}, "missing required field: title"),
    "101 blocks": (modal(blocks=[SECTION] * 101), "no more than 100"),
    "unknown key": (modal(colour="red"), "invalid additional property: colour"),
    "input without submit": (modal(blocks=[ASKING]), "missing required field: submit"),
    "markdown in a modal": (modal(blocks=[MARKDOWN]), "unsupported type: markdown"),
    "home with a title": (
        {"type": "home", "title": plain("x"), "blocks": []},
        "invalid additional property: title",
    ),
    "unknown surface": ({"type": "page", "blocks": []}, "must be one of: modal, home"),
}


@pytest.mark.parametrize("case", BROKEN_VIEWS)
def test_a_broken_view_is_refused(case: str) -> None:
    view, words = BROKEN_VIEWS[case]
    with pytest.raises(Refusal) as raised:
        checked_view(view)
    assert raised.value.error == "invalid_arguments"
    assert words in str(raised.value.facts)


def test_a_view_has_a_largest_size() -> None:
    blocks = [{"type": "section", "text": plain("x" * 2_990)} for _ in range(90)]
    with pytest.raises(Refusal, match="view_too_large"):
        checked_view(modal(blocks=blocks))


def test_a_whole_modal_is_taken() -> None:
    view = modal(blocks=[ASKING], submit=plain("Send"), close=plain("Cancel"), notify_on_close=True)
    assert checked_view(view)["blocks"][0]["block_id"] == "b"
