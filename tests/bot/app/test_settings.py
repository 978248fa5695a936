"""A missing or wrong setting is one sentence that names it."""

import pytest

from bot.settings import SlackReach, SlackSettings
from dispatch_core.errors import SettingError
from dispatch_core.settings import read_settings

GOOD = {"SLACK_BOT_TOKEN": "xoxb-1-secret", "SLACK_APP_TOKEN": "xapp-1-secret"}


def _read(monkeypatch: pytest.MonkeyPatch, **changes: str) -> SlackSettings:
    for name, value in (GOOD | changes).items():
        monkeypatch.setenv(name, value)
    return read_settings(SlackSettings)


def test_two_tokens_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = _read(monkeypatch)
    assert settings.bot_token == "xoxb-1-secret"
    assert settings.app_token == "xapp-1-secret"
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.dispatch_approvers == ()


def test_a_dotenv_in_the_working_directory_is_read(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / ".env").write_text("SLACK_BOT_TOKEN=xoxb-2\nSLACK_SIGNING_SECRET=abc\n")
    settings = read_settings(SlackSettings)
    assert (settings.bot_token, settings.app_token, settings.signing_secret) == (
        "xoxb-2",
        "",
        "abc",
    )


NAMED = "U0ADA,U0GRACE"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"DISPATCH_APPROVALS_NEEDED": "3", "DISPATCH_APPROVERS": NAMED},
            "DISPATCH_APPROVALS_NEEDED is wrong: DISPATCH_APPROVERS names 2 people, "
            "so 3 can't approve.",
        ),
        (
            {"DISPATCH_APPROVALS_NEEDED": "2", "DISPATCH_APPROVERS": "U0ADA,U0ADA"},
            "DISPATCH_APPROVALS_NEEDED is wrong: DISPATCH_APPROVERS names 1 people, "
            "so 2 can't approve.",
        ),
        (
            {"DISPATCH_APPROVALS_NEEDED": "2"},
            "DISPATCH_APPROVALS_NEEDED is wrong: DISPATCH_APPROVERS names 0 people, "
            "so 2 can't approve.",
        ),
        (
            {"DISPATCH_APPROVALS_NEEDED": "11", "DISPATCH_APPROVERS": "S0APPROVERS"},
            "DISPATCH_APPROVALS_NEEDED is wrong: Input should be less than or equal to 10.",
        ),
        (
            {"DISPATCH_APPROVE_OWN": "false"},
            "DISPATCH_APPROVE_OWN is wrong: with false, nobody could approve: "
            "set DISPATCH_APPROVERS as well.",
        ),
        ({"SLACK_BOT_TOKEN": ""}, "SLACK_BOT_TOKEN is missing; set it and start again."),
        ({"SLACK_BOT_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN is wrong: a bot token starts with xoxb-."),
        (
            {"SLACK_APP_TOKEN": "xoxb-1"},
            "SLACK_APP_TOKEN is wrong: an app-level token starts with xapp-.",
        ),
        (
            {"SLACK_APP_TOKEN": ""},
            "SLACK_SIGNING_SECRET is wrong: set it (Slack over HTTP), "
            "or set SLACK_APP_TOKEN (Socket Mode).",
        ),
        (
            {"SLACK_API_URL": "https://slack.com/api"},
            "SLACK_API_URL is wrong: must start with https:// and end in /api/.",
        ),
        (
            {"SLACK_API_URL": "http:///api/"},
            "SLACK_API_URL is wrong: must start with https:// and end in /api/.",
        ),
        (
            {"SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": "  "},
            "SLACK_SIGNING_SECRET is wrong: set it (Slack over HTTP), "
            "or set SLACK_APP_TOKEN (Socket Mode).",
        ),
        (
            {"DISPATCH_APPROVERS": "U0ADA, @grace"},
            "DISPATCH_APPROVERS is wrong: @grace is no id of a user (U…) or a user group (S…).",
        ),
    ],
)
def test_what_is_wrong_is_named(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, str], sentence: str
) -> None:
    with pytest.raises(SettingError) as refused:
        _read(monkeypatch, **changes)
    assert str(refused.value) == sentence


def test_approvers_are_listed_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = _read(monkeypatch, DISPATCH_APPROVERS="U0ADA, S0APPROVERS,")
    assert settings.dispatch_approvers == ("U0ADA", "S0APPROVERS")


def test_a_line_break_that_was_copied_with_a_token_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert _read(monkeypatch, SLACK_BOT_TOKEN=" xoxb-1\n").bot_token == "xoxb-1"


def test_no_token_shows_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "1-secret" not in repr(_read(monkeypatch))


def test_a_worker_needs_no_token() -> None:
    assert read_settings(SlackReach).bot_token == ""


@pytest.mark.parametrize(
    ("needed", "approvers"), [("2", NAMED), ("10", "S0APPROVERS"), ("2", "U0ADA,S0APPROVERS")]
)
def test_as_many_approvers_may_be_needed_as_there_can_be(
    monkeypatch: pytest.MonkeyPatch, needed: str, approvers: str
) -> None:
    settings = _read(
        monkeypatch,
        DISPATCH_APPROVALS_NEEDED=needed,
        DISPATCH_APPROVERS=approvers,
        DISPATCH_APPROVE_OWN="false",
    )
    assert settings.dispatch_approvals_needed == int(needed)
    assert not settings.dispatch_approve_own
