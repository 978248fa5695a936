"""Delivers to the app what happened: events again until acknowledged, interactions once."""

import asyncio
import uuid
from collections.abc import Coroutine
from typing import Any

from bot.local_workspace.delivery import Carrier, Kind, NotAcknowledged, Parcel
from bot.local_workspace.directory import APP, BOT_USER, TEAM
from bot.local_workspace.faults import Faults
from bot.local_workspace.json_text import Json
from bot.local_workspace.manifest import Manifest
from bot.local_workspace.pace import Pace
from bot.local_workspace.state_file import StateFile

DUPLICATES = 3


class Outbound:
    """The way to the app. `carrier` may be exchanged while nothing is under way."""

    def __init__(
        self, carrier: Carrier, manifest: Manifest, faults: Faults, state: StateFile, pace: Pace
    ) -> None:
        self.carrier = carrier
        self._manifest = manifest
        self._faults = faults
        self._state = state
        self._pace = pace
        self._tasks: set[asyncio.Task[None]] = set()

    def resume(self) -> None:
        """Deliver what an earlier process could not deliver before it ended."""
        for body in self._state.kept("event").values():
            self.background(self._deliver(body))

    def event(self, subscription: str, event: Json, channel: str = "") -> None:
        """Send an event if the app subscribed to it; each has an event_id of its own."""
        if not self._manifest.delivers(subscription):
            return
        body = self._wrapped(event, channel)
        self._state.keep("event", body["event_id"], body)
        for _ in range(DUPLICATES if self._faults.on("duplicates") else 1):
            self.background(self._deliver(body))

    async def ask(self, kind: Kind, payload: Json) -> Json:
        """Send an interaction or a command once; NotAcknowledged if the app stays silent."""
        return await self.carrier.send(Parcel(kind, payload))

    async def quiet(self) -> None:
        """Return once every event was acknowledged or given up."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def background(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something on the side; `quiet` waits for it and `close` ends it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, body: Json) -> None:
        """One first attempt, then Slack's retries: at once, after a minute, after five."""
        reason = ""
        for attempt, wait in enumerate((0.0, *self._pace.redelivery)):
            await asyncio.sleep(wait)
            await self.carrier.ready()
            try:
                await self.carrier.send(Parcel(Kind.EVENT, body, attempt, reason))
                break
            except NotAcknowledged as silence:
                reason = silence.reason
                if silence.final:
                    break
        self._state.keep("event", body["event_id"], None)

    def _wrapped(self, event: Json, channel: str) -> Json:
        return {
            "token": "local-verification-token",
            "team_id": TEAM,
            "context_team_id": TEAM,
            "context_enterprise_id": None,
            "api_app_id": APP,
            "event": event,
            "type": "event_callback",
            "event_id": f"Ev{uuid.uuid4().hex[:10].upper()}",
            "event_time": int(self._pace.now()),
            "authorizations": [_authorization()],
            "is_ext_shared_channel": False,
            "event_context": f"4-{channel or event['type']}",
        }


def _authorization() -> Json:
    return {
        "enterprise_id": None,
        "team_id": TEAM,
        "user_id": BOT_USER,
        "is_bot": True,
        "is_enterprise_install": False,
    }
