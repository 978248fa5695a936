"""What the shell's grammar can't explain takes it long: it gives up, and a person is asked."""

import pytest

from dispatch_core.policy.commands import grammar, mentions
from dispatch_core.policy.commands.analysis import TANGLED, analyse


@pytest.mark.parametrize("piece", [")", "@U", "[a]("])
def test_a_command_that_the_grammar_gives_up_is_not_read_and_never_plain(
    piece: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grammar, "MOST_SECONDS", 0.01)
    reading = analyse((piece * 10_000)[:10_000])
    assert reading.concerns == (TANGLED,)
    assert not reading.is_plain
    assert not reading.may_last


def test_a_long_script_that_people_write_is_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grammar, "MOST_SECONDS", 10.0)
    reading = analyse('if true; then echo $(date +%s) "$HOME/x"; fi\n' * 200 + "rm -rf /")
    assert TANGLED not in reading.concerns
    assert reading.denial


def test_what_is_tangled_in_a_text_of_the_command_does_not_hide_the_rest_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mentions, "MOST_CHARACTERS", 100)
    reading = analyse(f"sh -c '{'echo a; ' * 20}'; rm -rf /; sh -c 'rm -rf ~'")
    assert TANGLED in reading.concerns
    assert reading.denial


def test_a_text_that_wrappers_repeat_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def parse(text: str) -> grammar.Node:
        read.append(text)
        return grammar.parse(text)

    monkeypatch.setattr(mentions, "parse", parse)
    analyse("env env env env env 'a b' 'c d'")
    assert sorted(read) == ["a b", "c d"]


def test_as_many_shells_in_shells_as_fit_are_bounded_by_what_is_read_of_them() -> None:
    assert TANGLED in analyse("eval " * 2_000).concerns


def test_a_denial_is_found_beside_a_nul() -> None:
    assert analyse("echo \0; rm -rf /").denial
    assert not analyse("echo \0").is_plain
