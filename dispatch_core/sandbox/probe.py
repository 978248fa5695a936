"""Can code be caged here at all? If not: why, and how to mend it."""

import functools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from dispatch_core.sandbox import cage, privilege
from dispatch_core.sandbox.handed import Handed
from dispatch_core.sandbox.job import Job, Language
from dispatch_core.sandbox.limits import Limits

TRIAL = Job(language=Language.PYTHON, code="print('caged')")
TRIAL_SECONDS = 30.0

APPARMOR = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
DEBIAN_SWITCH = Path("/proc/sys/kernel/unprivileged_userns_clone")
NAMESPACES = Path("/proc/sys/user/max_user_namespaces")


@functools.cache
def probe() -> str:
    """Empty where the sandbox works, else the reason and what to do; takes about 0.1 s once."""
    if not sys.platform.startswith("linux"):
        return "it needs Linux; run Dispatch on Linux, for example in a virtual machine"
    if not cage.bwrap():
        return "bubblewrap is not installed; install it, on Debian with: apt-get install bubblewrap"
    missing = [name for name in privilege.tools() if not shutil.which(name)]
    if missing:
        return f"{', '.join(missing)} is not installed; on Debian: apt-get install util-linux mount"
    said = _try()
    return f"{_reason()} (bubblewrap said: {said})" if said else ""


def _try() -> str:
    """Run one line of Python exactly as later code is run; empty if that went well."""
    with Handed() as handed:
        command = cage.command(TRIAL, Limits(TRIAL_SECONDS), handed, handed.blank())
        try:
            done = subprocess.run(  # noqa: S603
                command,
                input=b"go\n",
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=cage.outer_environment(),
                cwd=cage.OUTER_FOLDER,
                pass_fds=handed.fds,
                timeout=TRIAL_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return f"nothing for {TRIAL_SECONDS:.0f} seconds"
    caged = done.returncode == 0 and done.stdout.endswith(b"caged\n")
    return "" if caged else first_words(done.stdout)


def first_words(said: bytes) -> str:
    """What a program complained about, as one short line; never empty."""
    lines = " ".join(said.decode(errors="replace").replace("ready\n", "").split())
    return lines[:300] or "nothing"


def child_pid(info: int) -> int:
    """The host's number of bubblewrap's first child, from the file that --info-fd wrote."""
    return int(json.loads(os.pread(info, 4096, 0))["child-pid"])


def _reason() -> str:
    if _reads(APPARMOR, "1"):
        return (
            "AppArmor forbids user namespaces; load the profile bwrap-userns-restrict, or: "
            "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
        )
    if _reads(DEBIAN_SWITCH, "0"):
        return "user namespaces are off; turn on: sysctl -w kernel.unprivileged_userns_clone=1"
    if _reads(NAMESPACES, "0"):
        return "user namespaces are off; turn on: sysctl -w user.max_user_namespaces=10000"
    if Path("/.dockerenv").exists() or Path("/run/.containerenv").exists():
        return (
            "this container forbids user namespaces; start it with "
            "--security-opt seccomp=unconfined --cap-add SYS_ADMIN, or run Dispatch outside of it"
        )
    return "bubblewrap can't make a sandbox; try `bwrap --unshare-all --ro-bind / / true` by hand"


def _reads(switch: Path, value: str) -> bool:
    return switch.exists() and switch.read_text().strip() == value
