"""The door of the Web API: tokens, scopes, rates; and who is who."""

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.local_workspace.pace import Pace
from bot.local_workspace.workspace import LocalWorkspace

from .conftest import SCOPES, Clock, Start, client_of, refusal

GENERAL = "C0GENERAL"


async def test_a_bot_learns_who_it_is(slack: AsyncWebClient) -> None:
    answer = await slack.auth_test()
    assert (answer["team_id"], answer["user_id"]) == ("T0DISPATCH", "U0DISPATCH")


async def test_an_unknown_token_is_refused(workspace: LocalWorkspace) -> None:
    assert await refusal(client_of(workspace, "xoxb-other").auth_test()) == "invalid_auth"


async def test_a_call_without_a_token_is_refused(workspace: LocalWorkspace) -> None:
    url = f"{workspace.api_url}auth.test"
    async with aiohttp.ClientSession() as session, session.post(url) as answer:
        assert await answer.json() == {"ok": False, "error": "not_authed"}


async def test_an_app_token_is_no_bot_token(workspace: LocalWorkspace) -> None:
    client = client_of(workspace, workspace.app_token)
    assert await refusal(client.auth_test()) == "not_allowed_token_type"


async def test_a_bot_token_opens_no_socket(workspace: LocalWorkspace) -> None:
    client = client_of(workspace)
    answer = client.apps_connections_open(app_token=workspace.bot_token)
    assert await refusal(answer) == "not_allowed_token_type"


async def test_an_unknown_method_is_named(slack: AsyncWebClient) -> None:
    assert await refusal(slack.api_call("chat.sing")) == "unknown_method"


async def test_a_missing_scope_says_what_is_needed_and_what_is_there(start: Start) -> None:
    workspace = await start(scopes=["users:read"])
    with pytest.raises(SlackApiError) as raised:
        await client_of(workspace).chat_postMessage(channel=GENERAL, text="hi")
    answer = raised.value.response
    assert answer["error"] == "missing_scope"
    assert (answer["needed"], answer["provided"]) == ("chat:write", "users:read")


async def test_reading_a_direct_message_needs_its_own_scope(start: Start) -> None:
    scopes = [scope for scope in SCOPES if scope != "im:history"]
    client = client_of(await start(scopes=scopes))
    assert await refusal(client.conversations_history(channel="D0ADA")) == "missing_scope"


async def test_another_name_needs_its_own_scope(slack: AsyncWebClient) -> None:
    post = slack.chat_postMessage(channel=GENERAL, text="hi", username="Somebody")
    assert await refusal(post) == "missing_scope"


async def test_a_guest_is_known_by_its_profile(slack: AsyncWebClient) -> None:
    user = (await slack.users_info(user="U0GUEST"))["user"]
    assert (user["is_restricted"], user["tz"]) == (True, "Europe/London")
    assert await refusal(slack.users_info(user="U0NOBODY")) == "user_not_found"


async def test_a_group_names_its_members(slack: AsyncWebClient) -> None:
    answer = await slack.usergroups_users_list(usergroup="S0APPROVERS")
    assert answer["users"] == ["U0GRACE"]
    assert await refusal(slack.usergroups_users_list(usergroup="S0X")) == "no_such_subteam"


async def test_a_reaction_is_put_once(workspace: LocalWorkspace, slack: AsyncWebClient) -> None:
    ts = await workspace.say("U0ADA", GENERAL, "hi")
    where = {"channel": GENERAL, "timestamp": ts, "name": "eyes"}
    await slack.reactions_add(**where)
    assert workspace.messages(GENERAL)[0]["reactions"] == [
        {"name": "eyes", "users": ["U0DISPATCH"], "count": 1}
    ]
    assert await refusal(slack.reactions_add(**where)) == "already_reacted"
    await slack.reactions_remove(**where)
    assert await refusal(slack.reactions_remove(**where)) == "no_reaction"


async def test_a_method_has_so_many_calls_a_minute(start: Start) -> None:
    clock = Clock()
    client = client_of(await start(pace=Pace(monotonic=clock)))
    for _ in range(20):
        await client.usergroups_users_list(usergroup="S0APPROVERS")
    with pytest.raises(SlackApiError) as raised:
        await client.usergroups_users_list(usergroup="S0APPROVERS")
    answer = raised.value.response
    assert (answer.status_code, answer["error"]) == (429, "ratelimited")
    clock.time += int(answer.headers["retry-after"])
    await client.usergroups_users_list(usergroup="S0APPROVERS")


async def test_a_channel_takes_a_message_a_second_and_short_bursts(start: Start) -> None:
    client = client_of(await start(pace=Pace(monotonic=Clock())))
    for _ in range(4):
        await client.chat_postMessage(channel=GENERAL, text="x")
    assert await refusal(client.chat_postMessage(channel=GENERAL, text="x")) == "ratelimited"
    await client.chat_postMessage(channel="C0OPS", text="another channel has room")


async def test_every_call_is_in_the_journal_without_its_token(
    workspace: LocalWorkspace, slack: AsyncWebClient
) -> None:
    await slack.api_call("users.info", params={"user": "U0ADA", "token": workspace.bot_token})
    await refusal(slack.users_info(user="U0NOBODY"))
    known, unknown = workspace.calls.to("users.info")
    assert (known.ok, known.params) == (True, {"user": "U0ADA"})
    assert (unknown.ok, unknown.status) == (False, 200)
