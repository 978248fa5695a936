"""`dispatch demo`: ready by itself, the same after a restart, and gone when it is told to stop."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest

from tests.acceptance.driver import eventually
from tests.bot.listeners.desk import MANIFEST

pytestmark = pytest.mark.processes

Ports = Callable[[], int]


def _is_companion(process: psutil.Process) -> bool:
    """Whether it is one that lives; children of another kind may end while they are looked at."""
    try:
        return "device_agent" in " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return False


async def gone(process: psutil.Process) -> None:
    """Return once it has ended; that nobody has reaped it is none of the demo's."""

    async def look() -> bool:
        try:
            return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True

    await eventually(look, f"process {process.pid} to be gone")


class Demo:
    """The demo as a process of its own."""

    def __init__(self, port: int, *more: str) -> None:
        self.port = port
        self.more = more
        self.words: list[str] = []
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Return once it says that it is ready."""
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "demo", "--port", str(self.port), *self.more),
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(MANIFEST.parent), "PYTHONUNBUFFERED": "1"},
        )
        assert self.process.stdout is not None
        async with asyncio.timeout(120):
            while "Three things to try" not in "".join(self.words):
                line = await self.process.stdout.readline()
                assert line, "the demo ended: " + "".join(self.words)
                self.words.append(line.decode())

    async def stop(self) -> int:
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), 60)

    def companions(self) -> list[psutil.Process]:
        assert self.process is not None
        children = psutil.Process(self.process.pid).children(recursive=True)
        return [one for one in children if _is_companion(one)]

    async def companion(self) -> psutil.Process:
        """Its one companion; a process that has just been started has no command line yet."""

        async def look() -> list[psutil.Process]:
            return self.companions()

        [one] = await eventually(look, "the demo's companion")
        return one

    async def ask(self, path: str, body: Any = None) -> Any:
        async with (
            aiohttp.ClientSession() as session,
            session.request(
                "GET" if body is None else "POST",
                f"http://127.0.0.1:{self.port}/workspace/{path}",
                json=body,
            ) as answer,
        ):
            return await answer.json()

    async def shown(self, words: str, channel: str) -> dict[str, Any]:
        """The message with these words, as soon as it is there."""
        async with asyncio.timeout(90):
            while True:
                listed = await self.ask(f"messages?channel={channel}&user=U0ADA")
                for message in listed["messages"]:
                    if words in json.dumps(message, ensure_ascii=False):
                        return dict(message)
                await asyncio.sleep(0.05)


def _pairing(tmp_path: Path) -> dict[str, Any]:
    return dict(json.loads((tmp_path / "home/demo/device/pairing.json").read_text()))


async def test_a_demo_does_a_command_on_this_machine_once_it_is_approved(free_port: Ports) -> None:
    demo = Demo(free_port())
    try:
        await demo.start()
        assert f"http://127.0.0.1:{demo.port}" in demo.words[0]
        sent = {"user": "U0ADA", "channel": "C0GENERAL", "text": "@Dispatch $ cat welcome.txt"}
        sent["text"] = "<@U0DISPATCH> $ cat welcome.txt"
        await demo.ask("messages", sent)
        asked = await demo.shown("approval_approve", "C0GENERAL")
        row = next(block for block in asked["blocks"] if block["type"] == "actions")
        click = {
            "user": "U0GRACE",
            "channel": "C0GENERAL",
            "message_ts": asked["ts"],
            "block_id": row["block_id"],
            "action_id": "approval_approve",
            "value": row["elements"][0]["value"],
        }
        assert (await demo.ask("actions", click))["ok"]
        await demo.shown("Hello! Dispatch read this file", "C0GENERAL")
    finally:
        await demo.stop()


async def test_a_restart_finds_the_same_device_and_a_stop_leaves_no_process(
    free_port: Ports, tmp_path: Path
) -> None:
    port = free_port()
    first = Demo(port)
    await first.start()
    device = _pairing(tmp_path)
    companion = await first.companion()
    assert await first.stop() == 0
    await gone(companion)
    second = Demo(port)
    await second.start()
    assert _pairing(tmp_path) == device
    assert await second.stop() == 0


async def test_after_a_kill_the_next_demo_ends_the_orphaned_companion(free_port: Ports) -> None:
    port = free_port()
    first = Demo(port)
    await first.start()
    orphan = await first.companion()
    assert first.process is not None
    first.process.kill()
    await first.process.wait()
    second = Demo(port)
    await second.start()
    await gone(orphan)
    assert (await second.companion()).pid != orphan.pid
    assert await second.stop() == 0


async def test_a_port_in_use_is_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "demo", "--port", str(port)),
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(MANIFEST.parent)},
        )
        _, err = await asyncio.wait_for(process.communicate(), 120)
    assert process.returncode == 1
    told = f"Port {port} is in use on this machine; choose another with --port.\n"
    assert err.decode() == told


async def test_without_a_device_it_says_how_to_pair_one(free_port: Ports, tmp_path: Path) -> None:
    demo = Demo(free_port(), "--no-device")
    try:
        await demo.start()
        assert not (tmp_path / "home/demo/device").exists()
        assert demo.companions() == []
    finally:
        await demo.stop()
    assert (tmp_path / "home/demo/dispatch.db").exists()
