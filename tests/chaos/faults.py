"""What befalls the scene, and when: a schedule from the seed, and how each fault comes about."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum

import psycopg

from tests.chaos.member import Member
from tests.chaos.options import Options
from tests.chaos.rows import Rows
from tests.chaos.scene import DATABASE, Scene

HANG = "ALTER SYSTEM SET synchronous_standby_names = 'nobody'"
RELOAD = "SELECT pg_reload_conf()"
# The owner of a run at the core's desk is a process: host, pid and a token.
HOLDS_A_RUN = "SELECT 1 FROM run WHERE status = 'running' AND owner LIKE '%:{pid}:%' LIMIT 1"
# Whose companion it is, is not asked: there are few processes, and one of them has it.
A_DEVICE_WORKS = """
    SELECT 1 FROM step JOIN run ON run.id = step.run_id
    WHERE run.status = 'running' AND run.desk <> 'core' AND step.status = 'started' LIMIT 1
"""
AT_WORK_WITHIN = 1.0
# Calls to the workspace in quiet times of the storm: each with a little of everything.
DRIZZLE = {"rate_limit": 0.02, "server_error": 0.01, "lost_answer": 0.02, "slow": 0.002}


class Fault(StrEnum):
    """The faults by name."""

    KILL_SERVE = "kill -9 a server"
    KILL_WORKER = "kill -9 a worker"
    KILL_COMPANION = "kill -9 a companion's process"
    SUSPEND_SERVE = "suspend a server beyond the lease"
    SUSPEND_WORKER = "suspend a worker beyond the lease"
    SUSPEND_COMPANION = "suspend a companion's process beyond the lease"
    CRASH = "crash PostgreSQL"
    CRASH_IN_COMMIT = "crash PostgreSQL between commits and their answers"
    LIMITED = "Slack answers 429"
    FAILING = "Slack answers 500"
    SLOW = "Slack answers too late"
    LOST = "Slack does it and does not answer"
    SOCKETS = "cut the sockets"
    CUT = "cut the devices' connections"
    AWAY = "devices vanish for a while"
    FULL = "a small disk is full"


# How often each comes in a deck; a deck is shuffled and dealt, so that a short run has of each.
DECK = {
    Fault.KILL_SERVE: 4,
    Fault.KILL_WORKER: 3,
    Fault.KILL_COMPANION: 4,
    Fault.SUSPEND_SERVE: 3,
    Fault.SUSPEND_WORKER: 3,
    Fault.SUSPEND_COMPANION: 2,
    Fault.CRASH: 1,
    Fault.CRASH_IN_COMMIT: 2,
    Fault.LIMITED: 1,
    Fault.FAILING: 1,
    Fault.SLOW: 1,
    Fault.LOST: 2,
    Fault.SOCKETS: 2,
    Fault.CUT: 2,
    Fault.AWAY: 1,
    Fault.FULL: 2,
}


@dataclass(frozen=True, slots=True)
class Blow:
    """One fault: when (seconds from the start), which, how long, and whom (of those there are)."""

    at: float
    fault: Fault
    lasts: float
    whom: float


def schedule(options: Options) -> Iterator[Blow]:
    """The blows of a storm, by the seed alone."""
    dice = options.dice("faults")
    deck = [fault for fault, count in DECK.items() for _ in range(count)]
    if options.only:
        deck = [fault for fault in deck if fault.name.lower() in options.only]
    dealt: list[Fault] = []
    at = options.fault_gap
    while deck and at < options.storm:
        dealt = dealt or dice.sample(deck, len(deck))
        yield Blow(at, dealt.pop(), dice.uniform(0.5, 3.0), dice.random())
        at += dice.uniform(0.5, 1.5) * options.fault_gap


@dataclass
class Storm:
    """Brings the blows about, each on its own, and mends all of it at the end."""

    scene: Scene
    options: Options
    done: Counter[Fault] = field(default_factory=Counter)
    spared: Counter[Fault] = field(default_factory=Counter)
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)
    _database: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self._how: dict[Fault, Callable[[Blow], Awaitable[bool]]] = {
            Fault.KILL_SERVE: lambda blow: self._kill(self.scene.serves, blow),
            Fault.KILL_WORKER: lambda blow: self._kill(self.scene.workers, blow),
            Fault.KILL_COMPANION: lambda blow: self._kill(self.scene.hosts, blow),
            Fault.SUSPEND_SERVE: lambda blow: self._suspend(self.scene.serves, blow),
            Fault.SUSPEND_WORKER: lambda blow: self._suspend(self.scene.workers, blow),
            Fault.SUSPEND_COMPANION: lambda blow: self._suspend(self.scene.hosts, blow),
            Fault.CRASH: self._crash,
            Fault.CRASH_IN_COMMIT: self._crash_in_commit,
            Fault.LIMITED: lambda blow: self._slack("rate_limit", 1.0, blow),
            Fault.FAILING: lambda blow: self._slack("server_error", 1.0, blow),
            Fault.SLOW: lambda blow: self._slack("slow", 0.3, blow),
            Fault.LOST: lambda blow: self._slack("lost_answer", 0.6, blow),
            Fault.SOCKETS: self._sockets,
            Fault.CUT: self._cut,
            Fault.AWAY: self._away,
            Fault.FULL: self._full,
        }

    async def blow(self) -> None:
        """All of the schedule; returns when the last blow has fallen, not when it is over."""
        self.drizzle()
        loop = asyncio.get_running_loop()
        begun = loop.time()
        for blow in schedule(self.options):
            await asyncio.sleep(max(0.0, blow.at - (loop.time() - begun)))
            task = asyncio.create_task(self._bring(blow))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    def drizzle(self) -> None:
        """A little trouble everywhere, for as long as the storm lasts."""
        if self.options.only:
            return
        self.scene.workspace.chances.update(DRIZZLE)
        self.scene.workspace.postman.copies = 0.25
        self.scene.workspace.postman.lost = 0.05
        self.scene.balancer.lost = 0.01

    async def heal(self) -> None:
        """Wait until every blow is over; then nothing is wrong any more."""
        while self._under_way:
            await asyncio.gather(*self._under_way)
        self.scene.workspace.calm()
        self.scene.balancer.lost = 0.0
        for disk in self.scene.disks:
            disk.empty()
        for member in self.scene.members:
            if not member.alive:
                await member.begin()

    async def stop(self) -> None:
        """Give up what is under way."""
        for task in list(self._under_way):
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _bring(self, blow: Blow) -> None:
        done = await self._how[blow.fault](blow)
        (self.done if done else self.spared)[blow.fault] += 1

    async def _kill(self, members: list[Member], blow: Blow) -> bool:
        member = _choose(members, blow)
        if member is None:
            return False
        member.busy = True
        await asyncio.to_thread(self._until_at_work, member)
        await member.kill()
        await asyncio.sleep(blow.lasts)
        await member.begin()
        member.busy = False
        return True

    async def _suspend(self, members: list[Member], blow: Blow) -> bool:
        member = _choose(members, blow)
        if member is None:
            return False
        member.busy = True
        await asyncio.to_thread(self._until_at_work, member)
        await member.suspend(self.options.lease + 1.0 + 2 * blow.lasts)
        member.busy = False
        return True

    def _until_at_work(self, member: Member) -> None:
        """What has nothing in its hands when it is killed or suspended can do nothing wrong."""
        rows = Rows(self.scene.server.folder, DATABASE)
        works = A_DEVICE_WORKS if member.kind == "host" else HOLDS_A_RUN.format(pid=member.pid)
        with suppress(psycopg.Error):
            rows.wait_for_any(works, AT_WORK_WITHIN)

    async def _crash(self, blow: Blow) -> bool:
        async with self._database:
            await asyncio.to_thread(self.scene.server.crash)
            await asyncio.sleep(blow.lasts)
            await asyncio.to_thread(self.scene.server.start)
        return True

    async def _crash_in_commit(self, blow: Blow) -> bool:
        """Commits are durable, wait for a standby that never comes, and nobody hears of them."""
        async with self._database:
            server = self.scene.server
            with suppress(psycopg.Error):
                await asyncio.to_thread(_hang_commits, str(server.folder))
                await asyncio.sleep(0.4)
            await asyncio.to_thread(server.crash)
            (server.folder / "data/postgresql.auto.conf").write_text("")
            await asyncio.sleep(blow.lasts)
            await asyncio.to_thread(server.start)
        return True

    async def _slack(self, fault: str, chance: float, blow: Blow) -> bool:
        chances = self.scene.workspace.chances
        chances[fault] = chance
        await asyncio.sleep(2 * blow.lasts)
        chances[fault] = 0.0 if self.options.only else DRIZZLE[fault]
        return True

    async def _sockets(self, _blow: Blow) -> bool:
        await self.scene.workspace.local.slack.sockets.drop()
        return True

    async def _cut(self, _blow: Blow) -> bool:
        self.scene.balancer.cut()
        return True

    async def _away(self, blow: Blow) -> bool:
        return await self._kill(self.scene.hosts, Blow(blow.at, blow.fault, 15.0, blow.whom))

    async def _full(self, blow: Blow) -> bool:
        if not self.scene.disks:
            return False
        disk = self.scene.disks[int(blow.whom * len(self.scene.disks))]
        await asyncio.to_thread(disk.fill)
        await asyncio.sleep(2 * blow.lasts)
        disk.empty()
        return True


def _choose(members: list[Member], blow: Blow) -> Member | None:
    """One of those that nothing befalls just now."""
    free = [one for one in members if not one.busy and one.alive]
    return free[int(blow.whom * len(free))] if free else None


def _hang_commits(folder: str) -> None:
    address = f"host={folder} user=dispatch dbname=postgres connect_timeout=5"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(HANG)
        connection.execute(RELOAD)
