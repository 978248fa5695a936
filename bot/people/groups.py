"""Which of the configured approver groups a person is in, as Slack says within the last minute."""

import asyncio
import time
from collections.abc import Callable, Iterable

from slack_sdk.web.async_client import AsyncWebClient

from bot.connection.identity import FAULTS, Identity, reason_of
from bot.errors import SlackUnavailable
from bot.keys import person_key
from bot.people.people import Person
from dispatch_core.views import Decider

REMEMBERED_SECONDS = 60.0


class Groups:
    """usergroups.users.list of the approver groups; who can't be looked up is in no group."""

    def __init__(
        self,
        client: AsyncWebClient,
        identity: Identity,
        approvers: Iterable[str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._team = identity.team
        self._groups = tuple(approver for approver in approvers if approver.startswith("S"))
        self._clock = clock
        self._members: dict[str, tuple[float, frozenset[str]]] = {}

    async def decider(self, person: Person) -> Decider:
        """The person with the approver groups they are in; SlackUnavailable if unknown."""
        members = await asyncio.gather(*(self._members_of(group) for group in self._groups))
        inside = (
            person_key(self._team, group)
            for group, users in zip(self._groups, members, strict=True)
            if person.user in users
        )
        return Decider(person.key, frozenset(inside))

    async def _members_of(self, group: str) -> frozenset[str]:
        until, users = self._members.get(group, (0.0, frozenset()))
        if self._clock() < until:
            return users
        try:
            answer = await self._client.usergroups_users_list(usergroup=group)
        except FAULTS as fault:
            what = "who is in the approvers' group"
            raise SlackUnavailable(what=what, why=reason_of(fault)) from fault
        users = frozenset(str(user) for user in answer.get("users") or ())
        self._members[group] = (self._clock() + REMEMBERED_SECONDS, users)
        return users
