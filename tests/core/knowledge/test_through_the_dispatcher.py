"""A question about an attached file, from its message to its answer, with real databases."""

from functools import partial
from pathlib import Path

import pytest

from dispatch_core.knowledge.library import Library
from dispatch_core.lifecycle import EndReason, Route
from dispatch_core.planning.direct import Direct
from dispatch_core.planning.planner import Finish
from dispatch_core.records import threads
from dispatch_core.routes.cloud_knowledge import offer
from dispatch_core.step_bench import Bench
from dispatch_core.views import AttachedFile, Decider, Submission
from tests.core import postgres
from tests.core.engine import ADA, Engine, open_engine

THREAD = "T1:C1:1"


async def submit(engine: Engine, number: int, text: str, *names: str) -> str | None:
    """A message that brings files of these names."""
    files = tuple(AttachedFile(name, "text/markdown", 40, f"F-{name}") for name in names)
    engine.clock.move(seconds=1)
    told = Submission(THREAD, f"{THREAD}/{number}", ADA, text, engine.clock.now, files)
    return (await engine.dispatcher.submit(told)).run_id


async def bring(engine: Engine, folder: Path, **texts: str) -> None:
    """Let the bytes of attached files be here."""
    thread_id = await engine.store.read(lambda tx: threads.find(tx, THREAD))
    assert thread_id is not None
    find = partial(threads.files_of_thread, thread_id=thread_id)
    for file_id, file, _ in await engine.store.read(find):
        (folder / "arriving").write_text(texts[file.name.removesuffix(".md")])
        blob = await engine.files.depot.keep(folder / "arriving")
        fetched = partial(threads.file_fetched, file_id=file_id, sha256=blob.sha256)
        await engine.store.write(fetched)


async def answered(engine: Engine, folder: Path) -> str:
    """The answer of the one run that is due."""
    work = await engine.plan(await engine.claim())
    assert work is not None
    bench = Bench(work, work.steps[0], engine.desk, engine.files)
    result = await offer(Library([folder])).run(bench, work.steps[0].arguments)
    await engine.desk.end_step(work.claim, work.steps[0].id, result)
    finish = await Direct().next(work.with_end(work.steps[0], result))
    assert isinstance(finish, Finish)
    await engine.desk.finish(work.claim, finish)
    run = await engine.dispatcher.run(work.claim.run_id)
    assert (run.route, run.reason) == (Route.CLOUD_KNOWLEDGE, EndReason.DONE)
    return run.answer


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
async def test_a_question_prefers_the_file_of_its_own_message_and_so_does_its_repetition(
    tmp_path: Path, postgres_server: Path, database: str
) -> None:
    url = postgres.new_database(postgres_server) if database == "postgresql" else ""
    documents = tmp_path / "documents"
    documents.mkdir()
    async with open_engine(tmp_path, database_url=url) as engine:
        await submit(engine, 1, "", "old.md")
        run_id = await submit(engine, 2, "what does this say about refunds?", "new.md")
        assert run_id is not None
        await bring(engine, tmp_path, old="Refunds: refunds.", new="Refunds take 14 days.")
        said = await answered(engine, documents)
        assert said == "> Refunds take 14 days.\n\nSource: `new.md`, attached in this thread"
        await engine.dispatcher.retry(run_id, Decider(ADA, frozenset()), "again")
        assert await answered(engine, documents) == said
        await submit(engine, 3, "summarise old.md")
        assert "> Refunds: refunds." in await answered(engine, documents)
