"""The people of the scene: they write, click, click again, disagree, and come too late."""

import asyncio
import copy
import re
import time
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from bot.local_workspace import interactions
from bot.local_workspace.interactions import Click
from bot.local_workspace.json_text import Json
from bot.local_workspace.refusal import Refusal
from tests.chaos.tasks import Kind, Task, Will
from tests.chaos.workspace import APPROVERS, Workspace

APPROVE, REJECT, CANCEL, RETRY = "approval_approve", "approval_reject", "run_cancel", "run_retry"
MENTION = "<@U0DISPATCH>"
SIGN = re.compile(r"T\d{5}x[0-9a-f]{6}")
# A click whose effect does not show is repeated after this long.
AGAIN_SECONDS = 6.0
LOST = "lost on the way"


@dataclass(slots=True)
class Said:
    """A message that a person wrote."""

    task: Task
    user: str
    channel: str
    ts: str
    thread_ts: str

    @property
    def key(self) -> str:
        """How the records name it."""
        return f"T0DISPATCH:{self.channel}:{self.ts}"


@dataclass(slots=True)
class Clicked:
    """A click: on what (the id of an approval or a run), by whom, and whether it was answered."""

    action: str
    subject: str
    user: str
    at: float
    acknowledged: bool = False


@dataclass
class People:
    """Everybody who is simulated; `said` and `clicked` are what they did."""

    workspace: Workspace
    approval_ttl: float
    said: list[Said] = field(default_factory=list)
    clicked: list[Clicked] = field(default_factory=list)
    leaving: bool = False
    _threads: dict[tuple[int, bool], Said] = field(default_factory=dict)
    _by_thread: dict[tuple[str, str], list[Said]] = field(default_factory=dict)
    _seen: set[tuple[str, str]] = field(default_factory=set)
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.workspace.observe(self._notice)

    @property
    def busy(self) -> int:
        """How many still have something in hand."""
        return len(self._under_way)

    async def perform(self, tasks: list[Task]) -> None:
        """Write every message at its time."""
        begun = time.monotonic()
        for task in tasks:
            await asyncio.sleep(max(0.0, task.at - (time.monotonic() - begun)))
            await self._say(task)

    async def leave(self) -> None:
        """Nobody does anything any more."""
        self.leaving = True
        for task in list(self._under_way):
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def was_told(self, said: Said) -> bool:
        """Whether one of two who disagreed about it has heard that it was already decided."""
        told = [one for user in APPROVERS[:2] for one in self.workspace.told(said.channel, user)]
        here = [one for one in told if one.get("thread_ts") == said.thread_ts]
        return any("already" in str(one) for one in here)

    async def click(self, action: str, subject: str, user: str, payload: Json) -> bool:
        """Press a button as it stood in a message; whether the app answered."""
        clicked = Clicked(action, subject, user, time.time())
        self.clicked.append(clicked)
        fresh = copy.deepcopy(payload)
        for part in fresh["actions"]:
            part["action_ts"] = self.workspace.local.slack.messages.new_ts()
        try:
            answer = await interactions.ask(self.workspace.local.slack, user, fresh)
        except Refusal:
            return False
        clicked.acknowledged = answer is not None
        return clicked.acknowledged

    async def _say(self, task: Task) -> None:
        user = self.workspace.people[task.person]
        place = self._threads.get((task.person, task.direct)) if task.follows else None
        direct = place is None and task.direct
        channel = place.channel if place else self._new_place(user, task, direct=direct)
        text = task.text if direct or place else f"{MENTION} {task.text}"
        thread = place.thread_ts if place else None
        ts = await self.workspace.local.say(user, channel, text, thread)
        said = Said(task, user, channel, ts, thread or ts)
        self._threads[task.person, task.direct] = said
        self._by_thread.setdefault((channel, said.thread_ts), []).append(said)
        self.said.append(said)

    def _new_place(self, user: str, task: Task, *, direct: bool) -> str:
        if direct:
            return self.workspace.direct(user)
        return self.workspace.channels[task.number % len(self.workspace.channels)]

    def _notice(self, channel: str, message: Json) -> None:
        """Look at a message of the bot; each button in it is dealt with by somebody once."""
        for button in _buttons(message):
            action, subject = str(button["action_id"]), str(button.get("value", ""))
            if (action, subject) in self._seen:
                continue
            work = self._reaction(action, subject, channel, message)
            if work is not None:
                self._seen.add((action, subject))
                self._keep(work)

    def _reaction(
        self, action: str, subject: str, channel: str, message: Json
    ) -> Coroutine[Any, Any, None] | None:
        said = self._about(channel, message)
        if said is None:
            return None
        if action == APPROVE:
            return self._decide(said, subject, self._pressing(action, channel, message))
        if action == CANCEL and said.task.cancels and said.task.kind is not Kind.SUM:
            payload = self._pressing(action, channel, message, said.user)
            return self._once(said, action, subject, payload)
        if action == RETRY and said.task.retries and "This is a retry" not in str(message):
            payload = self._pressing(action, channel, message, said.user)
            return self._retry(said, subject, payload)
        return None

    def _about(self, channel: str, message: Json) -> Said | None:
        """What a person wrote that this message of the bot is about."""
        here = self._by_thread.get((channel, str(message.get("thread_ts", ""))), [])
        words = str(message.get("blocks"))
        signed = [one for one in here if one.task.sign and one.task.sign in words]
        titled = [one for one in here if one.task.text.splitlines()[0][:40] in words]
        return next(iter(signed or titled), None)

    def _pressing(self, action: str, channel: str, message: Json, user: str = APPROVERS[0]) -> Json:
        """What Slack would send for this button, kept for presses to come."""
        click = Click(user, action, channel=channel, message_ts=str(message["ts"]))
        return interactions._in_message(self.workspace.local.slack, click)

    async def _decide(self, said: Said, approval: str, payload: Json) -> None:
        will, thinks = said.task.will, said.task.thinks
        if will is Will.NOBODY:
            return
        if will is Will.LATE:
            await asyncio.sleep(self.approval_ttl + 2)
            await self.click(APPROVE, approval, APPROVERS[0], _by(payload, APPROVERS[0]))
            return
        await asyncio.sleep(thinks)
        if will is Will.STOP:
            ts = await self.workspace.local.say(said.user, said.channel, "stop", said.thread_ts)
            stop = Task(
                -1, 0, said.task.person, Kind.STOP, "", "stop", True, False, will, 0, 0, False
            )
            self.said.append(Said(stop, said.user, said.channel, ts, said.thread_ts))
            return
        while not self._decided(said.channel, str(payload["container"]["message_ts"])):
            await asyncio.gather(*self._presses(will, approval, payload))
            await asyncio.sleep(AGAIN_SECONDS)

    async def _stop(self, said: Said) -> None:
        ts = await self.workspace.local.say(said.user, said.channel, "stop", said.thread_ts)
        stop = replace(said.task, kind=Kind.STOP, sign="", text="stop", retries=0)
        self.said.append(Said(stop, said.user, said.channel, ts, said.thread_ts))

    def _presses(
        self, will: Will, approval: str, payload: Json
    ) -> Iterator[Coroutine[Any, Any, bool]]:
        first, second = APPROVERS[0], APPROVERS[1]
        if will is Will.REJECT:
            yield self.click(REJECT, approval, first, _by(payload, first, REJECT))
            return
        yield self.click(APPROVE, approval, first, _by(payload, first))
        if will is Will.TWICE:
            yield self.click(APPROVE, approval, first, _by(payload, first))
        if will is Will.BOTH:
            yield self.click(REJECT, approval, second, _by(payload, second, REJECT))

    def _decided(self, channel: str, ts: str) -> bool:
        message = self.workspace.local.slack.messages.find(channel, ts) or {}
        return not any(one["action_id"] == APPROVE for one in _buttons(message))

    async def _once(self, said: Said, action: str, subject: str, payload: Json) -> None:
        await asyncio.sleep(said.task.thinks / 2)
        await self.click(action, subject, said.user, payload)

    async def _retry(self, said: Said, run: str, payload: Json) -> None:
        """Press Retry once or twice at once; an unanswered press is repeated, as people do."""
        await asyncio.sleep(said.task.thinks)
        presses = [self.click(RETRY, run, said.user, payload) for _ in range(said.task.retries)]
        await asyncio.gather(*presses)

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        if self.leaving:
            work.close()
            return
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)


def _by(payload: Json, user: str, action: str = APPROVE) -> Json:
    """The same press by another person, or on the other button of the row."""
    return payload | {
        "user": payload["user"] | {"id": user, "username": user, "name": user},
        "actions": [one | {"action_id": action} for one in payload["actions"]],
    }


def _buttons(value: Any) -> Iterator[Json]:
    """Every button in a message."""
    if isinstance(value, dict):
        if value.get("type") == "button" and "action_id" in value:
            yield value
            return
        value = value.get("blocks") if "blocks" in value else list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _buttons(part)
