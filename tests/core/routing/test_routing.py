"""Routing: what is said outright wins, then cues; overrides are read strictly."""

import time

import pytest

from dispatch_core.errors import BadOverride
from dispatch_core.lifecycle import Route
from dispatch_core.routing import Request, choose_route, parse_request
from tests.core.routing.messages import CODE, INLINE, KNOWLEDGE, LOCAL

FENCE = "```"


@pytest.mark.parametrize("text", KNOWLEDGE)
def test_what_asks_to_be_told_goes_to_cloud_knowledge(text: str) -> None:
    assert choose_route(text).route is Route.CLOUD_KNOWLEDGE


@pytest.mark.parametrize("text", CODE)
def test_what_wants_code_or_data_work_goes_to_cloud_code(text: str) -> None:
    assert choose_route(text).route is Route.CLOUD_CODE


@pytest.mark.parametrize("text", LOCAL)
def test_what_needs_the_persons_machine_or_sites_goes_to_desktop_local(text: str) -> None:
    assert choose_route(text).route is Route.DESKTOP_LOCAL


@pytest.mark.parametrize("text", INLINE)
def test_small_talk_sums_dates_and_standing_stay_inline(text: str) -> None:
    assert choose_route(text).route is Route.INLINE


@pytest.mark.parametrize(
    "text",
    [
        f"what does this do? {FENCE}python\nprint(1)\n{FENCE}",
        f"{FENCE}print(1){FENCE}",
        f"delete my files\n{FENCE}\nls\n{FENCE}",
        "~~~\nls\n~~~",
    ],
)
def test_a_fenced_block_beats_every_cue(text: str) -> None:
    choice = choose_route(text)
    assert (choice.route, choice.confidence) == (Route.CLOUD_CODE, 1.0)
    assert "fenced" in choice.reason


@pytest.mark.parametrize(
    "text",
    [
        "$ echo hi",
        "tty $ top",
        "`tty $ top`",
        "  $ ls",
        "`$ ls`",
        f"$ cat <<E\n{FENCE}\nE",
        "get notes.txt",
        "get /var/log/syslog",
        "get 'my report.pdf'",
        "get Quarterly report.pdf",
        "get README",
        "ls",
        "ls ~/work",
        "ls My Documents",
    ],
)
def test_device_words_at_the_start_beat_every_cue(text: str) -> None:
    choice = choose_route(text)
    assert (choice.route, choice.confidence) == (Route.DESKTOP_LOCAL, 1.0)


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("get the first element of a list `x` in Python", Route.CLOUD_CODE),
        ("get lost", Route.INLINE),
        ("how much is $ 5 in euros", Route.CLOUD_KNOWLEDGE),
    ],
)
def test_words_that_only_look_like_device_words_are_weighed(text: str, route: Route) -> None:
    choice = choose_route(text)
    assert choice.confidence < 1.0
    assert choice.route is route


def test_a_reason_says_why_in_words() -> None:
    assert choose_route("Plot the dataset's columns").reason == "it works on data"
    assert choose_route("qwertz uiop asdf").reason == "nothing points to another route"


def test_attached_files_speak_for_cloud_code() -> None:
    text = "sales by region"
    assert choose_route(text).route is not Route.CLOUD_CODE
    assert choose_route(text, has_files=True).route is Route.CLOUD_CODE
    assert "attached" in choose_route(text, has_files=True).reason


@pytest.mark.parametrize("has_files", [False, True])
@pytest.mark.parametrize(
    "text",
    [
        "summarise notes.md",
        "please summarize the attached file",
        "what is in this file?",
        "what does the document say about refunds?",
        "what does prices.csv say about plums?",
        "tl;dr",
    ],
)
def test_who_asks_what_a_text_says_is_answered_from_it(text: str, has_files: bool) -> None:
    choice = choose_route(text, has_files=has_files)
    assert choice.route is Route.CLOUD_KNOWLEDGE
    assert "it asks what a text says" in choice.reason


@pytest.mark.parametrize("text", ["plot the columns of this file", "sum up column b of a.csv"])
def test_who_asks_for_work_on_a_file_is_given_code(text: str) -> None:
    assert choose_route(text, has_files=True).route is Route.CLOUD_CODE


@pytest.mark.parametrize("text", ["", " ", "?", "\u200b", "🙂", "x" * 100_000])
def test_any_text_has_a_route_and_a_confidence(text: str) -> None:
    choice = choose_route(text)
    assert choice.route in Route
    assert 0.0 < choice.confidence <= 1.0
    assert choice.reason


@pytest.mark.parametrize(
    "piece", ["a", "my ", "what is ", "you ", "find ", "1+", "/usr", "please ", "((", "the ", "../"]
)
def test_a_hostile_message_is_routed_in_bounded_time(piece: str) -> None:
    started = time.process_time()
    choose_route(piece * (40_000 // len(piece)))
    assert time.process_time() - started < 0.5


def test_routing_takes_about_a_millisecond() -> None:
    texts = (*KNOWLEDGE, *CODE, *LOCAL, *INLINE)
    started = time.process_time()
    for text in texts:
        choose_route(text)
    assert (time.process_time() - started) / len(texts) < 0.003


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hello", Request(None, None, None, "hello")),
        ("[route=inline] hi", Request(Route.INLINE, None, None, "hi")),
        (
            "[route=desktop-local device=mac timeout=60] $ ls",
            Request(Route.DESKTOP_LOCAL, "mac", 60.0, "$ ls"),
        ),
        ("[timeout=1.5]x", Request(None, None, 1.5, "x")),
        ("[timeout=30s] x", Request(None, None, 30.0, "x")),
        ("  [ROUTE=Cloud-Code, timeout = 86400]\nx", Request(Route.CLOUD_CODE, None, 86400.0, "x")),
        ("[device=mac]", Request(None, "mac", None, "")),
        ("[1, 2, 3] is a list", Request(None, None, None, "[1, 2, 3] is a list")),
        ("[urgent] do it", Request(None, None, None, "[urgent] do it")),
        ("run [route=inline]", Request(None, None, None, "run [route=inline]")),
    ],
)
def test_an_override_at_the_start_is_taken_off(text: str, expected: Request) -> None:
    assert parse_request(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "[route=moon] x",
        "[route=] x",
        "[rout=inline] x",
        "[route=inline speed=9] x",
        "[route=inline route=inline] x",
        "[timeout=0] x",
        "[timeout=-5] x",
        "[timeout=nan] x",
        "[timeout=inf] x",
        "[timeout=86401] x",
        "[timeout=soon] x",
        "[route=inline x",
        "[device=my mac] x",
    ],
)
def test_a_malformed_override_is_refused_by_name(text: str) -> None:
    with pytest.raises(BadOverride) as refusal:
        parse_request(text)
    assert "I can't read `[" in str(refusal.value)
