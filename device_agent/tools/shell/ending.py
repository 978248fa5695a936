"""From how a command ended to the step's result, with what is to be said about it."""

from collections.abc import Sequence
from typing import Any

from device_agent.errors import CoreAway, RefusedByCore
from device_agent.tools.shell.output import Output
from device_agent.tools.step import StepRoom, StopReason
from dispatch_core.lifecycle import StepStatus
from dispatch_core.protocol import StepResult

OUTPUT_FILE = "output.txt"


def result_of(
    end: dict[str, Any], output: Output, room: StepRoom, notes: Sequence[str], seconds: float
) -> StepResult:
    """The result; notes are what else is said below the output."""
    if "error" in end:
        text = f"The command could not be started: {end['error']}."
        return StepResult(status=StepStatus.FAILED, text=text, seconds=seconds)
    cause, code = end.get("cause", "lost"), end.get("code")
    status = _status(cause, code, room)
    if status is StepStatus.INTERRUPTED:
        why = room.stop.reason or "its guard was killed"
        text = f"The command was ended before its time ({why}); it may have had an effect."
        return StepResult(status=status, text=text, seconds=seconds)
    return StepResult(
        status=status,
        text=_noted(output.text, [*_left_over(end), *notes, *_whole(output, room)]),
        # A shell says 128 + N for a program that signal N killed.
        exit_code=128 - code if code is not None and code < 0 else code,
        truncated=output.truncated,
        seconds=seconds,
    )


def _status(cause: str, code: int | None, room: StepRoom) -> StepStatus:
    if cause == "lost":
        return StepStatus.INTERRUPTED
    if cause == "stop":
        return room.stop.status()
    if cause == "timeout":
        return StepStatus.TIMED_OUT
    return StepStatus.DONE if code == 0 else StepStatus.FAILED


def _left_over(end: dict[str, Any]) -> list[str]:
    """What the guard had to do once the command itself had ended."""
    notes = []
    if end["leftover"]:
        notes.append(f"[left in the background, ended with the command: {end['leftover']}]")
    if end["survivors"]:
        notes.append(f"[processes that could not be ended: {end['survivors']}]")
    return notes


def _whole(output: Output, room: StepRoom) -> list[str]:
    """Send all of an output that is shown only in part; how that went, in a line."""
    spool = output.spool
    if not output.truncated:
        return []
    if spool.fault:
        return [f"[the whole output could not be kept on the device: {spool.fault}]"]
    try:
        with spool.masked_copy(lambda: room.stop.reason in (None, StopReason.PERSON)) as copy:
            room.send_file(OUTPUT_FILE, copy)
    except OSError as error:
        return [f"[the whole output could not be kept on the device: {error.strerror or error}]"]
    except (CoreAway, RefusedByCore) as error:
        return [f"[the whole output could not be sent: {error}]"]
    most = f", cut after {spool.most // 1024**2} MiB" if spool.cut else ""
    return [f"[the whole output is in {OUTPUT_FILE}{most}]"]


def _noted(text: str, notes: Sequence[str]) -> str:
    between = "\n" if notes and text and not text.endswith("\n") else ""
    return text + between + "\n".join(notes)
