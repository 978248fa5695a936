"""A signed link opens one thing, for a time, and nothing else."""

import time

import pytest

from dispatch_core.dispatcher.links import Links

WEEK = 7 * 86_400.0


def links(key: bytes = b"k" * 32) -> Links:
    made = Links("https://dispatch.example", WEEK)
    made.use_key(key)
    return made


def token_of(link: str) -> str:
    return link.partition("?token=")[2]


def test_it_opens_what_it_was_made_for() -> None:
    link = links().sign("/artifacts/a1")
    assert link.startswith("https://dispatch.example/artifacts/a1?token=")
    assert links().check("/artifacts/a1", token_of(link))


@pytest.mark.parametrize(
    "path", ["/artifacts/a2", "/artifacts/a1/", "/threads/a1", "/artifacts/../artifacts/a1", ""]
)
def test_it_opens_nothing_else(path: str) -> None:
    assert not links().check(path, token_of(links().sign("/artifacts/a1")))


def test_a_link_of_another_installation_or_a_changed_one_is_none() -> None:
    token = token_of(links().sign("/artifacts/a1"))
    assert not links(b"x" * 32).check("/artifacts/a1", token)
    for changed in (token[:-1], token + "A", token.swapcase(), "", "..", "\N{SNOWMAN}"):
        assert not links().check("/artifacts/a1", changed)


def test_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    token = token_of(links().sign("/artifacts/a1"))
    later = time.time() + WEEK + 2
    monkeypatch.setattr(time, "time", lambda: later)
    assert not links().check("/artifacts/a1", token)


def test_without_a_key_nothing_opens() -> None:
    unready = Links("https://dispatch.example", WEEK)
    assert not unready.check("/artifacts/a1", token_of(links().sign("/artifacts/a1")))
