"""What Dispatch does for people, end to end: each scenario runs on whatever Slack it is given.

A scenario gets a stage: a Slack, a server that is connected to it, and a companion to pair.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from tests.acceptance.driver import (
    PATIENCE_SECONDS,
    Message,
    SlackDriver,
    eventually,
    labelled,
    thread,
)
from tests.acceptance.processes import Companion, Server

PAIR_COMMAND = re.compile(r"dispatch-device pair (\S+) ([A-Z2-9]{8})")
PNG = b"\x89PNG\r\n\x1a\n"
PLOT = """```python
import matplotlib.pyplot as plt
plt.plot([n * n for n in range(10)])
plt.savefig("plot.png")
print("plotted")
```"""
ENDLESS = """```python
while True:
    pass
```"""


@dataclass
class Stage:
    """Where a scenario plays; ada asks, grace is someone else."""

    slack: SlackDriver
    server: Server
    companion: Companion

    @property
    def ada(self) -> str:
        return self.slack.people["ada"]

    @property
    def grace(self) -> str:
        return self.slack.people["grace"]

    async def ask(self, text: str) -> tuple[str, str]:
        """Ada mentions the bot in the general channel; returns the channel and the thread's ts."""
        channel = self.slack.general
        return channel, await self.slack.say(self.ada, channel, f"{self.slack.mention} {text}")

    async def reply(
        self, channel: str, ts: str, sign: Callable[[Message], bool], what: str
    ) -> Message:
        """The first message of the bot in the thread that shows the sign."""

        async def look() -> Message | None:
            seen = await thread(self.slack, self.ada, channel, ts)
            return next((m for m in seen if m.ts != ts and sign(m)), None)

        return await eventually(look, f"{what} in the thread", watched=self.server.failure)

    async def says(self, channel: str, ts: str, *words: str) -> Message:
        """The first message of the bot in the thread that has all these words."""
        return await self.reply(
            channel, ts, lambda m: all(word in m.words for word in words), f"{words}"
        )

    async def told(
        self, user: str, channel: str, *words: str, patience: float = PATIENCE_SECONDS
    ) -> Message:
        """A message that the user sees anywhere in the channel, with all these words."""

        async def look() -> Message | None:
            seen = await self.slack.messages(user, channel)
            return next((m for m in seen if all(word in m.words for word in words)), None)

        return await eventually(look, f"{words} for {user}", patience, self.server.failure)

    async def pair(self) -> None:
        """Pair the companion as Ada's, by the code that `/devices pair` shows her."""
        offer = await self._offer(await self.slack.dm(self.ada))
        found = PAIR_COMMAND.search(offer.words)
        assert found, offer.words
        await self.companion.pair(found[1], found[2])

    async def _offer(self, channel: str) -> Message:
        """Ask for a code, and again: a Slack may forget a command that was answered late."""
        for patience in (15.0, 30.0, PATIENCE_SECONDS):
            await self.slack.command(self.ada, channel, "/devices", "pair")
            with suppress(AssertionError):
                words = "dispatch-device pair"
                return await self.told(self.ada, channel, words, patience=patience)
        raise AssertionError("no code was offered")

    async def asked_for(self, command: str) -> tuple[str, str, Message]:
        """Pair, ask for a shell command, and wait for its approval's message."""
        await self.pair()
        channel, ts = await self.ask(f"$ {command}")
        pending = await self.reply(channel, ts, lambda m: _has(m, "Approve"), "an approval")
        return channel, ts, pending


def _has(message: Message, label: str) -> bool:
    return any(labelled(button) == label for button in message.buttons)


async def a_greeting_is_answered(stage: Stage) -> None:
    channel, ts = await stage.ask("hello")
    card = await stage.says(channel, ts, "completed", "inline")
    assert _has(card, "Retry")


async def a_question_is_answered_with_its_source(stage: Stage) -> None:
    channel = await stage.slack.dm(stage.ada)
    ts = await stage.slack.say(stage.ada, channel, "[route=cloud-knowledge] What is a run?")
    await stage.says(channel, ts, "completed", "cloud-knowledge")
    await stage.says(channel, ts, ".md")


async def a_plot_comes_into_the_thread(stage: Stage) -> None:
    channel, ts = await stage.ask(PLOT)
    await stage.says(channel, ts, "completed", "cloud-code")
    shared = await stage.reply(channel, ts, lambda m: "plot.png" in m.file_names, "plot.png")
    [file] = shared.raw["files"]
    assert (await stage.slack.download(file)).startswith(PNG)


async def stop_in_the_thread_ends_the_run(stage: Stage) -> None:
    channel, ts = await stage.ask(ENDLESS)
    await stage.says(channel, ts, "running")
    await stage.slack.say(stage.ada, channel, "stop", ts)
    await stage.says(channel, ts, "cancelled", "Stopped by")


async def a_file_comes_from_the_device(stage: Stage) -> None:
    await stage.pair()
    await asyncio.to_thread((stage.companion.folder / "notes.txt").write_text, "six times seven")
    channel, ts = await stage.ask("get notes.txt")
    await stage.says(channel, ts, "completed", "desktop-local", "laptop")
    shared = await stage.reply(channel, ts, lambda m: "notes.txt" in m.file_names, "notes.txt")
    [file] = shared.raw["files"]
    assert await stage.slack.download(file) == b"six times seven"


async def an_approved_command_runs_on_the_device(stage: Stage) -> None:
    channel, ts, pending = await stage.asked_for("echo $((6 * 7))")
    await stage.slack.click(stage.ada, channel, pending, "Approve")
    await stage.says(channel, ts, "completed", "desktop-local", "laptop")
    await stage.says(channel, ts, "42")
    decided = await stage.says(channel, ts, "Approved")
    assert not decided.buttons


async def a_command_is_answered_while_it_runs(stage: Stage) -> None:
    channel, ts, pending = await stage.asked_for('echo "$((70 + 7))?"; read n; echo $((n * 7))')
    await stage.slack.click(stage.ada, channel, pending, "Approve")
    await stage.says(channel, ts, "running", "77?", "here to answer it")
    await stage.slack.say(stage.ada, channel, "&gt; 6", ts)
    await stage.says(channel, ts, "completed", "desktop-local", "laptop")
    await stage.says(channel, ts, "42")


async def a_rejected_command_runs_nowhere(stage: Stage) -> None:
    mark = stage.companion.folder / "ran"
    channel, ts, pending = await stage.asked_for(f"touch {mark}")
    await stage.slack.click(stage.ada, channel, pending, "Reject")
    await stage.says(channel, ts, "cancelled", "desktop-local")
    assert not await asyncio.to_thread(mark.exists)


async def of_two_clicks_one_decides_and_the_other_is_told(stage: Stage) -> None:
    channel, ts, pending = await stage.asked_for("echo $((6 * 7))")
    await asyncio.gather(
        stage.slack.click(stage.ada, channel, pending, "Approve"),
        stage.slack.click(stage.grace, channel, pending, "Reject"),
    )
    decided = await stage.reply(channel, ts, lambda m: "by" in _verdict(m), "a decision")
    late = stage.grace if "Approved" in _verdict(decided) else stage.ada
    await stage.told(late, channel, "already")


async def a_schedule_is_made_run_now_and_removed(stage: Stage) -> None:
    channel, ts = await stage.ask("every weekday at 9 what is 17 * 23?")
    card = await stage.says(channel, ts, "Every weekday at 9:00", "Next", "<!date^")
    await stage.slack.click(stage.ada, channel, card, "Run now")
    await stage.says(channel, ts, "completed", "391")
    await stage.slack.click(stage.ada, channel, card, "Remove")
    removed = await stage.says(channel, ts, "Every weekday at 9:00", "removed")
    assert not removed.buttons


def _verdict(message: Message) -> str:
    found = re.search(r"\*(Approved|Rejected)\* by", message.words)
    return found[0] if found else ""


Scenario = Callable[[Stage], Awaitable[None]]
SCENARIOS: tuple[Scenario, ...] = (
    a_greeting_is_answered,
    a_question_is_answered_with_its_source,
    a_plot_comes_into_the_thread,
    stop_in_the_thread_ends_the_run,
    a_file_comes_from_the_device,
    an_approved_command_runs_on_the_device,
    a_command_is_answered_while_it_runs,
    a_rejected_command_runs_nowhere,
    of_two_clicks_one_decides_and_the_other_is_told,
    a_schedule_is_made_run_now_and_removed,
)
