"""A whole Dispatch against a whole local Slack, and what people do to it."""

import asyncio
import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.front import Front
from bot.keys import notice_key, person_key, thread_key
from bot.local_workspace import commands, interactions, modals
from bot.local_workspace.delivery import Kind
from bot.local_workspace.directory import TEAM
from bot.local_workspace.pace import Pace
from bot.local_workspace.workspace import LocalWorkspace
from bot.settings import SlackSettings
from dispatch_core.abilities import Capabilities, Permissions, VerdictKind
from dispatch_core.approval_views import ApprovalView
from dispatch_core.dispatcher.door import Dispatcher
from dispatch_core.protocol import PairRequest, Preparation, StepQuestion
from dispatch_core.service import Service
from dispatch_core.settings import CoreSettings
from dispatch_core.views import RunView

ROOT = Path(__file__).parents[3]
MANIFEST = ROOT / "manifest.yml"
# Redelivery without Slack's minutes between. A test shares one loop with both sides, so what a slow
# machine takes of their time must not count as silence.
QUICK = Pace(ack=30.0, trigger=30.0, redelivery=(0.0, 0.05, 0.1), rate_limits=False)

ADA, GRACE, GUEST = "U0ADA", "U0GRACE", "U0GUEST"
GENERAL, ADAS = "C0GENERAL", "D0ADA"
BOT = "<@U0DISPATCH>"
Json = Mapping[str, Any]


@dataclass
class Desk:
    """front is Slack's side of the service; workspace is the Slack that it is connected to."""

    workspace: LocalWorkspace
    service: Service
    front: Front

    @property
    def dispatcher(self) -> Dispatcher:
        return self.service.dispatcher

    def impatient(self, seconds: float) -> None:
        """From now on Slack takes so long a silence of a socket for no answer."""
        self.workspace.slack.sockets._pace = replace(QUICK, ack=seconds)

    async def settled(self) -> None:
        """Every event is acknowledged or given up."""
        async with asyncio.timeout(60):
            await self.workspace.slack.outbound.quiet()

    async def say(self, user: str, text: str, channel: str = GENERAL, **where: Any) -> str:
        """A person writes, and the app has answered for it; returns the message's ts."""
        ts = await self.workspace.say(user, channel, text, **where)
        await self.settled()
        return ts

    async def event(self, event: Json, **outer: Any) -> None:
        """An event as Slack would send it, once; NotAcknowledged where the app does not ack."""
        body = self.workspace.slack.outbound._wrapped(dict(event), "") | outer
        await self.workspace.slack.outbound.carrier.send(_parcel(body))

    async def click(self, user: str, message: Json, action_id: str, **how: Any) -> bool:
        """A person clicks in a message; whether the app answered."""
        click = interactions.Click(
            user=user,
            action_id=action_id,
            channel=how.pop("channel", GENERAL),
            message_ts=message["ts"],
            **how,
        )
        return await interactions.act(self.workspace.slack, click)

    async def command(self, user: str, command: str, text: str, channel: str = GENERAL) -> None:
        await commands.run(self.workspace.slack, user, channel, command, text)

    async def submit(self, user: str, view_id: str, reason: str) -> dict[str, str] | None:
        values = {"reason": {"reason": {"type": "plain_text_input", "value": reason}}}
        return await modals.submit(self.workspace.slack, user, view_id, values)

    async def runs(self, thread_ts: str, channel: str = GENERAL) -> list[RunView]:
        """The runs of a thread, as the core has them."""
        return await self._bodies(RunView, thread_ts, channel)

    async def approvals(self, thread_ts: str, channel: str = GENERAL) -> list[ApprovalView]:
        return await self._bodies(ApprovalView, thread_ts, channel)

    async def whispered(self, user: str, words: str, channel: str = GENERAL) -> Json:
        """The ephemeral message with these words that a person sees, as soon as it is there."""
        return await self.shown(
            lambda one: bool(one.get("is_ephemeral")) and words in str(one), channel, user
        )

    def whispers(self, user: str, channel: str = GENERAL) -> list[Json]:
        seen = self.workspace.messages(channel, user)
        return [one for one in seen if one.get("is_ephemeral")]

    async def shown(
        self, matches: Callable[[Json], bool], channel: str = GENERAL, user: str = ""
    ) -> Json:
        """The first message of a channel that matches, as soon as there is one."""

        def found() -> list[Json]:
            return [one for one in self.workspace.messages(channel, user) if matches(one)]

        await self.workspace.wait_until(found)
        return found()[0]

    async def card(self, words: str, channel: str = GENERAL) -> Json:
        """The bot's message with these words in it."""
        return await self.shown(
            lambda one: one.get("user") == "U0DISPATCH" and words in str(one), channel
        )

    async def a_device(self, owner: str = ADA, name: str = "laptop") -> str:
        """A paired device that never connects: what it should do stays queued."""
        person = person_key(TEAM, owner)
        offer = await self.dispatcher.offer_pairing(person, notice_key(TEAM, owner))
        public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
        reply = await self.dispatcher.redeem(
            PairRequest(
                code=offer.code,
                public_key=base64.urlsafe_b64encode(public).decode().rstrip("="),
                name=name,
                platform="Linux",
                capabilities=Capabilities(shell=True, local_files=True, reachableFolders=("/srv",)),
                permissions=Permissions(shell=True, local_files=True),
            )
        )
        return reply.device_id

    async def a_waiting_run(self, channel: str = GENERAL) -> tuple[str, RunView]:
        """Ada's command on her device, which waits for approval; returns its thread too."""
        device = await self.a_device()
        ts = await self.say(ADA, f"{BOT} $ echo hi", channel)
        await self.look(device)
        return ts, (await self.runs(ts, channel))[0]

    async def look(self, device: str, **said: Any) -> StepQuestion:
        """Let a device look at the step that it is asked about, and ask a person first."""
        question = await self.dispatcher.claim_step(device, 60)
        assert isinstance(question, StepQuestion)
        asks = {"verdict": VerdictKind.ASK, "reasons": ("Every command asks first.",)}
        preparation = Preparation(**(asks | said))
        assert await self.dispatcher.prepared(device, question.step_id, preparation) is None
        return question

    async def eventually(self, holds: Callable[[], Any]) -> None:
        """Look again after each change of an entry, until it holds."""
        async with asyncio.timeout(60):
            while not await holds():
                await self.dispatcher.changes(0.1)

    async def _bodies(self, kind: type[Any], thread_ts: str, channel: str) -> list[Any]:
        entries = await self.dispatcher.thread(thread_key(TEAM, channel, thread_ts))
        return [entry.body for entry in entries if isinstance(entry.body, kind)]


def _parcel(body: Json) -> Any:
    from bot.local_workspace.delivery import Parcel

    return Parcel(Kind.EVENT, dict(body))


def slack_settings(workspace: LocalWorkspace, **facts: Any) -> SlackSettings:
    """How the bot reaches this workspace, over Socket Mode unless told otherwise."""
    known: dict[str, Any] = {
        "slack_bot_token": workspace.bot_token,
        "slack_app_token": workspace.app_token,
        "slack_signing_secret": workspace.signing_secret,
        "slack_api_url": workspace.api_url,
        "dispatch_approvers": (ADA, GRACE),
    }
    return SlackSettings(**(known | facts))


def core_settings(home: Path, **facts: Any) -> CoreSettings:
    """A core whose leases outlive a stall of the machine."""
    return CoreSettings(**({"home": home, "http_port": 0, "lease": 120} | facts))
