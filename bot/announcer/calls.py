"""What Slack's refusals mean for an announcement: later, gone, unreachable, or never like this."""

from collections.abc import Awaitable
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

TRANSIENT = frozenset(
    {
        "accesslimited",
        "fatal_error",
        "internal_error",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
    }
)
# The operator must mend these; nothing is lost while they last.
OPERATOR = frozenset(
    {
        "ekm_access_denied",
        "enterprise_is_restricted",
        "invalid_auth",
        "missing_scope",
        "no_permission",
        "not_authed",
        "org_login_required",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
    }
)
DELETED = frozenset(
    {"cant_update_message", "edit_window_closed", "is_inactive", "message_not_found"}
)
UNREACHABLE = frozenset(
    {
        "account_inactive",
        "cannot_dm_bot",
        "channel_not_found",
        "is_archived",
        "messages_tab_disabled",
        "not_in_channel",
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_locked",
        "thread_not_found",
        "user_disabled",
        "user_not_found",
    }
)
OPERATOR_WAIT = 30.0  # seconds between tries while the token or the scopes are wrong


class Trouble(Exception):
    """A call that did not do what it should; kind is one of few words, for those who count."""

    kind = "refused"


class Later(Trouble):
    """Try again: after seconds where Slack or the kind of trouble says how long.

    undone tells that Slack certainly did not do it; else it must be looked for first.
    """

    def __init__(
        self, error: str, seconds: float | None, undone: bool, kind: str = "failing"
    ) -> None:
        super().__init__(error)
        self.seconds, self.undone, self.kind = seconds, undone, kind


class Gone(Trouble):
    """The message was deleted, or can't be edited any more."""

    kind = "gone"


class Unreachable(Trouble):
    """The channel can't be written to."""

    kind = "unreachable"


class Refused(Trouble):
    """Slack will never take this as it is."""


async def calling(request: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse:
    """Await a Web API call; raises one of the troubles."""
    try:
        return await request
    except SlackApiError as error:
        raise trouble_of(error) from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        error_name = type(error).__name__
        raise Later(f"no answer ({error_name})", None, False, "no_answer") from error


def trouble_of(error: SlackApiError) -> Trouble:
    """The trouble that Slack's answer tells of."""
    response: Any = error.response
    # An answer that is no JSON leaves slack_sdk with aiohttp's own response.
    status = int(getattr(response, "status_code", None) or getattr(response, "status", 0) or 0)
    data = getattr(response, "data", None)
    code = str(data.get("error", "")) if isinstance(data, dict) else ""
    if status == 429 or code in {"ratelimited", "rate_limited"}:
        return Later("429", retry_after(response), True, "rate_limited")
    if status >= 500 or code in TRANSIENT or not code:
        return Later(code or f"status {status}", None, undone=False)
    if code in OPERATOR:
        return Later(code, OPERATOR_WAIT, True, "misconfigured")
    kinds = ((DELETED, Gone), (UNREACHABLE, Unreachable))
    return next((kind(code) for codes, kind in kinds if code in codes), Refused(code))


def retry_after(response: Any) -> float:
    """The seconds that Slack asks to wait; 1 where it does not say."""
    headers = {str(name).lower(): value for name, value in (response.headers or {}).items()}
    try:
        return max(0.0, float(headers.get("retry-after", 1)))
    except ValueError:
        return 1.0
