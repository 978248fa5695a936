"""One chaos run from its first message to its verdict."""

import asyncio
import json
import signal
import time
from contextlib import suppress
from itertools import chain

import psycopg

from tests.acceptance.driver import eventually
from tests.chaos import judge, judge_threads
from tests.chaos.evidence import Evidence, gather, requests
from tests.chaos.faults import Storm
from tests.chaos.options import Options
from tests.chaos.people import People
from tests.chaos.rows import Rows
from tests.chaos.scene import DATABASE, Scene, running
from tests.chaos.tally import Tally
from tests.chaos.tasks import EFFECTS, Kind, Task, finale, mix

LOOK_SECONDS = 1.0
# Quiet is what was quiet at this many looks in a row.
LOOKS = 3
AGAIN_SECONDS = 1.0
FINALE = 3
# What is told to one person alone leaves no row that would say whether it is still on its way.
HEARD_SECONDS = 30.0


async def run(options: Options) -> Tally:
    """Open the scene, let the storm pass, wait until all is quiet, and judge."""
    begun, tally = time.monotonic(), Tally(options.seed, options.broken)
    _end_tidily()
    async with running(options) as scene:
        tasks = list(mix(options.dice("tasks"), options.tasks, options.storm, options.companions))
        _write_files(scene, tasks)
        people = People(scene.workspace, options.approval_ttl)
        storm, rows = Storm(scene, options), Rows(scene.server.folder, DATABASE)
        watch = asyncio.create_task(_watch(scene, rows, tally))
        try:
            await asyncio.gather(people.perform(tasks), storm.blow())
            await storm.heal()
            await _recover(scene, people, rows, tally)
            await _finish(scene, people, rows, tally)
        finally:
            watch.cancel()
            await storm.stop()
            await people.leave()
        await asyncio.gather(watch, return_exceptions=True)
        found = await asyncio.to_thread(gather, scene, people, rows)
        if options.keep:
            told = json.dumps(vars(found), default=str, indent=1)
            (scene.folder / "evidence.json").write_text(told)
        _verdict(found, tally)
        _count(scene, storm, found, tally)
    tally.took = time.monotonic() - begun
    return tally


def _end_tidily() -> None:
    """Let SIGTERM end the run as Ctrl-C does, with nothing left behind."""
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


def _write_files(scene: Scene, tasks: list[Task]) -> None:
    """What `get` will ask for, and something for `ls` to show."""
    for number in range(scene.options.companions):
        (scene.device_folder(number) / EFFECTS).touch()
    for task in tasks:
        if task.kind is Kind.GET:
            words = f"{task.sign} {'x' * (task.number % 5_000)}\n"
            (scene.device_folder(task.person) / task.sign).write_text(words)


async def _watch(scene: Scene, rows: Rows, tally: Tally) -> None:
    """Start again what ended by itself, as a service manager would, and look at the queue."""
    while True:
        await asyncio.sleep(AGAIN_SECONDS)
        for member in scene.members:
            if not member.alive and not member.busy:
                tally.count("ended by itself and was started again", member.kind)
                await member.begin()
        with suppress(psycopg.Error):
            age = await asyncio.to_thread(rows.oldest_queued)
            tally.oldest_queued = max(tally.oldest_queued, age)


async def _recover(scene: Scene, people: People, rows: Rows, tally: Tally) -> None:
    """Wait until everything is done and shown, or until patience ends."""
    begun, quiet = time.monotonic(), 0
    while quiet < LOOKS and time.monotonic() - begun < scene.options.patience:
        await asyncio.sleep(LOOK_SECONDS)
        quiet = 0 if await _busy(scene, people, rows) else quiet + 1
    tally.recovered = time.monotonic() - begun
    if quiet < LOOKS:
        tally.violations.append(f"not quiet: {await _busy(scene, people, rows)}")


async def _finish(scene: Scene, people: People, rows: Rows, tally: Tally) -> None:
    """Once nothing is wrong any more, people disagree, and whoever loses must be told."""
    options, recovered = scene.options, tally.recovered
    count = min(FINALE, options.companions)
    await people.perform(list(finale(options.dice("finale"), count, options.tasks)))
    await _recover(scene, people, rows, tally)
    tally.recovered = recovered
    disagreed = [said for said in people.said if said.task.number >= options.tasks]

    async def all_heard() -> bool:
        return all(map(people.was_told, disagreed))

    # Whether it is right that somebody did not is the judge's to say.
    with suppress(AssertionError):
        await eventually(all_heard, "all to hear who decided", HEARD_SECONDS)


async def _busy(scene: Scene, people: People, rows: Rows) -> str:
    """What is still going on; nothing where all is quiet."""
    if people.busy or scene.workspace.busy:
        return f"{people.busy} people have something in hand"
    try:
        unfinished = await asyncio.to_thread(rows.unfinished)
        unshown = await asyncio.to_thread(rows.unshown)
    except psycopg.Error as error:
        return f"the database: {error}"
    return f"{unfinished} runs, {unshown} entries" if unfinished or unshown else ""


def _verdict(found: Evidence, tally: Tally) -> None:
    tally.violations += chain(judge.violations(found), judge_threads.violations(found))


def _count(scene: Scene, storm: Storm, found: Evidence, tally: Tally) -> None:
    asked = requests(found.said)
    tally.count("tasks", "messages that asked for something", len(asked))
    tally.count("tasks", "of them acknowledged", sum(s.key in found.acknowledged for s in asked))
    for said in found.said:
        tally.count("tasks by kind", said.task.kind)
    for fault, times in storm.done.items():
        tally.count("faults", fault, times)
    for fault, times in storm.spared.items():
        tally.count("faults that found nobody to befall", fault, times)
    for run in found.runs:
        tally.count("runs by end", f"{run['status']}/{run['reason']}")
    for approval in found.approvals:
        tally.count("approvals", str(approval["status"]))
    tally.count("clicks", "made", len(found.clicked))
    tally.count("clicks", "unanswered", sum(not one.acknowledged for one in found.clicked))
    workspace = scene.workspace
    for fault, times in workspace.met.items():
        tally.count("calls that met trouble", fault, times)
    tally.count("events", "delivered", workspace.postman.delivered)
    tally.count("events", "delivered again", workspace.postman.repeated)
    tally.count("events", "whose acknowledgement was lost", workspace.postman.unheard)
    tally.count("devices", "answers dropped on the way", scene.balancer.dropped)
    tally.count("devices", "commands that had their effect", found.effects.total())
    tally.notes += scene.notes
