"""The audit trail: one line after the other whoever writes, and no change of it goes unseen."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from dispatch_core.audit_trail import AuditKind, BrokenTrail, Head, digest, end_line, verify_export
from dispatch_core.dispatcher.trail import Trail
from dispatch_core.lifecycle import Scope
from dispatch_core.records import audit
from dispatch_core.records.transaction import Transaction
from dispatch_core.views import Decision
from tests.core.engine import ADA, GRACE, START, Engine, decider, open_engine

Lines = list[dict[str, Any]]


def trail(engine: Engine) -> Trail:
    return Trail(engine.dispatcher.parts)


async def exported(engine: Engine) -> list[str]:
    return [line async for line in trail(engine).export_audit()]


async def lines(engine: Engine) -> Lines:
    return [json.loads(line) for line in (await exported(engine))[:-1]]


async def write(engine: Engine, count: int, kind: AuditKind = AuditKind.VOTED) -> None:
    """Many notes, in as many pieces as notes."""
    await asyncio.gather(
        *[
            engine.store.write(lambda tx, n=n: audit.note(tx, kind, ADA, {"run_id": f"r{n}"}))
            for n in range(count)
        ]
    )


async def test_each_line_follows_the_one_before(engine: Engine) -> None:
    await write(engine, 20)
    kept = await lines(engine)
    assert [line["seq"] for line in kept] == list(range(1, 21))
    assert kept[0]["previous"] == "0" * 64
    assert [line["previous"] for line in kept[1:]] == [line["hash"] for line in kept[:-1]]
    assert all(line["hash"] == digest(line) for line in kept)
    assert kept[0]["at"] == START.isoformat(timespec="microseconds")
    verified = await trail(engine).verify_audit()
    assert (verified.first, verified.last) == (1, Head(20, kept[-1]["hash"]))
    assert verify_export(await exported(engine)) == verified


async def test_two_processes_write_one_trail(processes: tuple[Engine, Engine]) -> None:
    one, other = processes
    await asyncio.gather(*[write(each, 60) for each in (one, other) for _ in range(3)])
    kept = await lines(one)
    assert [line["seq"] for line in kept] == list(range(1, 361))
    assert (await trail(other).verify_audit()).last.seq == 360


async def test_what_is_undone_leaves_no_line(engine: Engine) -> None:
    def broken(tx: Transaction) -> None:
        audit.note(tx, AuditKind.VOTED, GRACE, {})
        raise ValueError("undone")

    outcomes = await asyncio.gather(
        write(engine, 3), engine.store.write(broken), write(engine, 3), return_exceptions=True
    )
    assert isinstance(outcomes[1], ValueError)
    assert [line["person"] for line in await lines(engine)] == [ADA] * 6


async def test_facts_are_sanitized_and_cut(engine: Engine) -> None:
    token = "ghp_" + "a1B2" * 9
    facts = {"payload": f"echo {token}\u202e", "long": "x" * 9_000, "list": [token], "n": 3}
    await engine.store.write(lambda tx: audit.note(tx, AuditKind.ASKED, ADA, {}, facts))
    [line] = await lines(engine)
    assert token not in json.dumps(line)
    assert "\\u{202E}" in line["facts"]["payload"]
    assert len(line["facts"]["long"]) == 2_001
    assert line["facts"]["n"] == 3


async def test_every_decision_and_what_follows_from_it_is_told(engine: Engine) -> None:
    device = await engine.pair()
    first = await engine.ask_for_shell("echo one", thread="T1:C1:1")
    second = await engine.ask_for_shell("echo two", thread="T1:C1:2")
    third = await engine.ask_for_shell("make three", thread="T1:C1:3")
    fourth = await engine.ask_for_shell("make four", thread="T1:C1:4")
    await engine.dispatcher.decide(first.id, Decision.APPROVE, decider(ADA), scope=Scope.ALWAYS)
    await engine.dispatcher.edit(second.id, "make two", decider(ADA))
    await engine.dispatcher.decide(third.id, Decision.REJECT, decider(ADA), "not now")
    await engine.dispatcher.cancel(fourth.run_id, decider(ADA))
    [grant] = await engine.dispatcher.grants_on(device)
    await engine.dispatcher.revoke_grant(grant.id, decider(ADA))
    kinds = [line["kind"] for line in await lines(engine)]
    assert kinds[1:] == [
        *["asked"] * 4, "approved", "grant given", "edited", "rejected", "withdrawn",
        "grant revoked",
    ]  # fmt: skip
    assert kinds[0] == "device paired"
    said = {line["kind"]: line for line in await lines(engine)}
    assert said["approved"]["person"] == ADA
    assert said["approved"]["facts"]["payload"] == "echo one"
    assert said["approved"]["facts"]["scope"] == "always"
    assert len(said["approved"]["facts"]["fingerprint"]) == 64
    assert said["rejected"]["facts"]["reason"] == "not now"
    assert said["withdrawn"]["person"] == ADA
    assert said["edited"]["subjects"]["approval_id"] == second.id
    assert said["grant given"]["facts"]["words"] == "any echo command"


async def test_an_expiry_is_told_as_nobody_s(engine: Engine) -> None:
    await engine.pair()
    await engine.ask_for_shell()
    engine.clock.move(days=2)
    await engine.upkeep.tick()
    last = (await lines(engine))[-1]
    assert (last["kind"], last["person"]) == ("expired", None)


async def test_a_use_of_a_grant_names_who_gave_it(engine: Engine) -> None:
    device = await engine.pair()
    approval = await engine.ask_for_shell(thread="T1:C1:1")
    await engine.dispatcher.decide(approval.id, Decision.APPROVE, decider(ADA), scope=Scope.ALWAYS)
    await engine.ask("$ echo again", thread="T1:C1:2")
    await engine.plan(await engine.claim())
    assert await engine.order(device) is not None
    assert await engine.order(device) is not None
    used = [line for line in await lines(engine) if line["kind"] == "grant used"]
    assert [line["facts"]["given_by"] for line in used] == [ADA]
    assert set(used[0]["subjects"]) == {"grant_id", "device_id", "thread_id", "step_id"}


async def test_what_is_forgotten_with_its_run_stays_in_the_trail(engine: Engine) -> None:
    await engine.pair()
    approval = await engine.ask_for_shell()
    await engine.dispatcher.decide(approval.id, Decision.REJECT, decider(ADA))
    engine.clock.move(days=400)
    await engine.upkeep.forget_old()
    assert (await lines(engine))[-1]["subjects"]["approval_id"] == approval.id
    assert (await trail(engine).verify_audit()).last.seq == 3


def changed(kept: Lines) -> Lines:
    kept[2]["facts"] = {"reason": "another"}
    return kept


def changed_and_hashed_anew(kept: Lines) -> Lines:
    kept[2]["person"] = GRACE
    kept[2]["hash"] = digest(kept[2])
    return kept


def dropped(kept: Lines) -> Lines:
    return [*kept[:2], *kept[3:]]


def inserted(kept: Lines) -> Lines:
    return [*kept[:3], kept[2], *kept[3:]]


def reordered(kept: Lines) -> Lines:
    return [*kept[:2], kept[3], kept[2], *kept[4:]]


def with_a_field_more(kept: Lines) -> Lines:
    return [*kept[:2], kept[2] | {"note": "x"}, *kept[3:]]


@pytest.mark.parametrize(
    ("tamper", "place"),
    [
        (changed, "line 3"),
        (changed_and_hashed_anew, "line 4"),
        (dropped, "line 3"),
        (inserted, "line 4"),
        (reordered, "line 3"),
        (with_a_field_more, "line 3"),
    ],
)
async def test_an_export_that_was_tampered_with_names_its_first_broken_line(
    engine: Engine, tamper: Callable[[Lines], Lines], place: str
) -> None:
    await write(engine, 6)
    *kept, end = await exported(engine)
    spoilt = [json.dumps(line) for line in tamper([json.loads(line) for line in kept])]
    with pytest.raises(BrokenTrail, match=f"^{place}: "):
        verify_export([*spoilt, end])


async def test_an_export_whose_end_was_cut_off_is_seen(engine: Engine) -> None:
    await write(engine, 6)
    *kept, end = await exported(engine)
    for cut, why in (
        (kept, "without its last line"),
        (kept[:4], "without its last line"),
        ([*kept[:4], end], "ends at line 4 of the trail and not at 6"),
        ([], "the beginning"),
        ([*kept, end, kept[-1]], "after the export's last line"),
        ([*kept, '{"end": {"line": 6}}'], "names no end"),
        (["[]"], "no JSON object"),
        (["{"], "no JSON object"),
    ):
        with pytest.raises(BrokenTrail, match=why):
            verify_export(cut)


async def test_a_part_of_the_trail_says_that_it_is_a_part(engine: Engine) -> None:
    await write(engine, 3)
    engine.clock.move(days=1)
    await write(engine, 3)
    since = [line async for line in trail(engine).export_audit(engine.clock.now)]
    verified = verify_export(since)
    assert (verified.first, verified.last.seq) == (4, 6)
    assert "came before them is not in it" in verified.words
    engine.clock.move(days=1)
    nothing = [line async for line in trail(engine).export_audit(engine.clock.now)]
    assert (verify_export(nothing).first, verify_export(nothing).last.seq) == (0, 6)


BROKEN = [
    ("UPDATE audit SET person = 'T1:U0GRACE' WHERE seq = 3", "^line 3 of the trail: .*changed"),
    ("DELETE FROM audit WHERE seq = 3", "^line 4 of the trail: .*left out"),
    ("DELETE FROM audit WHERE seq = 1", "^line 2 of the trail: all before it are missing"),
    ("DELETE FROM audit WHERE seq > 4", "^after line 4 of the trail: line 6 should be the last"),
    ("DELETE FROM audit", "^after line 0 of the trail: line 6 should be the last"),
    ("DELETE FROM audit_head", "the database has lost its mark"),
    ("UPDATE audit SET seq = 7 WHERE seq = 6", "^line 7 of the trail: .*changed"),
]


@pytest.mark.parametrize(("statement", "words"), BROKEN)
async def test_a_database_that_was_tampered_with_names_its_first_broken_line(
    engine: Engine, statement: str, words: str
) -> None:
    await write(engine, 6)
    await engine.store.write(lambda tx: tx.connection.execute(text(statement)))
    with pytest.raises(BrokenTrail, match=words):
        await trail(engine).verify_audit()


async def test_a_trail_written_anew_is_seen_by_an_export_kept_elsewhere(
    home: Path,
) -> None:
    async with open_engine(home) as engine:
        await write(engine, 3)
        kept = await lines(engine)
        await trail(engine).compare_audit(kept)
        for statement in ("DELETE FROM audit", "DELETE FROM audit_head"):
            await engine.store.write(lambda tx, s=statement: tx.connection.execute(text(s)))
        await write(engine, 3, AuditKind.REJECTED)
        assert (await trail(engine).verify_audit()).last.seq == 3
        with pytest.raises(BrokenTrail, match="line 1 of the trail: .*another line"):
            await trail(engine).compare_audit(kept)


def test_an_empty_trail_is_unbroken() -> None:
    assert verify_export([end_line(Head())]).last == Head()
