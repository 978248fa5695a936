"""The owner's policy is a file that can be read, mended and trusted."""

import json
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from device_agent.__main__ import main
from device_agent.errors import DamagedFile
from device_agent.policy.owner import Area, Mode, Modes, OwnerPolicy, ShellRules, SiteRules, meets

words = st.text(min_size=1, max_size=20).filter(
    lambda text: bool(text.strip()) and not any("\ud800" <= char <= "\udfff" for char in text)
)


@settings(max_examples=60)
@given(st.lists(words, max_size=3), st.sampled_from(Mode))
def test_a_policy_is_read_back_as_it_was_saved(
    tmp_path_factory: pytest.TempPathFactory, entries: list[str], mode: Mode
) -> None:
    home = tmp_path_factory.mktemp("home")
    policy = OwnerPolicy(
        modes=Modes(shell=mode),
        shell=ShellRules(allow=tuple(entries), deny=tuple(entries)),
        sites=SiteRules(deny=tuple(entries)),
    )
    policy.save(home)
    assert OwnerPolicy.load(home) == policy


def test_without_a_file_reading_is_allowed_and_all_else_asks(tmp_path: Path) -> None:
    policy = OwnerPolicy.load(tmp_path)
    assert policy.mode(Area.READ_FILES) is Mode.ALLOW
    others = [area for area in Area if area is not Area.READ_FILES]
    assert {policy.mode(area) for area in others} == {Mode.GRANTS}


def test_only_the_owner_can_read_the_file(tmp_path: Path) -> None:
    OwnerPolicy().save(tmp_path)
    assert stat.S_IMODE((tmp_path / "policy.toml").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "text",
    [
        "[modes]\nshell = 'yes'",
        "[modes]\nshel = 'ask'",
        "[modes",
        "[shell]\ndeny = 'rm'",
        "[shell]\ndeny = ['  ']",
        "modes = 1",
        "\x00",
    ],
)
def test_a_damaged_file_is_never_taken_for_the_defaults(tmp_path: Path, text: str) -> None:
    (tmp_path / "policy.toml").write_text(text)
    with pytest.raises(DamagedFile, match="dispatch-device policy reset"):
        OwnerPolicy.load(tmp_path)


@pytest.mark.parametrize(
    ("argv", "pattern", "is_met"),
    [
        (["rm", "x"], "rm", True),
        (["/bin/rm", "x"], "rm", True),
        (["rmdir", "x"], "rm", False),
        (["git", "push"], "git push", True),
        (["git", "-C", "x", "push", "-f"], "git push -f", True),
        (["git", "log"], "git push", False),
        (["git", "push"], "git push -f", False),
        (["mkfs.ext4", "x"], "mkfs*", True),
        (["npm", "run", "deploy:prod"], "npm deploy*", True),
        ([], "rm", False),
    ],
)
def test_a_denial_names_a_program_and_words_in_their_order(
    argv: list[str], pattern: str, is_met: bool
) -> None:
    assert meets(argv, pattern) is is_met


def test_a_denied_site_covers_those_below_it() -> None:
    policy = OwnerPolicy(sites=SiteRules(deny=("Example.org",)))
    assert policy.denies_site("example.org")
    assert policy.denies_site("www.EXAMPLE.org.")
    assert not policy.denies_site("notexample.org")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def said(result: Result) -> str:
    return result.output + result.stderr


def test_the_owner_sees_and_changes_the_policy_by_words(tmp_path: Path) -> None:
    assert "shell        grants" in run("policy").output
    assert "policy set shell allow" in run("policy", "allow", "make", "test").output
    assert run("policy", "set", "shell", "allow").exit_code == 0
    assert run("policy", "deny", "git push").exit_code == 0
    assert run("policy", "ask", "git log").exit_code == 0
    assert run("policy", "site", "deny", "example.org").exit_code == 0
    shown = run("policy").output
    for line in ("allowed      make test", "denied       git push", "asked        git log"):
        assert line in shown
    kept = OwnerPolicy.load(tmp_path / "device-home")
    assert kept.mode(Area.SHELL) is Mode.ALLOW
    assert kept.denies_site("example.org")
    run("policy", "undeny", "git", "push")
    run("policy", "allow", "git log")
    run("policy", "site", "forget", "example.org")
    assert "git" not in run("policy").output
    assert "make test" not in run("policy", "reset").output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["set", "shell", "perhaps"], "'perhaps' is not one of"),
        (["set", "kitchen", "ask"], "'kitchen' is not one of"),
        (["allow", "bash -c ls"], "bash runs a program that stands in the command itself"),
        (["allow", "rm -rf /"], "It deletes / whole"),
        (["allow", "ls; pwd"], "It is more than one command."),
        (["deny", " "], "Name a command"),
        (["ask", "git", "log", "--oneline"], "Only `git log` as a whole can be made to ask"),
        (["site", "deny", "https://x/"], "is no site"),
        (["site", "private", "localhost"], "with its port"),
    ],
)
def test_a_wrong_word_is_answered_in_a_sentence_and_changes_nothing(
    tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    result = run("policy", *arguments)
    assert result.exit_code in (1, 2)
    assert sentence in said(result)
    assert OwnerPolicy.load(tmp_path / "device-home") == OwnerPolicy()


@pytest.mark.parametrize("verb", ["allow", "deny"])
def test_a_commands_own_options_are_words_of_it(verb: str) -> None:
    assert "make test --help -n" in said(run("policy", verb, "make", "test", "--help", "-n"))


def test_a_denial_of_words_with_options_is_taken_back() -> None:
    run("policy", "deny", "git", "push", "--force")
    assert "--force" not in said(run("policy", "undeny", "git", "push", "--force"))


def test_explain_prints_the_verdict_its_reasons_and_the_programs(tmp_path: Path) -> None:
    result = run("explain", "sudo ls -la | wc -l", "--cwd", str(tmp_path))
    told = json.loads(result.output)
    assert result.exit_code == 0
    assert set(told) == {"verdict", "reasons", "programs"}
    assert told["verdict"] == "ask"
    assert "sudo starts another program in its own way." in told["reasons"]
    by_name = {program["name"]: program for program in told["programs"]}
    assert by_name["wc"]["args"] == ["-l"]
    assert by_name["wc"]["path"].endswith("/wc")


def test_explain_denies_what_is_never_done() -> None:
    told = json.loads(run("explain", "rm -rf /").output)
    assert told["verdict"] == "deny"


def test_explain_answers_a_damaged_policy_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "device-home").mkdir()
    (tmp_path / "device-home" / "policy.toml").write_text("[")
    result = run("explain", "ls")
    assert result.exit_code == 1
    assert "can't be read" in said(result)
