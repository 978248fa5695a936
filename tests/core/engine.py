"""The core without its doors: a real database, a clock that a test moves, and factories
that state only what matters."""

import tempfile
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path

from dispatch_core.abilities import Capabilities, Permissions, ToolName, VerdictKind
from dispatch_core.approval_views import ApprovalView
from dispatch_core.blobs import Blobs
from dispatch_core.dispatcher.core_desk import CoreDesk
from dispatch_core.dispatcher.core_files import CoreFiles
from dispatch_core.dispatcher.door import Dispatcher
from dispatch_core.dispatcher.links import Links
from dispatch_core.dispatcher.room import Parts
from dispatch_core.dispatcher.upkeep import Upkeep
from dispatch_core.planning.direct import Direct
from dispatch_core.planning.planner import Finish
from dispatch_core.policy.deciders import ApprovalRules
from dispatch_core.protocol import (
    Bound,
    Grantable,
    PairRequest,
    Preparation,
    StepOrder,
    StepQuestion,
)
from dispatch_core.records import runs, schema
from dispatch_core.records.database import Store
from dispatch_core.records.engines import open_engine as open_database
from dispatch_core.settings import CoreSettings
from dispatch_core.views import Decider, Decision, Submission
from dispatch_core.work import RunWork

ADA, GRACE, SAM = "T1:U0ADA", "T1:U0GRACE", "T1:U0GUEST"
START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, **time: float) -> None:
        """Let time pass, as timedelta spells it."""
        self.now += timedelta(**time)


@dataclass
class Engine:
    """The core's rooms over one store."""

    dispatcher: Dispatcher
    desk: CoreDesk
    files: CoreFiles
    upkeep: Upkeep
    store: Store
    clock: Clock
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    async def ask(self, text: str = "hello", *, thread: str = "T1:C1:1", by: str = ADA) -> str:
        """Submit a message; returns the run's id."""
        number = next(self.numbers)
        asked_at = self.clock.now + timedelta(microseconds=number)
        submission = Submission(thread, f"{thread}/{number}", by, text, asked_at)
        receipt = await self.dispatcher.submit(submission)
        assert receipt.run_id is not None
        return receipt.run_id

    async def claim(self) -> RunWork:
        """Claim the one run that is due at the core's desk."""
        (work,) = await self.desk.claim("worker-1", 1)
        return work

    async def plan(self, work: RunWork) -> RunWork | None:
        """Let the planner take one turn; returns the work where a step is to be done here."""
        planned = await Direct().next(work)
        if isinstance(planned, Finish):
            await self.desk.finish(work.claim, planned)
            return None
        step = await self.desk.take_step(work.claim, planned)
        return work.with_step(step) if step else None

    async def pair(self, name: str = "laptop", *, by: str = ADA, **may: bool) -> str:
        """Pair a device that may run a shell and read files; returns its id."""
        offer = await self.dispatcher.offer_pairing(by, f"{by}:")
        return await self.redeem(offer.code, name, **may)

    async def redeem(self, code: str, name: str = "laptop", **may: bool) -> str:
        """Let a device use a pairing code; returns its id."""
        allowed = may or {"shell": True, "local_files": True}
        request = PairRequest(
            code=code,
            public_key=urlsafe_b64encode(name.encode().ljust(32, b"\0")).decode(),
            name=name,
            platform="Linux",
            capabilities=Capabilities(
                shell=True, local_files=True, reachableFolders=("/home/ada",)
            ),
            permissions=Permissions(**allowed),
        )
        return (await self.dispatcher.redeem(request)).device_id

    async def ask_for_shell(self, command: str = "echo hi", **where: str) -> ApprovalView:
        """Submit `$ command` and bring it to its approval; a device must be paired."""
        run_id = await self.ask(f"$ {command}", **where)
        await self.plan(await self.claim())
        assert await self.order(await self._device_of(run_id)) is None
        return await self.approval_of(run_id)

    async def order(self, device: str, wait: float = 0) -> StepOrder | None:
        """What the device is to do next: it looks at what it is asked about, and goes on."""
        while isinstance(work := await self.dispatcher.claim_step(device, wait), StepQuestion):
            if order := await self.dispatcher.prepared(device, work.step_id, looked_at(work)):
                return order
        return work

    async def _device_of(self, run_id: str) -> str:
        row = await self.store.read(lambda tx: runs.get(tx, run_id))
        return str(row.device_id)

    async def approve(self, approval: ApprovalView, by: str = ADA) -> ApprovalView:
        """Let somebody click Approve."""
        return await self.dispatcher.decide(approval.id, Decision.APPROVE, decider(by))

    async def approval_of(self, run_id: str, *, last: bool = False) -> ApprovalView:
        """The approval that a run asked for first, or last."""
        run = await self.dispatcher.run(run_id)
        asked = [
            entry.body
            for entry in await self.dispatcher.thread(run.thread_key)
            if isinstance(entry.body, ApprovalView) and entry.body.run_id == run_id
        ]
        assert asked, f"run {run_id} asked for no approval"
        return asked[-1 if last else 0]


@asynccontextmanager
async def open_engine(
    home: Path,
    *,
    approvers: tuple[str, ...] = (),
    rules: ApprovalRules | None = None,
    replans: bool = False,
    clock: Clock | None = None,
    on_server_time: bool = False,
    **settings: float | bool | str,
) -> AsyncIterator[Engine]:
    """An engine on a new database: in `home`, unless a database_url is given.

    Two on one PostgreSQL are two processes' worth; they share a clock, as they share the server's.
    on_server_time leaves leases and expiries to the database's own clock.
    """
    clock = clock or Clock()
    own = home / "dispatch.db"
    if not settings.get("database_url") and not own.exists():
        own.write_bytes(_migrated())
    known = CoreSettings(home=home, **settings)  # type: ignore[arg-type]
    store = Store(known.database, None if on_server_time else clock)
    schema.upgrade(store.engine)
    store.start()
    links = Links("http://127.0.0.1:8765", known.download_ttl)
    links.use_key(b"k" * 32)
    rules = rules or ApprovalRules(frozenset(approvers))
    parts = Parts(store, known, rules, Blobs(home / "artifacts"), links, replans=replans)
    try:
        rooms = (Dispatcher(parts), CoreDesk(parts), CoreFiles(parts), Upkeep(parts))
        yield Engine(*rooms, store, clock)
    finally:
        await store.stop()


def looked_at(question: StepQuestion, verdict: VerdictKind | None = None) -> Preparation:
    """A device's answer: what reads is allowed and the rest asks, unless told otherwise.

    A lasting grant for a shell command would cover its first word.
    """
    reads = question.tool in (ToolName.READ_FILE, ToolName.LIST_FOLDER)
    word = str(question.arguments.get("command", "")).partition(" ")[0]
    grant = Grantable(key=f"shell {word}", words=f"any {word} command") if word else None
    return Preparation(
        verdict=verdict or (VerdictKind.ALLOW if reads else VerdictKind.ASK),
        reasons=("Every shell command asks a person first.",),
        bound=Bound(working_directory="/home/ada"),
        grant=grant,
    )


@cache
def _migrated() -> bytes:
    """A SQLite file whose schema is up to date: made once, since each migration takes its time."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "dispatch.db"
        engine = open_database(f"sqlite:///{file}")
        schema.upgrade(engine)
        engine.dispose()
        return file.read_bytes()


def decider(person: str, *groups: str) -> Decider:
    """A person who clicks."""
    return Decider(person, frozenset(groups))
