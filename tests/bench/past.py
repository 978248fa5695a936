"""Fills a database with finished runs: a few real ones, copied many times by the database itself.

Real ones are a greeting, a command that was approved and brought a file, and one that was rejected.
A copy has ids of its own, which sort before all new ones, and lies as far back as its number says.
Columns that a later migration adds are copied as they stand in the real rows.
"""

import asyncio
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlmodel import SQLModel

from dispatch_core.abilities import Capabilities, Permissions
from dispatch_core.lifecycle import StepStatus
from dispatch_core.policy.deciders import ApprovalRules
from dispatch_core.protocol import PairRequest, StepOrder, StepQuestion, StepResult
from dispatch_core.records.columns import UtcDateTime
from dispatch_core.service import Service
from dispatch_core.views import Decider, Decision, Submission
from tests.bench.contestants.rows import Rows
from tests.bench.copying import KEY, PERSON, Copied, Postgres, Sqlite
from tests.bench.looking import ASKS
from tests.bench.places import Place, conninfo_of
from tests.bench.progress import say

# Of a hundred copies, how many are of each of the real runs, in the order they are made.
WEIGHTS = (90, 7, 3)
TABLES = ("thread", "message", "entry", "run", "step", "approval", "artifact")


def fill(place: Place, count: int) -> None:
    """Bring the tables of a place, which has Dispatch's schema, to so many finished runs."""
    asyncio.run(_make_real_ones(place))
    database = Postgres(place) if place.url else Sqlite(place)
    database.prepare(TABLES)
    real = {name: database.rows(name) for name in TABLES}
    own = {row["id"] for rows in real.values() for row in rows}
    threads = [row["thread_id"] for row in real["run"]]
    for name in TABLES:
        copied = {column: _copied(name, column, real, own) for column in real[name][0]}
        for number, thread in enumerate(threads):
            first = sum(WEIGHTS[:number])
            hundredths = range(first, first + WEIGHTS[number])
            database.copy(name, copied, thread, hundredths, count)
        say(f"  {database.name}: copied each {name}")
    database.settle()


def _copied(
    table: str, column: str, real: dict[str, list[dict[str, Any]]], own: set[str]
) -> "Copied":
    """What becomes of a column in a copy, judged by what the real rows hold in it."""
    if isinstance(SQLModel.metadata.tables[table].columns[column].type, UtcDateTime):
        return Copied.EARLIER
    values = [row[column] for row in real[table] if isinstance(row[column], str)]
    if any(value in own for value in values):
        return Copied.OWN_ID
    if any(value.startswith(KEY) for value in values):
        return Copied.KEY
    return Copied.PERSON if PERSON in values else Copied.AS_IT_IS


async def _make_real_ones(place: Place) -> None:
    service = Service(place.settings, ApprovalRules(), with_http=False)
    await service.start()
    try:
        device = await _paired(service)
        rows = Rows(place.folder, conninfo_of(place.url) if place.url else "")
        await _ask(service, 0, "hello")
        for number, decision in ((1, Decision.APPROVE), (2, Decision.REJECT)):
            await _ask(service, number, "$ make report")
            question = await service.dispatcher.claim_step(device, 5.0)
            assert isinstance(question, StepQuestion)
            await service.dispatcher.prepared(device, question.step_id, ASKS)
            pending = "SELECT count(*) FROM approval WHERE status = 'pending'"
            await asyncio.to_thread(rows.wait_for, pending, 1)
            approval = rows.one("SELECT id FROM approval WHERE status = 'pending'")
            await service.dispatcher.decide(approval, decision, Decider(PERSON, frozenset()))
            if decision is Decision.APPROVE:
                await _do(service, device, place.folder)
        await asyncio.to_thread(rows.wait_for_the_end)
        rows.close()
    finally:
        await service.stop()


async def _ask(service: Service, number: int, text: str) -> None:
    key, now = f"{KEY}{number}.000", datetime.now(UTC)
    await service.dispatcher.submit(Submission(key, key, PERSON, text, now))


async def _paired(service: Service) -> str:
    offer = await service.dispatcher.offer_pairing(PERSON, "T1:C1:")
    request = PairRequest(
        code=offer.code,
        public_key=urlsafe_b64encode(b"a laptop".ljust(32, b"\0")).decode(),
        name="laptop",
        platform="Linux",
        capabilities=Capabilities(shell=True),
        permissions=Permissions(shell=True),
    )
    return (await service.dispatcher.redeem(request)).device_id


async def _do(service: Service, device: str, folder: Path) -> None:
    order = await service.dispatcher.claim_step(device, 5.0)
    assert isinstance(order, StepOrder)
    file = folder / "report.txt"
    file.write_text("all is well\n" * 20)
    await service.dispatcher.save_device_artifact(device, order.step_id, file.name, "", file)
    done = StepResult(status=StepStatus.DONE, exit_code=0, text="made the report\n" * 5)
    await service.dispatcher.end_step(device, order.step_id, done)
