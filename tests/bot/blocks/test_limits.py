"""Cuts, durations and sizes: what is left out shows, and nothing grows past its limit."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks.drawn import fenced_tail
from bot.blocks.inert import inert, inert_markdown
from bot.blocks.limits import (
    ELLIPSIS,
    close_fences,
    cut,
    escaped,
    fit_head,
    fit_tail,
    head,
    tail,
)
from bot.blocks.moments import duration, moment
from bot.blocks.people import mentions
from dispatch_core.redaction import make_visible
from dispatch_core.sizes import size_words


@given(st.text(), st.integers(min_value=2, max_value=60))
def test_every_cut_fits_and_is_part_of_the_text(text: str, limit: int) -> None:
    assert len(cut(text, limit)) <= limit
    assert text.startswith(head(text, limit))
    assert text.endswith(tail(text, limit))
    assert len(escaped(fit_head(text, limit))) <= limit
    assert text.endswith(fit_tail(text, limit))
    assert len(inert(text, limit)) <= limit


@given(st.text(alphabet=st.sampled_from("a<&\n\0\u200b\ud800")), st.integers(2, 60))
def test_what_lies_behind_a_cut_is_not_looked_at_and_changes_nothing(text: str, limit: int) -> None:
    visible = make_visible(text)
    plainly = escaped(visible)
    if len(plainly) > limit:
        plainly = escaped(fit_head(visible, limit - 1)) + ELLIPSIS
    assert inert(text, limit) == plainly
    shown = escaped(fit_tail(tail(visible, limit), 2_992))
    assert fenced_tail(text, limit).to_dict()["text"]["text"] == f"```\n{shown}\n```"


@given(st.text(alphabet="<>!@#UhereC^|& channel", max_size=80))
def test_no_special_sequence_survives(text: str) -> None:
    assert "<" not in inert(text, 3_000)
    assert "<!here" not in inert_markdown(text).lower()
    assert "<!channel" not in inert_markdown(text).lower()
    assert "<@U" not in inert_markdown(text)


def test_a_cut_fence_is_closed_and_a_closed_one_left_alone() -> None:
    assert close_fences("a\n````py\nx\n```") == "a\n````py\nx\n```\n````"
    assert close_fences("```\nx\n```\nb") == "```\nx\n```\nb"
    assert close_fences("~~~\nx") == "~~~\nx\n~~~"
    assert close_fences("```inline```") == "```inline```"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "under 0.1 s"),
        (3.21, "3.2 s"),
        (59.4, "59 s"),
        (185, "3 min 5 s"),
        (7_800, "2 h 10 min"),
    ],
)
def test_a_duration_reads_as_people_say_it(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("amount", "words"),
    [(1, "1 byte"), (312, "312 bytes"), (4_200, "4.2 kB"), (999_999, "1.0 MB"), (18e6, "18 MB")],
)
def test_a_size_reads_as_people_say_it(amount: float, words: str) -> None:
    assert size_words(int(amount)) == words


def test_a_moment_is_shown_in_the_readers_time_zone() -> None:
    when = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert moment(when) == (
        f"<!date^{int(when.timestamp())}^{{date_short_pretty}} at {{time}}|2026-11-22 12:00 UTC>"
    )


def test_people_are_joined_by_or() -> None:
    assert mentions(["T1:U1"]) == "<@U1>"
    assert mentions(["T1:U1", "T1:U2", "T1:S3"]) == "<@U1>, <@U2> or <!subteam^S3>"
    assert mentions([f"T1:U{number}" for number in range(12)]).endswith("<@U9> or 2 more")
