"""Who people are, remembered for a while and never guessed."""

from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from bot.connection.identity import Identity
from bot.errors import NotWelcome, SlackUnavailable
from bot.people.groups import Groups
from bot.people.people import People, Person

ME = Identity("T1", "Team", "U0DISPATCH", "B1")
ON_A_GRID = Identity("T1", "Team", "U0DISPATCH", "B1", enterprise="E1")


class Slack:
    """users.info and usergroups.users.list, answered from a table."""

    def __init__(self, **facts: Any) -> None:
        self.profile = {
            "id": "U1",
            "team_id": "T1",
            "real_name": "Ada",
            "tz": "Europe/Paris",
        } | facts
        self.fault: Exception | None = None
        self.asked = 0
        self.members = ["U1"]

    async def users_info(self, user: str) -> dict[str, Any]:
        self._ask()
        return {"user": self.profile | {"id": user}}

    async def usergroups_users_list(self, usergroup: str) -> dict[str, Any]:
        self._ask()
        return {"users": self.members}

    def _ask(self) -> None:
        self.asked += 1
        if self.fault:
            raise self.fault


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_a_person_is_asked_for_once_in_ten_minutes() -> None:
    slack, clock = Slack(), Clock()
    people = People(slack, ME, clock=clock)  # type: ignore[arg-type]
    assert await people.admit("U1") == Person("T1:U1", "U1", "Ada", "Europe/Paris", "")
    clock.now = 599
    await people.admit("U1")
    assert slack.asked == 1
    clock.now = 600
    slack.profile["deleted"] = True
    with pytest.raises(NotWelcome, match="deactivated"):
        await people.admit("U1")


async def test_who_was_welcome_is_not_once_slack_is_mute_and_time_is_up() -> None:
    slack, clock = Slack(), Clock()
    people = People(slack, ME, clock=clock)  # type: ignore[arg-type]
    await people.admit("U1")
    clock.now, slack.fault = 600, aiohttp.ClientError("no answer")
    with pytest.raises(SlackUnavailable, match="who you are"):
        await people.admit("U1")


async def test_a_user_whom_slack_does_not_know_is_not_welcome() -> None:
    slack = Slack()
    slack.fault = SlackApiError("no", {"ok": False, "error": "user_not_found"})
    with pytest.raises(NotWelcome, match="not visible"):
        await People(slack, ME).admit("U1")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("company", "welcome"),
    [
        ({"enterprise_id": "E1", "teams": ["T1", "T2"]}, True),
        ({"enterprise_id": "E1", "teams": ["T2"]}, False),
        ({"enterprise_id": "E2", "teams": ["T1"]}, False),
    ],
)
async def test_on_a_grid_a_colleague_in_this_workspace_is_welcome(
    company: dict[str, Any], welcome: bool
) -> None:
    slack = Slack(team_id="T2", enterprise_user=company)
    person = await People(slack, ON_A_GRID).find("U1")  # type: ignore[arg-type]
    assert (person.refusal == "") is welcome


async def test_an_enterprise_user_means_nothing_where_the_bot_is_on_no_grid() -> None:
    slack = Slack(team_id="T2", enterprise_user={"teams": ["T1"]})
    assert (await People(slack, ME).find("U1")).refusal  # type: ignore[arg-type]


async def test_group_members_are_asked_for_once_a_minute() -> None:
    slack, clock = Slack(), Clock()
    groups = Groups(slack, ME, ("U9", "S1"), clock)  # type: ignore[arg-type]
    ada = Person("T1:U1", "U1", "Ada", "UTC", "")
    assert (await groups.decider(ada)).groups == {"T1:S1"}
    clock.now, slack.members = 59, []
    assert (await groups.decider(ada)).groups == {"T1:S1"}
    clock.now = 60
    assert (await groups.decider(ada)).groups == frozenset()
    assert slack.asked == 2
