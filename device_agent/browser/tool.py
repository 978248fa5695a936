"""The browser tool: judges each action by its owner's policy, and has it done."""

import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from device_agent.browser.asks import Ask, Upload, read_ask
from device_agent.browser.engine import Engine, StoppedWork
from device_agent.browser.errors import FileChanged, FileTooLarge, PageFailed, WindowOpen
from device_agent.browser.gate import Dial, Resolve, dial, resolve
from device_agent.browser.holding import is_wanted
from device_agent.browser.judging import HOUSEKEEPING, bound_of, judge
from device_agent.browser.meant import Given, Meant, Outcome, own_address
from device_agent.browser.profile import profile_of
from device_agent.browser.urls import Limits, read_url
from device_agent.drift import drifted
from device_agent.folders import Folders
from device_agent.policy.owner import Area, Mode, OwnerPolicy
from device_agent.tools.step import StepRoom, denied
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import Drift, Preparation, StepResult

if TYPE_CHECKING:
    from device_agent.browser.session import Chrome

IDLE_SECONDS = 600.0
PREPARE_SECONDS = 30.0
# The core takes 200 MiB; a picture, a document and most downloads are far below half of it.
MAX_FILE_BYTES = 100 * 1024 * 1024
# Playwright takes no more in one piece.
MAX_UPLOAD_BYTES = 50 * 1024 * 1024


class Browser:
    """One browser for the device; home holds its profile, spool what is on its way to the core."""

    def __init__(
        self,
        home: Path,
        folders: Folders,
        policy: Callable[[], OwnerPolicy],
        idle_seconds: float = IDLE_SECONDS,
        resolve: Resolve = resolve,
        dial: Dial = dial,
    ) -> None:
        self._profile = profile_of(home)
        self._spool = home / "spool"
        self._folders = folders
        self._policy = policy
        self._make = (idle_seconds, resolve, dial)
        self._engine = Engine(self._close_chrome)
        self._chrome: Chrome | None = None

    def prepare(self, thread_id: str, arguments: Mapping[str, Any]) -> Preparation:
        """Looks at the present page, starts nothing; raises NoPage, SiteRefused, …"""
        ask, policy = read_ask(arguments), self._policy()
        mode = policy.mode(Area.BROWSER)
        if mode is Mode.DENY:
            return denied("This device's owner does not let Dispatch use the browser.")
        if is_wanted(self._profile):
            raise WindowOpen
        files = self._files(ask, policy)
        if files is None:
            return denied("This device's owner does not let Dispatch read files.")
        if isinstance(ask, HOUSEKEEPING):
            return judge(ask, None, None, mode, bound_of(None, files))
        if url := own_address(ask):
            site = read_url(url).site
            limits_of(policy).check(site)
            return judge(ask, None, site, mode, bound_of(None, files))
        meant = self._look(thread_id, ask)
        limits_of(policy).check(meant.site)
        return judge(ask, meant, meant.site, mode, bound_of(meant, files))

    def __call__(self, room: StepRoom, arguments: Mapping[str, Any]) -> StepResult:
        """Do the action; a stop or the end of its time closes the tab that it was done in."""
        ask, started = read_ask(arguments), time.monotonic()
        self._spool.mkdir(mode=0o700, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._spool) as folder:
            try:
                given = self._given(room, ask, Path(folder))
            except FileChanged as changed:
                return drifted(Drift.FILES, str(changed))
            try:
                outcome = self._do(room, ask, Path(folder), given)
            except StoppedWork:
                text = "It was stopped, and its tab was closed; it may have had an effect."
                status = room.stop.status()
                return StepResult(status=status, text=text, seconds=time.monotonic() - started)
            except TimeoutError:
                text = "It took too long, and its tab was closed; it may have had an effect."
                status = StepStatus.TIMED_OUT
                return StepResult(status=status, text=text, seconds=time.monotonic() - started)
            self._send(room, outcome, Path(folder))
        text = "\n".join(outcome.lines) + (f"\n\n{outcome.tree}" if outcome.tree else "")
        return StepResult(status=StepStatus.DONE, text=text, seconds=time.monotonic() - started)

    def close(self) -> None:
        """End the browser; a later step starts it anew."""
        self._engine.close()

    def _look(self, thread_id: str, ask: Ask) -> Meant:
        from device_agent.browser import session  # noqa: PLC0415 (an extra, loaded when needed)

        chrome = self._running()
        try:
            return self._engine.run(lambda: session.look(chrome, thread_id, ask), PREPARE_SECONDS)
        except TimeoutError:
            raise PageFailed(what="Looking at the page", why="it does not answer.") from None

    def _do(self, room: StepRoom, ask: Ask, folder: Path, given: Given | None) -> Outcome:
        from device_agent.browser import session  # noqa: PLC0415 (as above)

        chrome = self._running()
        return self._engine.run(
            lambda: session.do(chrome, room.thread_id, ask, folder, given),
            room.timeout_seconds,
            room.stop.event,
        )

    def _running(self) -> "Chrome":
        if self._chrome is None:
            from device_agent.browser import session  # noqa: PLC0415 (as above)

            idle, resolve, dial = self._make
            self._chrome = session.Chrome(
                self._profile, lambda: limits_of(self._policy()), idle, resolve, dial
            )
        return self._chrome

    async def _close_chrome(self) -> None:
        chrome, self._chrome = self._chrome, None
        if chrome is not None:
            await chrome.close()

    def _files(self, ask: Ask, policy: OwnerPolicy) -> dict[str, str] | None:
        """What is bound of a file that leaves the device; None where none may."""
        if not isinstance(ask, Upload) or ask.path is None:
            return {}
        if policy.mode(Area.READ_FILES) is Mode.DENY:
            return None
        with self._folders.open_file(ask.path) as handle, os.fdopen(os.dup(handle), "rb") as file:
            return {ask.path: hashlib.file_digest(file, "sha256").hexdigest()}

    def _given(self, room: StepRoom, ask: Ask, folder: Path) -> Given | None:
        """The file that is uploaded, with the approved bytes; raises FileChanged, MissingPath, …"""
        if not isinstance(ask, Upload):
            return None
        if ask.path is None:
            name, target = ask.attached or "", folder / "given"
            room.take_file(name, target)
            with target.open("rb") as file:
                return Given(_last_name(name), _read(file, name))
        with self._folders.open_file(ask.path) as handle, os.fdopen(os.dup(handle), "rb") as file:
            given = Given(_last_name(ask.path), _read(file, ask.path))
        if hashlib.sha256(given.content).hexdigest() != room.bound.files.get(ask.path):
            raise FileChanged(path=ask.path)
        return given

    def _send(self, room: StepRoom, outcome: Outcome, folder: Path) -> None:
        for name, content in outcome.files:
            path = content if isinstance(content, Path) else folder / "brought"
            if isinstance(content, bytes):
                path.write_bytes(content)
            if path.stat().st_size > MAX_FILE_BYTES:
                raise FileTooLarge(name=name, limit=MAX_FILE_BYTES // 1024**2)
            room.send_file(name, path)


def _last_name(path: str) -> str:
    return Path(path).name or "file"


def _read(file: IO[bytes], name: str) -> bytes:
    content = file.read(MAX_UPLOAD_BYTES + 1)
    if len(content) > MAX_UPLOAD_BYTES:
        raise FileTooLarge(name=name, limit=MAX_UPLOAD_BYTES // 1024**2)
    return content


def limits_of(policy: OwnerPolicy) -> Limits:
    """What an owner's policy says of the hosts that the browser may reach."""
    return Limits(private=policy.sites.private, denies=policy.denies_site)
