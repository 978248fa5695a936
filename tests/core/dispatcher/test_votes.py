"""As many different people must approve as the operator wants, and not who asked, if told so."""

import asyncio
from pathlib import Path

import pytest

from dispatch_core.approval_errors import AlreadyDecided, AlreadyVoted, MayNotDecide, OwnRequest
from dispatch_core.approval_views import ApprovalView
from dispatch_core.lifecycle import ApprovalStatus, EndReason, RunStatus, Scope
from dispatch_core.policy.deciders import ApprovalRules
from dispatch_core.views import Decision
from tests.core.engine import ADA, GRACE, SAM, Clock, Engine, decider, open_engine

LIN, OPS = "T1:U0LIN", "T1:S0OPS"
APPROVE, REJECT = Decision.APPROVE, Decision.REJECT
TWO_OF_THREE = ApprovalRules(frozenset({ADA, GRACE, LIN}), needed=2)


async def vote(engine: Engine, approval: ApprovalView, who: str, **how: object) -> ApprovalView:
    return await engine.dispatcher.decide(approval.id, APPROVE, decider(who), **how)  # type: ignore[arg-type]


async def test_two_of_three_must_approve(home: Path, database: str) -> None:
    async with open_engine(home, rules=TWO_OF_THREE, database_url=database) as engine:
        device = await engine.pair()
        approval = await engine.ask_for_shell()
        first = await vote(engine, approval, GRACE)
        assert (first.status, first.needed) == (ApprovalStatus.PENDING, 2)
        assert [vote.person for vote in first.votes] == [GRACE]
        assert await engine.dispatcher.claim_step(device, 0) is None
        engine.clock.move(minutes=3)
        second = await vote(engine, approval, ADA)
        assert (second.status, second.decided_by) == (ApprovalStatus.APPROVED, ADA)
        times = [(vote.person, vote.at) for vote in second.votes]
        assert times == [(GRACE, first.votes[0].at), (ADA, engine.clock.now)]
        assert await engine.order(device) is not None
        with pytest.raises(AlreadyDecided):
            await vote(engine, approval, LIN)


async def test_one_person_counts_once_however_often_they_click(home: Path, database: str) -> None:
    async with open_engine(home, rules=TWO_OF_THREE, database_url=database) as engine:
        await engine.pair()
        approval = await engine.ask_for_shell()
        clicks = [vote(engine, approval, GRACE) for _ in range(5)]
        outcomes = await asyncio.gather(*clicks, return_exceptions=True)
        refused = [outcome for outcome in outcomes if isinstance(outcome, AlreadyVoted)]
        assert len(refused) == len(clicks) - 1
        assert "1 more must" in str(refused[0])
        assert len((await engine.dispatcher.approval(approval.id)).votes) == 1


async def test_two_votes_at_once_in_two_processes_are_enough(
    home: Path, postgres_database: str
) -> None:
    clock = Clock()
    facts = {"rules": TWO_OF_THREE, "database_url": postgres_database, "clock": clock}
    async with open_engine(home, **facts) as one, open_engine(home, **facts) as other:  # type: ignore[arg-type]
        await one.pair()
        approval = await one.ask_for_shell()
        await asyncio.gather(vote(one, approval, GRACE), vote(other, approval, LIN))
        decided = await one.dispatcher.approval(approval.id)
        assert (decided.status, len(decided.votes)) == (ApprovalStatus.APPROVED, 2)
        assert (await one.dispatcher.run(approval.run_id)).status is RunStatus.QUEUED


async def test_one_rejection_ends_it_whatever_the_votes(home: Path) -> None:
    async with open_engine(home, rules=TWO_OF_THREE) as engine:
        await engine.pair()
        approval = await engine.ask_for_shell()
        await vote(engine, approval, GRACE)
        rejected = await engine.dispatcher.decide(approval.id, REJECT, decider(LIN))
        assert (rejected.status, rejected.decided_by) == (ApprovalStatus.REJECTED, LIN)
        run = await engine.dispatcher.run(approval.run_id)
        assert run.reason is EndReason.REJECTED


async def test_who_voted_may_still_reject(home: Path) -> None:
    async with open_engine(home, rules=TWO_OF_THREE) as engine:
        await engine.pair()
        approval = await engine.ask_for_shell()
        await vote(engine, approval, GRACE)
        rejected = await engine.dispatcher.decide(approval.id, REJECT, decider(GRACE), "look again")
        assert rejected.status is ApprovalStatus.REJECTED


async def test_votes_do_not_keep_a_request_from_expiring(home: Path) -> None:
    async with open_engine(home, rules=TWO_OF_THREE) as engine:
        await engine.pair()
        approval = await engine.ask_for_shell()
        await vote(engine, approval, GRACE)
        engine.clock.move(days=2)
        await engine.upkeep.tick()
        expired = await engine.dispatcher.approval(approval.id)
        assert (expired.status, expired.decided_by) == (ApprovalStatus.EXPIRED, None)


async def test_nobody_approves_their_own_request_where_the_operator_says_so(home: Path) -> None:
    rules = ApprovalRules(frozenset({ADA, GRACE}), approve_own=False)
    async with open_engine(home, rules=rules) as engine:
        await engine.pair()
        approval = await engine.ask_for_shell()
        assert approval.approvers == (GRACE,)
        with pytest.raises(OwnRequest, match="U0GRACE may"):
            await vote(engine, approval, ADA)
        with pytest.raises(MayNotDecide):
            await vote(engine, approval, SAM)
        assert (await vote(engine, approval, GRACE)).status is ApprovalStatus.APPROVED


async def test_one_may_always_reject_one_s_own(home: Path) -> None:
    rules = ApprovalRules(frozenset({ADA, GRACE}), approve_own=False)
    async with open_engine(home, rules=rules) as engine:
        await engine.pair()
        approval = await engine.ask_for_shell()
        rejected = await engine.dispatcher.decide(approval.id, REJECT, decider(ADA))
        assert rejected.status is ApprovalStatus.REJECTED


async def test_several_answers_reach_as_far_as_the_narrowest(home: Path) -> None:
    async with open_engine(home, rules=TWO_OF_THREE) as engine:
        device = await engine.pair()
        approval = await engine.ask_for_shell(thread="T1:C1:1")
        other = await engine.ask_for_shell("ls -l", thread="T1:C1:2")
        await vote(engine, approval, GRACE, scope=Scope.ALWAYS)
        decided = await vote(engine, approval, ADA, scope=Scope.THREAD)
        assert decided.scope is Scope.THREAD
        [grant] = await engine.dispatcher.grants_on(device)
        assert (grant.in_thread, grant.expires_at) == (True, decided.granted_until)
        await vote(engine, other, GRACE, scope=Scope.ALWAYS)
        assert (await vote(engine, other, ADA)).scope is Scope.ONCE
        assert len(await engine.dispatcher.grants_on(device)) == 1


async def test_a_vote_by_a_group_that_is_no_approver_any_more_counts_no_more(
    home: Path,
) -> None:
    before = ApprovalRules(frozenset({OPS, ADA}), needed=2)
    after = ApprovalRules(frozenset({ADA, LIN}), needed=2)
    async with open_engine(home, rules=before) as engine:
        await engine.pair()
        approval = await engine.ask_for_shell()
        member = decider(GRACE, OPS)
        await engine.dispatcher.decide(approval.id, APPROVE, member)
        clock = engine.clock
    async with open_engine(home, rules=after, clock=clock) as engine:
        assert (await vote(engine, approval, ADA)).status is ApprovalStatus.PENDING
        assert (await vote(engine, approval, LIN)).status is ApprovalStatus.APPROVED


async def test_where_fewer_are_needed_now_a_second_click_of_the_same_person_is_enough(
    home: Path,
) -> None:
    async with open_engine(home, rules=TWO_OF_THREE) as engine:
        await engine.pair()
        approval = await engine.ask_for_shell()
        await vote(engine, approval, GRACE)
        clock = engine.clock
    async with open_engine(home, approvers=(GRACE,), clock=clock) as engine:
        assert (await vote(engine, approval, GRACE)).status is ApprovalStatus.APPROVED
