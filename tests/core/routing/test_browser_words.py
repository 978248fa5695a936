"""What is written to a device's browser, and what only sounds like it."""

from typing import Any

import pytest

from dispatch_core.abilities import ToolName
from dispatch_core.lifecycle import Route
from dispatch_core.routes.desktop_local import captions, words
from dispatch_core.routing import choose_route

ASKED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("open https://example.com/a?b=1", {"action": "open", "url": "https://example.com/a?b=1"}),
    ("Open <https://example.com>", {"action": "open", "url": "https://example.com"}),
    ("open example.com", {"action": "open", "url": "https://example.com"}),
    ("open docs.example.co.uk/x", {"action": "open", "url": "https://docs.example.co.uk/x"}),
    ("open localhost:3000", {"action": "open", "url": "http://localhost:3000"}),
    ("open 127.0.0.1:8000/x", {"action": "open", "url": "http://127.0.0.1:8000/x"}),
    ("open file:///etc/passwd", {"action": "open", "url": "file:///etc/passwd"}),
    (
        "open example.com and screenshot",
        {"action": "open", "url": "https://example.com", "screenshot": True},
    ),
    (
        "open https://example.com, with a screenshot",
        {"action": "open", "url": "https://example.com", "screenshot": True},
    ),
    ("`snapshot`", {"action": "snapshot"}),
    ("screenshot", {"action": "screenshot"}),
    ("screenshot page", {"action": "screenshot"}),
    ("click e7", {"action": "click", "ref": "e7"}),
    ("click f2e7", {"action": "click", "ref": "f2e7"}),
    ('click "Sign in"', {"action": "click", "text": "Sign in"}),
    ("click on “Sign in”", {"action": "click", "text": "Sign in"}),
    ('type "Ada" into e5', {"action": "type", "ref": "e5", "value": "Ada"}),
    ("type 'say \"hi\"' into e5", {"action": "type", "ref": "e5", "value": 'say "hi"'}),
    ('select "Quince" in e9', {"action": "select", "ref": "e9", "value": "Quince"}),
    ("press Enter", {"action": "press", "key": "Enter"}),
    ("press ctrl+a", {"action": "press", "key": "Control+a"}),
    ("press ctrl+shift+F5", {"action": "press", "key": "Control+Shift+F5"}),
    ("press page down", {"action": "press", "key": "PageDown"}),
    ("press arrow up", {"action": "press", "key": "ArrowUp"}),
    ("press +", {"action": "press", "key": "+"}),
    ('wait for "Thank you"', {"action": "wait", "text": "Thank you"}),
    ("browser wait 5s", {"action": "wait", "seconds": 5.0}),
    ("pdf", {"action": "pdf"}),
    ("download e7", {"action": "download", "ref": "e7"}),
    ('download "Bill"', {"action": "download", "text": "Bill"}),
    ("download https://x.org/a.pdf", {"action": "download", "url": "https://x.org/a.pdf"}),
    ("upload note.txt into e11", {"action": "upload", "ref": "e11", "attached": "note.txt"}),
    ('upload "my note.txt" to e11', {"action": "upload", "ref": "e11", "attached": "my note.txt"}),
    ("upload ~/note.txt into e11", {"action": "upload", "ref": "e11", "path": "~/note.txt"}),
    ("tabs", {"action": "tabs"}),
    ("tab 2", {"action": "tab", "number": 2}),
    ("browser back", {"action": "back"}),
    ("browser close", {"action": "close"}),
    ("browser close tab 2", {"action": "close", "number": 2}),
    ("browser screenshot", {"action": "screenshot"}),
)
SENTENCES = (
    "open question: who owns the billing page?",
    "open issues of the last sprint",
    "open source or not?",
    "open notes.md",
    "open the door",
    "open",
    "Is example.com open?",
    "press the button and tell me what happens",
    "press release for the launch",
    "press",
    "click here to see what I mean",
    "click on the second link",
    "type hints in Python",
    "type",
    "select the best of these",
    'select "name" from users',
    "wait for me",
    "wait 5 minutes",
    "back",
    "close",
    "close 2",
    "download python",
    "download report.pdf",
    "upload the file",
    "snapshot of the market today",
    "what does a screenshot cost?",
    "tabs or spaces?",
    "tab 2 of the spreadsheet is wrong",
    "pdf of the invoice, please",
    "screenshot desktop",
    "screenshot of the desktop",
)


@pytest.mark.parametrize(("text", "arguments"), ASKED)
def test_these_words_go_to_the_devices_browser(text: str, arguments: dict[str, Any]) -> None:
    assert words.plan(text) == (ToolName.BROWSER, arguments)
    choice = choose_route(text.strip("`"))
    assert choice.route is Route.DESKTOP_LOCAL
    assert choice.reason == "it asks for your device's browser"


@pytest.mark.parametrize("text", SENTENCES)
def test_a_sentence_is_not_taken_for_the_browsers_words(text: str) -> None:
    assert choose_route(text).reason != "it asks for your device's browser"
    planned = words.plan(text)
    assert isinstance(planned, str) or planned[0] is not ToolName.BROWSER


@pytest.mark.parametrize(
    "text", ["click the third one", "type Ada into e5", "browser reload", "open https://"]
)
def test_words_that_were_meant_and_missed_are_told_what_can_be_written(text: str) -> None:
    assert "`click REF`" in str(words.plan(text))


def test_an_approval_leaves_what_is_typed_to_the_device() -> None:
    arguments = {"action": "type", "ref": "e5", "value": "hunter2"}
    told = captions.asked_for(ToolName.BROWSER, arguments)
    assert "hunter2" not in told
    assert "ref: e5" in told
    assert "7 characters" in told


@pytest.mark.parametrize(
    "text", ["press sh\u0131ft+a", "press \u017fhift+a", "press bac\u212aspace"]
)
def test_a_key_spelled_with_foreign_letters_is_no_key(text: str) -> None:
    assert isinstance(words.plan(text), str)
    assert choose_route(text).confidence < 1
