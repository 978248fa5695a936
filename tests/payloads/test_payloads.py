"""Whatever the bot draws is what Slack's own types and models take."""

import json
import os
from pathlib import Path

import pytest

from tests.payloads.models import objections
from tests.payloads.recorded import judge
from tests.payloads.samples import sample_calls
from tests.payloads.type_check import complaints, missing

needs_tsc = pytest.mark.skipif(bool(missing()) and not os.environ.get("CI"), reason=missing())


@needs_tsc
def test_every_look_is_what_slacks_types_say(tmp_path: Path) -> None:
    assert complaints(sample_calls(), tmp_path) == []


def test_every_look_passes_slacks_models() -> None:
    assert objections(sample_calls()) == []


@needs_tsc
@pytest.mark.parametrize(
    "params",
    [
        {"channel": "C1", "text": "a", "blocks": [{"type": "sektion"}]},
        {"channel": "C1", "text": "a", "blocks": [{"type": "divider", "color": "red"}]},
        {"channel": "C1", "txt": "a"},
        {"text": "a"},
    ],
)
def test_what_the_types_do_not_know_is_told(tmp_path: Path, params: dict[str, object]) -> None:
    assert complaints([("chat.postMessage", params)], tmp_path)


def test_what_is_too_long_for_the_models_is_told() -> None:
    long = {"type": "section", "text": {"type": "mrkdwn", "text": "a" * 3001}}
    assert objections([("chat.postMessage", {"channel": "C1", "text": "a", "blocks": [long]})])


@needs_tsc
def test_what_the_bot_sent_in_a_test_is_judged_at_the_sessions_end(tmp_path: Path) -> None:
    sent = {"method": "chat.postMessage", "params": {"channel": "C1", "txt": "a"}}
    (tmp_path / "1.jsonl").write_text(json.dumps(sent) + "\n")
    assert "does not exist in type 'ChatPostMessageArguments'" in judge(tmp_path)[0]
