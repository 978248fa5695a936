"""A person, the core, the companion and a real editor: asked for, approved, typed, read back."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from dispatch_core.lifecycle import RunStatus, Scope
from tests.device_agent.desktop.conftest import Editor
from tests.device_agent.desktop.desk import Desk
from tests.device_agent.waiting import eventually
from tests.device_agent.whole_way import House, open_house

pytestmark = pytest.mark.processes


@pytest.fixture
async def house(editor: Editor, home: Path, tmp_path: Path) -> AsyncIterator[House]:
    """The editor comes first, so that it lives longer than the companion."""
    async with open_house(home, tmp_path) as house:
        await house.pair("desktop_automation")
        await house.start()
        yield house


async def test_what_a_person_asked_for_is_typed_into_the_approved_window_and_nowhere_else(
    editor: Editor, house: House
) -> None:
    # Looking is approved once for the thread.
    looking = await house.ask("windows")
    await house.approve(looking, Scope.THREAD)
    assert "* " in await house.answer(looking)
    typing = await house.ask('desktop type "héllo wörld"')
    approval = await house.approve(typing)
    assert any('"note.txt" of l3afpad' in reason for reason in approval.reasons)
    assert "héllo wörld" in approval.payload
    assert "Typed 11 characters" in await house.answer(typing)
    await _shows(editor, "héllo wörld")
    assert 'text: "héllo wörld"' in await house.says("tree")
    await house.says("screenshot desktop")
    assert (await house.download("desktop.png")).startswith(b"\x89PNG")
    await _typing_drifts_with_the_focus(editor, house)


async def test_a_display_that_dies_ends_the_step_and_not_the_companion(
    editor: Editor, desk: Desk, house: House
) -> None:
    typing = await house.ask('desktop type "' + "all work and no play " * 450 + '"')
    await house.approve(typing)
    field = await asyncio.to_thread(editor.user.ref, "text")
    begun = partial(editor.user.do, action="read", ref=field)
    await asyncio.to_thread(eventually, lambda: begun().text)
    assert desk.x_server is not None
    desk.x_server.kill()
    run = await house.ended(typing)
    assert run.status is RunStatus.FAILED
    assert "This device's desktop can't be used now" in run.answer
    after = await house.ended(await house.ask("screenshot desktop"))
    assert "can't use the desktop now" in after.answer
    assert house.processes[-1].returncode is None
    assert "Traceback" not in house.log.read_text()


async def _typing_drifts_with_the_focus(editor: Editor, house: House) -> None:
    typing = await house.ask('desktop type "only here"')
    await house.asked(typing)
    other = editor.path.with_name("other.txt")
    other.write_text("")
    await asyncio.to_thread(Editor(other, editor.desk, editor.user).open)
    await house.approve(typing)
    anew = await house.asked(typing)
    assert any('"other.txt" of l3afpad' in reason for reason in anew.reasons)
    assert "only here" not in await asyncio.to_thread(_text_of, editor)
    await house.approve(typing)
    assert "Typed 9 characters" in await house.answer(typing)
    await _shows(editor, "only here")


async def _shows(editor: Editor, text: str) -> None:
    """What was typed is seen once its program has taken the last key."""
    await asyncio.to_thread(eventually, lambda: _text_of(editor) == text)


def _text_of(editor: Editor) -> str:
    return editor.user.do(action="read", ref=editor.user.ref("text")).text
