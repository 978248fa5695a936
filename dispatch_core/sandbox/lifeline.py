"""A sandbox ends with the process that started it, in whichever moment that one is killed.

Before the cage stands, the gate ends it: a closed pipe lets nothing begin. After that the kernel
does: bubblewrap dies with its parent, and everything in the cage with bubblewrap. In between lies a
moment in which bubblewrap's first child waits for a parent that is dead; it has begun nothing and
does nothing, and is swept up at the next start.
"""

import asyncio
import logging
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from dispatch_core.sandbox import seccomp

log = logging.getLogger(__name__)

OWNER = "DISPATCH_OWNER"
UNFILTERED = "Seccomp:\t0\n"
TRY_AGAIN_SECONDS = 0.001


def mark() -> dict[str, str]:
    """What tells, in the environment of a sandbox's processes, which process they belong to."""
    return {OWNER: f"{_namespace()}.{os.getpid()}.{_born(os.getpid())}"}


async def tied(init: int) -> None:
    """Return once process 1 of a cage has asked to die with bubblewrap; then code may begin.

    That can't be seen, but it takes its filter on right after it, and the filter can be seen.
    """
    while seccomp.program() and _is_unfiltered(init):  # noqa: ASYNC110 (the kernel does not call)
        await asyncio.sleep(TRY_AGAIN_SECONDS)


def sweep() -> None:
    """Kill what is left of the sandboxes of processes that are dead."""
    if killed := sum(map(_killed, list(_orphans()))):
        log.warning("%d processes were left of the sandboxes of a killed process", killed)


def _is_unfiltered(pid: int) -> bool:
    return UNFILTERED in Path(f"/proc/{pid}/status").read_text()


def _orphans() -> Iterator[int]:
    for folder in Path("/proc").glob("[0-9]*"):
        if _is_orphan(int(folder.name)):
            yield int(folder.name)


def _is_orphan(pid: int) -> bool:
    """Whether the owner of this process is dead; one of another container nobody here can judge."""
    namespace, _, owner = _owner(pid).partition(".")
    if not owner or namespace != _namespace():
        return False
    owner_pid, _, born = owner.partition(".")
    return _born(int(owner_pid)) != born


def _owner(pid: int) -> str:
    with suppress(OSError):  # it ended, or is another user's
        for variable in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
            name, _, value = variable.partition(b"=")
            if name == OWNER.encode():
                return value.decode(errors="replace")
    return ""


def _killed(pid: int) -> bool:
    """Kill a process; its number may belong to another one by now, so that is looked at again."""
    with suppress(OSError):
        process = os.pidfd_open(pid)
        try:
            if _is_orphan(pid):
                signal.pidfd_send_signal(process, signal.SIGKILL)
                return True
        finally:
            os.close(process)
    return False


def _namespace() -> str:
    return str(Path("/proc/self/ns/pid").stat().st_ino)


def _born(pid: int) -> str:
    """When a process started, in the kernel's ticks; empty where there is none."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    return ""
