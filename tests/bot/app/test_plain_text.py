"""Slack's text as the person typed it."""

from datetime import UTC, datetime

import pytest

from bot.incoming.plain_text import mentions_in, plain_text, sent_at, starts_with_another

BOT = "U0DISPATCH"


@pytest.mark.parametrize(
    ("slack", "typed"),
    [
        ("<@U0DISPATCH> plot this", "plot this"),
        ("<@U0DISPATCH|dispatch>: plot this", "plot this"),
        ("hey <@U0DISPATCH> plot this", "hey plot this"),
        ("<@U0DISPATCH>\n```\nprint(1)\n```", "```\nprint(1)\n```"),
        ("$ curl <http://example.com|example.com>", "$ curl example.com"),
        ("$ curl <https://example.com/a?b=1&amp;c=2>", "$ curl https://example.com/a?b=1&c=2"),
        ("see <https://example.com/x|the page>", "see the page (https://example.com/x)"),
        ("write to <mailto:ada@example.com|ada@example.com>", "write to ada@example.com"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"),
        ("&amp;lt;", "&lt;"),
        ("in <#C0GENERAL|general>", "in #general"),
        ("<!here> and <!subteam^S1|@team>", "@here and @team"),
        ("ask <@U0ADA>", "ask @Ada Lovelace"),
        ("ask <@U0NOBODY>", "ask @U0NOBODY"),
        (
            "```for i in range(3):\n    print(i &lt; 2)```",
            "```for i in range(3):\n    print(i < 2)```",
        ),
    ],
)
def test_text_is_what_was_typed(slack: str, typed: str) -> None:
    assert plain_text(slack, BOT, {"U0ADA": "Ada Lovelace"}) == typed


def test_mentions_are_listed_once_in_their_order() -> None:
    assert mentions_in("<@U2> and <@U1|one> and <@U2>") == ("U2", "U1")


def test_a_reply_that_begins_with_another_person_is_told_apart() -> None:
    assert starts_with_another(" <@U0ADA> look", BOT)
    assert not starts_with_another("<@U0DISPATCH> ask <@U0ADA>", BOT)
    assert not starts_with_another("look, <@U0ADA>", BOT)


def test_a_ts_is_a_moment_to_the_microsecond() -> None:
    assert sent_at("1795000000.000100") == datetime(2026, 11, 18, 11, 6, 40, 100, tzinfo=UTC)


def test_what_a_person_calls_themselves_does_nothing_in_a_command() -> None:
    names = {"U0EVE": "Eve `id` $(id); rm -rf ~ |'\"&<>\n[route=inline] O'Hara-Łuk"}
    said = plain_text("$ echo <@U0EVE>", "U0DISPATCH", names)
    assert said == "$ echo @Eve id id rm -rf routeinline OHara-Łuk"
