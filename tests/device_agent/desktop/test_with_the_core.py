"""A person, the core, the companion and a real editor: asked for, approved, typed, read back."""

import asyncio
import datetime
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from dispatch_core.device_views import Presence
from dispatch_core.lifecycle import ApprovalStatus, RunStatus
from dispatch_core.policy.deciders import ApprovalRules
from dispatch_core.service import Service
from dispatch_core.settings import CoreSettings
from dispatch_core.views import (
    ApprovalView,
    ArtifactView,
    Decider,
    Decision,
    RunView,
    Scope,
    Submission,
)
from tests.device_agent.desktop.conftest import Editor
from tests.device_agent.desktop.desk import Desk
from tests.device_agent.standin import eventually

pytestmark = pytest.mark.processes

ADA = "T1:U1"
THREAD = "T1:C1:1.0"


@dataclass
class Person:
    """Ada, whose companion has a desktop; it logs to a file."""

    service: Service
    companion: asyncio.subprocess.Process
    log: Path

    async def asks(self, text: str) -> str:
        now = datetime.datetime.now(datetime.UTC)
        key = f"T1:C1:{time.monotonic_ns()}"
        receipt = await self.service.dispatcher.submit(Submission(THREAD, key, ADA, text, now))
        return receipt.run_id

    async def is_asked(self, run_id: str) -> ApprovalView:
        async def pending() -> ApprovalView | None:
            for entry in await self.service.dispatcher.thread(THREAD):
                body = entry.body
                waits = isinstance(body, ApprovalView) and body.status is ApprovalStatus.PENDING
                if waits and body.run_id == run_id:
                    return body
            return None

        return await until(pending)

    async def approves(self, approval: ApprovalView, scope: Scope = Scope.ONCE) -> None:
        decide = self.service.dispatcher.decide
        await decide(approval.id, Decision.APPROVE, Decider(ADA), scope=scope)

    async def sees_the_end(self, run_id: str) -> RunView:
        async def ended() -> RunView | None:
            run = await self.service.dispatcher.run(run_id)
            return None if run.active else run

        return await until(ended)

    async def is_answered(self, run_id: str) -> str:
        run = await self.sees_the_end(run_id)
        assert run.status is RunStatus.COMPLETED, run.answer
        return run.answer

    async def gets(self, text: str, scope: Scope = Scope.ONCE) -> str:
        """The answer to what had to be approved."""
        run_id = await self.asks(text)
        await self.approves(await self.is_asked(run_id), scope)
        return await self.is_answered(run_id)


async def until(condition: Callable[[], Awaitable[Any]], seconds: float = 90) -> Any:
    """Poll a state that another process changes."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := await condition():
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"not within {seconds} seconds")


@pytest.fixture
async def person(editor: Editor, home: Path, tmp_path: Path) -> AsyncIterator[Person]:
    """The editor comes first, so that it lives longer than the companion."""
    service = Service(CoreSettings(home=home, http_port=0), ApprovalRules())
    await service.start()
    log = tmp_path / "companion.log"
    offer = await service.dispatcher.offer_pairing(ADA, "T1:U1:")
    environment = dict(os.environ) | {"DISPATCH_DEVICE_HOME": str(tmp_path / "device-home")}

    async def device(*arguments: str) -> asyncio.subprocess.Process:
        with log.open("ab") as output:
            return await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "device_agent", *arguments),
                env=environment,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=output,
            )

    words = offer.command.split()[1:]
    pairing = await device(*words, "--name", "laptop", "--allow", "desktop_automation")
    assert await pairing.wait() == 0
    companion = await device("run")

    async def online() -> bool:
        return (await service.dispatcher.devices(ADA))[0].presence is Presence.ONLINE

    await until(online)
    yield Person(service, companion, log)
    companion.terminate()
    await companion.wait()
    await service.stop()


async def test_what_a_person_asked_for_is_typed_into_the_approved_window_and_nowhere_else(
    editor: Editor, person: Person
) -> None:
    async with asyncio.timeout(120):
        # Looking is approved once for the thread.
        assert "* " in await person.gets("windows", Scope.THREAD)
        asked = await person.asks('desktop type "héllo wörld"')
        approval = await person.is_asked(asked)
        assert any('"note.txt" of l3afpad' in reason for reason in approval.reasons)
        assert "héllo wörld" in approval.payload
        await person.approves(approval)
        assert "Typed 11 characters" in await person.is_answered(asked)
        tree = await person.is_answered(await person.asks("tree"))
        assert 'text: "héllo wörld"' in tree
        await person.is_answered(await person.asks("screenshot desktop"))
        assert (await _artifact(person)).startswith(b"\x89PNG")
        await _typing_drifts_with_the_focus(editor, person)


async def test_a_display_that_dies_ends_the_step_and_not_the_companion(
    editor: Editor, desk: Desk, person: Person
) -> None:
    async with asyncio.timeout(120):
        asked = await person.asks('desktop type "' + "all work and no play " * 450 + '"')
        await person.approves(await person.is_asked(asked))
        field = await asyncio.to_thread(editor.user.ref, "text")
        begun = partial(editor.user.do, action="read", ref=field)
        assert await asyncio.to_thread(eventually, lambda: begun().text)
        assert desk.x_server is not None
        desk.x_server.kill()
        run = await person.sees_the_end(asked)
        assert run.status is RunStatus.FAILED
        assert "This device's desktop can't be used now" in run.answer
        after = await person.sees_the_end(await person.asks("screenshot desktop"))
        assert "can't use the desktop now" in after.answer
    assert person.companion.returncode is None
    assert "Traceback" not in person.log.read_text()


async def _typing_drifts_with_the_focus(editor: Editor, person: Person) -> None:
    asked = await person.asks('desktop type "only here"')
    approval = await person.is_asked(asked)
    other = editor.path.with_name("other.txt")
    other.write_text("")
    await asyncio.to_thread(Editor(other, editor.desk, editor.user).open)
    await person.approves(approval)
    anew = await person.is_asked(asked)
    assert any('"other.txt" of l3afpad' in reason for reason in anew.reasons)
    assert "only here" not in await asyncio.to_thread(_text_of, editor)
    await person.approves(anew)
    assert "Typed 9 characters" in await person.is_answered(asked)
    assert await asyncio.to_thread(eventually, lambda: _text_of(editor) == "only here")


def _text_of(editor: Editor) -> str:
    return editor.user.do(action="read", ref=editor.user.ref("text")).text


async def _artifact(person: Person) -> bytes:
    entries = await person.service.dispatcher.thread(THREAD)
    [view] = [entry.body for entry in entries if isinstance(entry.body, ArtifactView)]
    async with aiohttp.ClientSession() as web, web.get(view.download_url) as answer:
        return await answer.read()
