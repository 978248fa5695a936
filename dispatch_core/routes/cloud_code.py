"""cloud-code: runs the code of a fenced block in the sandbox and keeps the files that it leaves."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dispatch_core.abilities import ToolName
from dispatch_core.errors import ArtifactTooLarge, AttachmentUnavailable, NoSandbox
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import StepResult
from dispatch_core.routes.tool import Offer, StepContext
from dispatch_core.sandbox import lifeline, workplace
from dispatch_core.sandbox.fonts import FontList, font_list
from dispatch_core.sandbox.job import Ending, Job, Language, Outcome
from dispatch_core.sandbox.limits import MIB, Limits
from dispatch_core.sandbox.probe import probe
from dispatch_core.sandbox.run import Sandbox

MAX_ATTACHED = 100
MAX_ATTACHED_MB = 512  # the working folder is memory
# Room for what the code makes, beside the files that the person attached.
FREE_WORK_MB = 256

STATUSES = {
    Ending.TIMED_OUT: StepStatus.TIMED_OUT,
    Ending.OVER_LIMIT: StepStatus.FAILED,
    Ending.STOPPED: StepStatus.STOPPED,
}


def offer(cache: Path, memory_mb: int = 1024) -> Offer:
    """The tool run_code{language, code}. cache is a folder for matplotlib's list of fonts.

    Looks once (about 0.1 s, blocking) whether code can be caged here, and sweeps up what a killed
    process left.
    """
    lifeline.sweep()
    workplace.sweep()
    why = probe()
    unavailable = str(NoSandbox(why=why)) if why else ""
    return Offer(ToolName.RUN_CODE, _CodeRunner(cache, memory_mb).run, unavailable)


class _CodeRunner:
    def __init__(self, cache: Path, memory_mb: int) -> None:
        self._cache = cache
        self._memory_mb = memory_mb
        self._fonts: FontList | None = None
        self._fonts_asked = False
        self._fonts_lock = asyncio.Lock()

    async def run(self, context: StepContext, arguments: Mapping[str, Any]) -> StepResult:
        """Do one step; what can't be done is told in the result."""
        if arguments["language"] not in list(Language):
            return _refuse(f"cloud-code runs python and bash, not {arguments['language']}.")
        try:
            with workplace.workplace() as folder:
                return await self._run_in(folder, context, arguments)
        except (AttachmentUnavailable, NoSandbox) as refusal:
            return _refuse(str(refusal))

    async def _run_in(
        self, folder: Path, context: StepContext, arguments: Mapping[str, Any]
    ) -> StepResult:
        attached = await _attached(folder, context)
        if too_much := _too_much(attached):
            return _refuse(too_much)
        language = Language(arguments["language"])
        fonts = await self._font_list() if language is Language.PYTHON else None
        job = Job(language, str(arguments["code"]), attached, fonts)
        left = folder / "left"
        left.mkdir()
        sandbox = Sandbox(job, self._limits(context, attached), left)
        try:
            outcome = await sandbox.run(context.emit)
        except asyncio.CancelledError:
            if sandbox.outcome:
                await _save(context, sandbox.outcome)
            raise
        return _result(outcome, await _save(context, outcome))

    def _limits(self, context: StepContext, attached: Mapping[str, Path]) -> Limits:
        return Limits(
            seconds=context.timeout_seconds,
            memory_mb=self._memory_mb,
            work_mb=FREE_WORK_MB + _megabytes(attached),
        )

    async def _font_list(self) -> FontList | None:
        """Asked for once: where it can't be made, trying again would only make each run slow."""
        async with self._fonts_lock:
            if not self._fonts_asked:
                self._fonts = await font_list(self._cache)
                self._fonts_asked = True
        return self._fonts


async def _attached(folder: Path, context: StepContext) -> dict[str, Path]:
    """The thread's files, by their plain names."""
    place = folder / "attached"
    place.mkdir()
    names = await context.files_into(place)
    return {name: place / name for name in names}


def _too_much(attached: Mapping[str, Path]) -> str:
    if len(attached) > MAX_ATTACHED or _megabytes(attached) > MAX_ATTACHED_MB:
        return (
            f"This thread has more than {MAX_ATTACHED} attached files or {MAX_ATTACHED_MB} MB; "
            "start a new thread with the files that the code needs."
        )
    return ""


def _megabytes(attached: Mapping[str, Path]) -> int:
    return sum(path.stat().st_size for path in attached.values()) // MIB + 1


def _refuse(why: str) -> StepResult:
    return StepResult(status=StepStatus.FAILED, text=why)


async def _save(context: StepContext, outcome: Outcome) -> tuple[str, ...]:
    """Keep the files that were left; returns sentences about those that were not kept."""
    refused = []
    for file in outcome.files:
        try:
            await context.save_artifact(file.name, file.path)
        except ArtifactTooLarge as error:
            refused.append(str(error))
    return tuple(refused)


def _result(outcome: Outcome, refused: tuple[str, ...]) -> StepResult:
    """The output as it was written, and below it what the person must know besides."""
    notes = "".join(f"[{note}]\n" for note in (*outcome.notes, *refused))
    gap = "\n" if notes and outcome.output and not outcome.output.endswith("\n") else ""
    failed = StepStatus.DONE if outcome.exit_code == 0 else StepStatus.FAILED
    return StepResult(
        status=STATUSES.get(outcome.ending, failed),
        text=outcome.output + gap + notes,
        exit_code=outcome.exit_code,
        truncated=outcome.truncated,
        seconds=outcome.seconds,
    )
