"""A Hypothesis state machine lives the life of many runs and finds no illegal move."""

import asyncio
import tempfile
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from sqlalchemy import func, select

from dispatch_core.abilities import ToolName
from dispatch_core.approval_views import ApprovalView
from dispatch_core.dispatcher.trail import Trail
from dispatch_core.errors import DispatchError, LostClaim
from dispatch_core.lifecycle import (
    ENDS,
    MOVES,
    TERMINAL,
    ApprovalStatus,
    EndReason,
    RunStatus,
    Scope,
    StepStatus,
)
from dispatch_core.planning.planner import Finish
from dispatch_core.policy.deciders import ApprovalRules
from dispatch_core.protocol import Progress, StepOrder, StepResult
from dispatch_core.records.decision_tables import GRANTS
from dispatch_core.views import Decision, RunView
from dispatch_core.work import Claim, RunWork
from tests.core.engine import ADA, GRACE, SAM, Engine, decider, open_engine

KEYS = [f"T1:C1:{number}" for number in range(1, 5)]
THREADS = st.sampled_from(KEYS)
LIN = "T1:U0LIN"
PEOPLE = st.sampled_from([GRACE, LIN, ADA, SAM])
SCOPES = st.sampled_from([Scope.ONCE, *Scope])
DECISIONS = st.sampled_from([Decision.APPROVE, Decision.APPROVE, Decision.REJECT])
# Mostly the one that was asked for last.
LATEST = st.sampled_from([1, 1, 1, 2, 3])
REQUESTS = st.sampled_from(["hello", "$ echo hi", "ls .", "what is a run?"])


class Dispatching(RuleBasedStateMachine):
    """Submit, claim, ask, decide, cancel, expire, crash, recover, in any order."""

    runs = Bundle("runs")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        self.stack = AsyncExitStack()
        self.works: list[RunWork] = []
        self.stale: list[Claim] = []
        self.orders: list[StepOrder] = []
        self.submitted: set[str] = set()
        self.seen: dict[str, RunView] = {}
        self.decisions: dict[str, ApprovalStatus] = {}
        self.votes: dict[str, set[str]] = {}
        self.edits = count(1)
        self.asked: list[str] = []

    @initialize(needed=st.sampled_from([1, 1, 2]), own=st.booleans())
    def open(self, needed: int, own: bool) -> None:
        approvers = frozenset({ADA, GRACE, LIN})
        self.operator = ApprovalRules(approvers, needed=needed, approve_own=own)
        opening = open_engine(Path(self.folder.name), rules=self.operator)
        self.engine: Engine = self.do(self.stack.enter_async_context(opening))
        self.device = self.do(self.engine.pair())

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(work)

    def attempt(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Do what may be refused; a refusal is an outcome."""
        try:
            return self.do(work)
        except DispatchError as refusal:
            return refusal

    @rule(target=runs, text=REQUESTS, thread=THREADS)
    def submit(self, text: str, thread: str) -> str:
        run_id = self.do(self.engine.ask(text, thread=thread))
        self.submitted.add(run_id)
        return str(run_id)

    @rule(target=runs, thread=THREADS)
    def bring_to_a_person(self, thread: str) -> str:
        """The way to an approval is long: left to chance, hardly a command would come so far."""
        run_id = self.submit(f"$ echo {thread}", thread)
        self.works += self.do(self.engine.desk.claim("worker-1", 9))
        while self.works:
            self._plan()
        self.device_claims()
        if self._approvals(run_id):
            self.asked.append(run_id)
        return run_id

    @rule()
    def claim(self) -> None:
        self.works += self.do(self.engine.desk.claim("worker-1", 2))

    @rule()
    def plan(self) -> None:
        self._plan()

    def _plan(self) -> None:
        if self.works:
            self.attempt(self._turn(self.works.pop(0)))

    async def _turn(self, work: RunWork) -> None:
        going_on = await self.engine.plan(work)
        if going_on is not None:
            result = StepResult(status=StepStatus.DONE, text="done")
            step = going_on.steps[-1]
            await self.engine.desk.end_step(going_on.claim, step.id, result)
            await self.engine.plan(going_on.with_end(step, result))

    @rule()
    def crash(self) -> None:
        """The worker dies with all that it held; its leases are left to run out."""
        self.stale += [work.claim for work in self.works]
        self.works = []

    @rule()
    def a_dead_worker_comes_back(self) -> None:
        for claim in self.stale:
            row = self.do(self.engine.dispatcher.run(claim.run_id))
            outcome = self.attempt(self.engine.desk.finish(claim, Finish(EndReason.DONE, "late")))
            late_is_right = outcome is None and row.status is RunStatus.RUNNING
            assert late_is_right or isinstance(outcome, LostClaim)
        self.stale = []

    @rule(seconds=st.sampled_from([1, 20, 60, 3_600, 90_000]))
    def time_passes(self, seconds: int) -> None:
        self.engine.clock.move(seconds=seconds)
        self.do(self.engine.upkeep.tick())

    @rule()
    def the_core_restarts(self) -> None:
        self.crash()
        self.do(self.engine.upkeep.recover_own())

    @rule()
    def device_claims(self) -> None:
        uses = self.do(self._uses())
        order = self.do(self.engine.order(self.device, 0))
        if order is None:
            return
        self.orders.append(order)
        if order.tool is ToolName.SHELL and not self._was_approved(order):
            assert self.do(self._uses()) > uses, "it was begun without an approval or a grant"

    def _was_approved(self, order: StepOrder) -> bool:
        """Whether exactly this command was approved, by as many as are needed."""
        return any(
            approval.status is ApprovalStatus.APPROVED
            and approval.payload == order.arguments["command"]
            and len(approval.votes) >= self.operator.needed
            for approval in self._approvals(order.run_id)
        )

    async def _uses(self) -> int:
        total = select(func.coalesce(func.sum(GRANTS.c.uses), 0))
        return int(await self.engine.store.read(lambda tx: tx.connection.scalar(total)))

    @rule(status=st.sampled_from([StepStatus.DONE, StepStatus.FAILED, StepStatus.STOPPED]))
    def device_ends(self, status: StepStatus) -> None:
        if self.orders:
            order = self.orders.pop(0)
            result = StepResult(status=status, text="output")
            self.attempt(self.engine.dispatcher.end_step(self.device, order.step_id, result))

    @rule()
    def device_reports(self) -> None:
        for order in self.orders:
            progress = Progress(sequence=0, output="…")
            self.do(self.engine.dispatcher.progress(self.device, order.step_id, progress))

    @precondition(lambda self: self.asked)
    @rule(which=LATEST, who=PEOPLE, decision=DECISIONS, scope=SCOPES)
    def decide(self, which: int, who: str, decision: Decision, scope: Scope) -> None:
        for approval in self._approvals(self.asked[-which % len(self.asked)]):
            verb = self.engine.dispatcher.decide(approval.id, decision, decider(who), scope=scope)
            outcome = self.attempt(verb)
            if isinstance(outcome, ApprovalView):
                assert approval.id not in self.decisions, "decided twice"
                self._check_decision(outcome, who, decision)

    def _check_decision(self, outcome: ApprovalView, who: str, decision: Decision) -> None:
        assert who != SAM, "somebody decided who may not"
        yeses = self.votes.setdefault(outcome.id, set())
        if decision is Decision.APPROVE:
            assert self.operator.approve_own or who not in (ADA, *outcome.authors)
            assert who not in yeses, "somebody counted twice"
            yeses.add(who)
        assert {vote.person for vote in outcome.votes} == yeses
        enough = len(yeses) >= self.operator.needed
        approved = ApprovalStatus.APPROVED if enough else ApprovalStatus.PENDING
        expected = ApprovalStatus.REJECTED if decision is Decision.REJECT else approved
        assert outcome.status is expected
        if expected is not ApprovalStatus.PENDING:
            self.decisions[outcome.id] = expected

    @precondition(lambda self: self.asked)
    @rule(which=LATEST, who=PEOPLE)
    def edit(self, which: int, who: str) -> None:
        for approval in self._approvals(self.asked[-which % len(self.asked)]):
            text = f"echo edited {next(self.edits)}"
            verb = self.engine.dispatcher.edit(approval.id, text, decider(who))
            outcome = self.attempt(verb)
            if isinstance(outcome, ApprovalView):
                assert who != SAM
                assert approval.id not in self.decisions, "edited after it was decided"
                assert outcome.status is ApprovalStatus.WITHDRAWN
                assert outcome.replaced_by == who
                self.decisions[approval.id] = outcome.status

    @rule()
    def revoke(self) -> None:
        for grant in self.do(self.engine.dispatcher.grants_on(self.device)):
            self.do(self.engine.dispatcher.revoke_grant(grant.id, decider(ADA)))
        assert self.do(self.engine.dispatcher.grants_on(self.device)) == ()

    @rule(run_id=runs)
    def cancel(self, run_id: str) -> None:
        self.attempt(self.engine.dispatcher.cancel(run_id, decider(ADA)))

    @rule(target=runs, run_id=runs, key=st.integers(0, 3))
    def retry(self, run_id: str, key: int) -> str:
        receipt = self.attempt(
            self.engine.dispatcher.retry(run_id, decider(ADA), f"{run_id}/{key}")
        )
        if isinstance(receipt, DispatchError):
            return run_id
        self.submitted.add(receipt.run_id)
        return str(receipt.run_id)

    def _approvals(self, run_id: str) -> list[ApprovalView]:
        run = self.do(self.engine.dispatcher.run(run_id))
        bodies = [e.body for e in self.do(self.engine.dispatcher.thread(run.thread_key))]
        return [b for b in bodies if isinstance(b, ApprovalView) and b.run_id == run_id]

    @invariant()
    def every_run_stands_where_its_last_move_allows(self) -> None:
        for run_id in self.submitted:
            run = self.do(self.engine.dispatcher.run(run_id))
            before = self.seen.get(run_id)
            if before is not None:
                assert before.status == run.status or _reachable(before.status, run.status)
                assert before.active or before.answer == run.answer, "a terminal state was left"
            assert run.active == (run.reason is None)
            assert run.reason is None or ENDS[run.reason] is run.status
            self.seen[run_id] = run

    @invariant()
    def approvals_and_their_runs_are_in_step(self) -> None:
        for run_id in self.submitted:
            status = self.do(self.engine.dispatcher.run(run_id)).status
            pending = [a for a in self._approvals(run_id) if a.status is ApprovalStatus.PENDING]
            assert (status is RunStatus.WAITING_APPROVAL) == (len(pending) == 1)

    @invariant()
    def entries_are_in_order_and_one_run_of_a_thread_runs(self) -> None:
        for key in KEYS:
            entries = self.do(self.engine.dispatcher.thread(key))
            positions = [entry.position for entry in entries]
            assert positions == sorted(set(positions))
            running = [
                e for e in entries if isinstance(e.body, RunView)
                and e.body.status is RunStatus.RUNNING
            ]  # fmt: skip
            assert len(running) <= 1

    def teardown(self) -> None:
        if hasattr(self, "engine"):
            self.do(self._nothing_is_lost())
            self.do(Trail(self.engine.dispatcher.parts).verify_audit())
        self.do(self.stack.aclose())
        self.loop.close()
        self.folder.cleanup()

    async def _nothing_is_lost(self) -> None:
        """Left to itself with a worker and the clock, every run comes to an end."""
        for _ in range(200):
            self.engine.clock.move(hours=30)
            await self.engine.upkeep.tick()
            for work in await self.engine.desk.claim("worker-2", 10):
                await self._end(work.claim)
            views = [await self.engine.dispatcher.run(run_id) for run_id in self.submitted]
            if not any(view.active for view in views):
                return
        raise AssertionError("a run was lost")

    async def _end(self, claim: Claim) -> None:
        await self.engine.desk.finish(claim, Finish(EndReason.DONE, "done"))


def _reachable(before: RunStatus, after: RunStatus) -> bool:
    """Whether the moves lead from one status to the other; one rule may make several."""
    found: set[RunStatus] = set()
    todo = [before]
    while todo:
        for status in MOVES[todo.pop()] - found:
            found.add(status)
            todo.append(status)
    return after in found and before not in TERMINAL


TestDispatching = Dispatching.TestCase
TestDispatching.settings = settings(
    max_examples=30,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
