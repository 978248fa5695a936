"""The whole command that starts a sandbox, with the open files that it inherits."""

import functools
import re
import shutil
import subprocess

from dispatch_core.sandbox import interpreter, lifeline, privilege, view
from dispatch_core.sandbox.handed import Handed
from dispatch_core.sandbox.job import Job
from dispatch_core.sandbox.limits import Limits

OUTER_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# As the environment, it is seen in the sandbox, and so tells nothing (sh sets PWD).
OUTER_FOLDER = "/"
FIRST_WITH_DISABLE_USERNS = (0, 8)


def command(job: Job, limits: Limits, handed: Handed, info_fd: int) -> list[str]:
    """What to execute. info_fd is where bubblewrap writes {"child-pid": …} of its first child.

    The arguments go through a descriptor: /proc/1/cmdline would show the host's paths.
    """
    before, sources = privilege.lower(interpreter.folders())
    wrap = bwrap()
    words = view.arguments(job, limits, sources, handed, version(wrap) >= FIRST_WITH_DISABLE_USERNS)
    own, inside = words[: words.index("--")], words[words.index("--") + 1 :]
    packed = handed.content(b"".join(word.encode() + b"\0" for word in own))
    return [*before, wrap, "--args", packed, "--info-fd", str(info_fd), "--", *inside]


def outer_environment() -> dict[str, str]:
    """What bubblewrap is started with: next to nothing, since its own process is number 1 in the
    sandbox, where /proc/1/environ shows it.
    """
    return {"PATH": OUTER_PATH, **lifeline.mark()}


def bwrap() -> str:
    """Where bubblewrap is; empty where it is not installed."""
    return shutil.which("bwrap") or ""


@functools.cache
def version(wrap: str) -> tuple[int, ...]:
    """The version of this bubblewrap, such as (0, 8, 0)."""
    said = subprocess.run([wrap, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    return tuple(int(part) for part in re.findall(r"\d+", said.stdout))
