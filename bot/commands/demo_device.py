"""The demo's own computer: a real companion, over a folder made for the purpose."""

import asyncio
import json
import logging
import os
import sys
from contextlib import suppress
from pathlib import Path

import psutil

from bot.keys import notice_key, person_key
from bot.local_workspace.directory import TEAM
from dispatch_core.dispatcher.door import Dispatcher
from dispatch_core.errors import NotFound

log = logging.getLogger(__name__)

OWNER = "U0ADA"
NAME = "demo-laptop"
# The browser is used where there is one; what is not there is not reported.
ALLOWED = "local_files,shell,browser_automation"
STOP_SECONDS = 15.0  # the companion's own grace for a command is ten
FILES = {
    "welcome.txt": "Hello! Dispatch read this file on your machine, because you asked for it.\n",
    "prices.csv": "fruit,price\napple,0.40\npear,0.55\nquince,1.20\n",
}


class DemoDevice:
    """Paired once, for Ada; the next start finds the same device."""

    def __init__(self, home: Path, url: str) -> None:
        self._home = home / "device"
        self._folder = home / "demo-folder"
        self._log = home / "device.log"
        self._note = home / "device.pid"
        self._url = url
        self._running: asyncio.subprocess.Process | None = None

    async def start(self, dispatcher: Dispatcher) -> None:
        """Pair it unless it is, and let it go to work."""
        self._make_folder()
        await asyncio.to_thread(self._end_orphan)
        if not await self._is_paired(dispatcher):
            await self._pair(dispatcher)
        self._running = await self._companion("run")
        with suppress(psutil.NoSuchProcess):
            born = psutil.Process(self._running.pid).create_time()
            self._note.write_text(json.dumps({"pid": self._running.pid, "born": born}))

    async def stop(self) -> None:
        """Let it end what it does, and end it where it does not."""
        process = self._running
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()

    def _end_orphan(self) -> None:
        """End the companion of a demo that was killed: it would hold the device's lock."""
        try:
            note = json.loads(self._note.read_text())
            orphan = psutil.Process(note["pid"])
            if orphan.create_time() == note["born"]:
                orphan.terminate()
                orphan.wait(STOP_SECONDS)
        except (OSError, ValueError, KeyError, psutil.NoSuchProcess):
            return

    async def _is_paired(self, dispatcher: Dispatcher) -> bool:
        pairing = self._home / "pairing.json"
        try:
            kept = json.loads(pairing.read_text())
        except (OSError, ValueError):
            return False
        devices = await dispatcher.devices(person_key(TEAM, OWNER))
        if kept.get("device_id") not in {device.id for device in devices}:
            return False
        if kept.get("url") != self._url:
            pairing.write_text(json.dumps(kept | {"url": self._url}))
        return True

    async def _pair(self, dispatcher: Dispatcher) -> None:
        owner = person_key(TEAM, OWNER)
        try:
            await dispatcher.remove_device(NAME, owner)
        except NotFound:
            log.debug("no earlier demo device")
        offer = await dispatcher.offer_pairing(owner, notice_key(TEAM, OWNER))
        folder = ("--folder", str(self._folder), "--allow", ALLOWED)
        # The demo leaves nothing behind outside its home.
        more = ("--name", NAME, "--key-file", *folder)
        pairing = await self._companion("pair", self._url, offer.code, *more)
        if await pairing.wait() != 0:
            log.warning("The demo's companion could not be paired; %s says why", self._log)

    async def _companion(self, *words: str) -> asyncio.subprocess.Process:
        environment = {**os.environ, "DISPATCH_DEVICE_HOME": str(self._home)}
        with self._log.open("ab") as out:
            return await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "device_agent", *words),
                cwd=self._folder,
                env=environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                # Ctrl-C in a terminal reaches the whole group; the demo itself stops the companion.
                start_new_session=True,
            )

    def _make_folder(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        for name, text in FILES.items():
            if not (path := self._folder / name).exists():
                path.write_text(text)
