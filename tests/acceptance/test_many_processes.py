"""Any process serves any device, button or download: two that serve and one that works."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from dispatch_core.dispatcher.links import Links
from tests.acceptance.crew import Crew, crew
from tests.acceptance.driver import Message, eventually, labelled, thread
from tests.acceptance.processes import Server
from tests.acceptance.scenarios import PAIR_COMMAND

pytestmark = [
    pytest.mark.processes,
    pytest.mark.timeout(240),
    pytest.mark.asyncio(loop_scope="module"),
]

# The order in which they were connected to Slack.
A, B = 0, 1
BYTES = bytes(range(256)) * 10_000
MAKES_FILES = """```python
open("whole.bin", "wb").write(bytes(range(256)) * 10_000)
open("empty.txt", "w").close()
print("made")
```"""
READS_FILE = """```python
print("read", open("prices.csv").read())
```"""
SLEEPS = """```python
import time
print("begun", flush=True)
time.sleep(500)
```"""
DECIDED = re.compile(r"\*(Approved|Rejected)\* by")
CLAIM = re.compile(rb"POST /device/claim.*?\r\n\r\n", re.DOTALL)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def many(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Crew]:
    """One crew for all tests here: each keeps to threads of its own."""
    async with crew(tmp_path_factory.mktemp("crew")) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def paired(many: Crew) -> Crew:
    """The same with a device, by a code that A offered and B redeemed."""
    stage = many.stage
    channel = await stage.slack.dm(stage.ada)
    async with many.told(A):
        await stage.slack.command(stage.ada, channel, "/devices", "pair")
    offer = await stage.told(stage.ada, channel, "dispatch-device pair")
    found = PAIR_COMMAND.search(offer.words)
    assert found, offer.words
    many.proxy.lead_to(many.b)
    await many.companion.pair(found[1], found[2])
    return many


async def links_of(many: Crew) -> Links:
    """Signs as every process of the crew does."""
    [(key,)] = await many.rows("SELECT value FROM secret WHERE name = 'links'")
    links = Links("", 60)
    links.use_key(bytes(key))
    return links


async def served_by_each(many: Crew, name: str, content: bytes) -> None:
    """Each process hands out this artifact to who has its link, and to nobody else."""
    [(artifact_id,)] = await many.rows("SELECT id FROM artifact WHERE name = %s", name)
    link = (await links_of(many)).sign(f"/artifacts/{artifact_id}")
    for server in (many.a, many.b, many.worker):
        assert await many.get(server, link) == (200, content)
        assert (await many.get(server, link[:-3]))[0] == 403


async def asked_for(many: Crew, command: str, number: int) -> tuple[str, str, Message]:
    """Ask through one process for a shell command; returns its approval's message."""
    async with many.told(number):
        channel, ts = await many.stage.ask(f"$ {command}")
    pending = await many.stage.reply(
        channel, ts, lambda m: "Approve" in map(labelled, m.buttons), "an approval"
    )
    return channel, ts, pending


async def test_what_the_worker_made_is_uploaded_by_another_and_served_by_each(many: Crew) -> None:
    channel, ts = await many.stage.ask(MAKES_FILES)
    await many.stage.says(channel, ts, "completed", "made")
    shared = await many.stage.reply(channel, ts, lambda m: "whole.bin" in m.file_names, "a file")
    assert await many.slack.download(shared.raw["files"][0]) == BYTES
    await served_by_each(many, "whole.bin", BYTES)
    # Slack takes no empty files, so it stands there as the link that one of them signed.
    linked = await many.stage.says(channel, ts, "empty.txt")
    link = re.search(r"http://\S+/artifacts/\S+token=[\w.-]+", str(linked.raw["blocks"]))
    assert link, linked.raw
    for server in (many.a, many.b, many.worker):
        assert await many.get(server, link[0].removeprefix(many.proxy.url)) == (200, b"")


async def test_a_device_claims_where_it_is_led_and_a_click_counts_wherever_it_comes(
    paired: Crew,
) -> None:
    for number, server in ((B, paired.b), (A, paired.a)):
        paired.proxy.lead_to(server)
        channel, ts, pending = await asked_for(paired, f"echo $(({number} + 70))", number)
        async with paired.told(1 - number):
            await paired.slack.click("U0ADA", channel, pending, "Approve")
        await paired.stage.says(channel, ts, "completed", str(number + 70))


async def test_progress_and_end_may_reach_different_processes(paired: Crew) -> None:
    paired.proxy.lead_to(paired.a)
    mark = paired.companion.folder / "go-on"
    command = f"echo begun; until [ -e {mark} ]; do sleep 0.1; done; echo ended"
    channel, ts, pending = await asked_for(paired, command, A)
    await paired.slack.click("U0ADA", channel, pending, "Approve")
    await paired.stage.says(channel, ts, "running", "begun")
    paired.proxy.lead_to(paired.b)
    await asyncio.to_thread(mark.touch)
    await paired.stage.says(channel, ts, "completed", "begun", "ended")


async def test_a_file_that_a_device_sent_to_one_is_served_by_each(paired: Crew) -> None:
    paired.proxy.lead_to(paired.b)
    await asyncio.to_thread((paired.companion.folder / "notes.bin").write_bytes, BYTES[::-1])
    channel, ts = await paired.stage.ask("get notes.bin")
    shared = await paired.stage.reply(channel, ts, lambda m: bool(m.file_names), "a file")
    assert await paired.slack.download(shared.raw["files"][0]) == BYTES[::-1]
    await served_by_each(paired, "notes.bin", BYTES[::-1])


async def test_a_request_that_one_has_taken_is_refused_by_the_other(paired: Crew) -> None:
    async def claims() -> list[bytes]:
        return CLAIM.findall(paired.proxy.sent)

    request = (await eventually(claims, "a claim"))[-1]
    # The device claims one thing after the other: once it did this, that claim was answered.
    await paired.stage.says(*await paired.stage.ask("ls ."), "completed", "desktop-local")
    for server in (paired.a, paired.b):
        assert b"409 Conflict" in (answer := await raw(server, request))
        assert b"Replayed" in answer


async def raw(server: Server, request: bytes) -> bytes:
    """What a server answers to these bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(server.url.split(":")[-1]))
    writer.write(request.replace(b"keep-alive", b"close"))
    answer = await reader.read()
    writer.close()
    return answer


async def test_of_two_clicks_on_two_processes_one_decides_and_the_other_is_told(
    paired: Crew,
) -> None:
    channel, ts, pending = await asked_for(paired, "echo decided", A)
    async with paired.apart(U0ADA=A, U0GRACE=B):
        await asyncio.gather(
            paired.slack.click("U0ADA", channel, pending, "Approve"),
            paired.slack.click("U0GRACE", channel, pending, "Reject"),
        )
    decided = await paired.stage.reply(channel, ts, lambda m: bool(DECIDED.search(m.words)), "it")
    late = "U0GRACE" if "Approved" in decided.words else "U0ADA"
    await paired.stage.told(late, channel, "already")


async def test_a_stop_that_one_takes_is_obeyed_by_the_worker(many: Crew) -> None:
    channel, ts = await many.stage.ask(SLEEPS)
    await many.stage.says(channel, ts, "running", "begun")
    owners = await many.rows("SELECT owner FROM run WHERE status = 'running'")
    assert any(str(many.worker.pid) in owner for (owner,) in owners), owners
    async with many.told(A):
        await many.slack.say("U0ADA", channel, "stop", ts)
    await many.stage.says(channel, ts, "cancelled", "Stopped by")


@pytest.mark.parametrize(("mention", "message"), [(A, B), (B, A)])
async def test_the_two_events_of_one_message_may_go_to_two_processes(
    many: Crew, mention: int, message: int
) -> None:
    word = f"prices-{mention}"
    text = f"{many.slack.mention} {word} {READS_FILE}"
    async with many.apart(app_mention=mention, message=message):
        ts = await many.workspace.say(
            "U0ADA", many.slack.general, text, files=[("prices.csv", b"pear,0.55")]
        )
    await many.stage.says(many.slack.general, ts, "completed", "read pear,0.55")
    assert await many.rows("SELECT count(*) FROM run WHERE title LIKE %s", f"%{word}%") == [(1,)]
    query = "SELECT count(*) FROM file JOIN message ON message.id = message_id WHERE text LIKE %s"
    assert await many.rows(query, f"%{word}%") == [(1,)]


async def test_what_is_told_to_one_person_is_told_once(many: Crew) -> None:
    channel, ts = await many.stage.ask("hello")
    await many.stage.says(channel, ts, "completed")
    words = ("status", "[route=moon] hi", "stop")
    async with many.apart(app_mention=A, message=B):
        for one in words:
            await many.slack.say("U0ADA", channel, f"{many.slack.mention} {one}", ts)

    async def whispers() -> list[str]:
        seen = await thread(many.slack, "U0ADA", channel, ts)
        return [message.words for message in seen if message.raw.get("is_ephemeral")]

    async def all_are_there() -> bool:
        return len(await whispers()) >= len(words)

    await eventually(all_are_there, "the answers")
    # What each process is asked later, it answers after all that it had to say before.
    for number in (A, B):
        async with many.told(number):
            await many.slack.say("U0GRACE", channel, "help", ts)
    await many.stage.told("U0GRACE", channel, "How to use Dispatch")
    assert len(await whispers()) == len(set(await whispers())) == len(words)


async def test_two_quick_clicks_on_two_processes_make_one_run(many: Crew) -> None:
    channel, ts = await many.stage.ask("hello")
    card = await many.stage.says(channel, ts, "completed")
    sockets, clicks = many.workspace.slack.sockets, []
    for number in (A, B):
        sockets.pinned = number
        clicking = many.workspace.click("U0ADA", channel, card.ts, "run_retry")
        clicks.append(asyncio.create_task(clicking))
        await asyncio.sleep(0)  # by now it has chosen its connection
    sockets.pinned = None
    assert await asyncio.gather(*clicks) == [True, True]
    await many.stage.says(channel, ts, "completed", "This is a retry.")
    query = "SELECT count(*) FROM run JOIN thread ON thread.id = thread_id WHERE key LIKE %s"
    assert await many.rows(query, f"%{ts}") == [(2,)]


async def test_app_home_follows_what_other_processes_do(many: Crew) -> None:
    async with many.told(A):
        await many.workspace.open_home("U0GRACE")
    async with many.told(B):
        ts = await many.workspace.say(
            "U0GRACE", many.slack.general, f"{many.slack.mention} homely {SLEEPS}"
        )
    await many.workspace.wait_until(lambda: "homely" in str(many.workspace.home("U0GRACE")))
    async with many.told(B):
        await many.slack.say("U0GRACE", many.slack.general, "stop", ts)
    await many.workspace.wait_until(lambda: "cancelled" in str(many.workspace.home("U0GRACE")))
