"""Who may use Dispatch: full members of the bot's own workspace, as Slack describes them now."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.connection.identity import FAULTS, Identity, reason_of
from bot.errors import NotWelcome, SlackUnavailable
from bot.keys import person_key

REMEMBERED_SECONDS = 600.0
_NOBODY = frozenset({"user_not_found", "user_not_visible", "users_not_found"})


@dataclass(frozen=True, slots=True)
class Person:
    """A user of Slack; refusal is why they may not use Dispatch, or "" for a welcome."""

    key: str
    user: str
    name: str
    time_zone: str
    refusal: str


class People:
    """users.info, remembered for ten minutes; who can't be looked up is not let in."""

    def __init__(
        self,
        client: AsyncWebClient,
        identity: Identity,
        allow_guests: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._identity = identity
        self._allow_guests = allow_guests
        self._clock = clock
        self._known: dict[str, tuple[float, Person]] = {}
        self._asked: dict[str, asyncio.Task[Person]] = {}

    async def admit(self, user: str) -> Person:
        """The person, if they may use Dispatch; NotWelcome, or SlackUnavailable if unknown."""
        person = await self.find(user)
        if person.refusal:
            raise NotWelcome(why=person.refusal)
        return person

    async def find(self, user: str) -> Person:
        """The person, welcome or not; SlackUnavailable where Slack does not say."""
        until, person = self._known.get(user, (0.0, None))
        if person is None or self._clock() >= until:
            person = await self._ask_once(user)
            self._known[user] = (self._clock() + REMEMBERED_SECONDS, person)
        return person

    async def names(self, users: tuple[str, ...]) -> dict[str, str]:
        """What to call people who are mentioned; who can't be looked up is left out."""
        found: dict[str, str] = {}
        for user in users[:5]:
            try:
                found[user] = (await self.find(user)).name
            except SlackUnavailable:
                continue
        return found

    async def _ask_once(self, user: str) -> Person:
        """One question to Slack, however many messages of the person wait for its answer."""
        task = self._asked.get(user)
        if task is None:
            task = self._asked[user] = asyncio.create_task(self._ask(user))
            task.add_done_callback(lambda _: self._asked.pop(user, None))
        return await asyncio.shield(task)

    async def _ask(self, user: str) -> Person:
        try:
            profile = (await self._client.users_info(user=user))["user"]
        except SlackApiError as fault:
            if reason_of(fault) in _NOBODY:
                return self._person(user, {}, "your account is not visible to me")
            raise SlackUnavailable(what="who you are", why=reason_of(fault)) from fault
        except FAULTS as fault:
            raise SlackUnavailable(what="who you are", why=reason_of(fault)) from fault
        return self._person(user, profile, self._refusal(profile))

    def _person(self, user: str, profile: Mapping[str, Any], refusal: str) -> Person:
        name = profile.get("real_name") or profile.get("name") or user
        time_zone = str(profile.get("tz") or "UTC")
        return Person(person_key(self._identity.team, user), user, str(name), time_zone, refusal)

    def _refusal(self, profile: Mapping[str, Any]) -> str:
        """Why not; every flag that is absent counts as Slack means it: false."""
        if profile.get("deleted"):
            return "your account is deactivated"
        if profile.get("is_bot") or profile.get("is_workflow_bot") or profile["id"] == "USLACKBOT":
            return "you are an app"
        if profile.get("is_stranger") or not self._same_workspace(profile):
            return "you are from another workspace"
        if not self._allow_guests and _is_guest(profile):
            return "you are a guest here"
        return ""

    def _same_workspace(self, profile: Mapping[str, Any]) -> bool:
        if profile.get("team_id") == self._identity.team:
            return True
        # On an Enterprise Grid a colleague's home may be another workspace of the same company.
        company = profile.get("enterprise_user") or {}
        same_company = company.get("enterprise_id") == self._identity.enterprise
        return bool(
            self._identity.enterprise
            and same_company
            and self._identity.team in company.get("teams", ())
        )


def _is_guest(profile: Mapping[str, Any]) -> bool:
    return bool(
        profile.get("is_restricted")
        or profile.get("is_ultra_restricted")
        or profile.get("is_invited_user")
    )
