"""What a sandboxed program sees: bubblewrap's arguments, in the order that they are carried out."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from dispatch_core.sandbox import seccomp
from dispatch_core.sandbox.handed import Handed
from dispatch_core.sandbox.interpreter import python
from dispatch_core.sandbox.job import Job, Language
from dispatch_core.sandbox.limits import MIB, Limits

WORK = "/dispatch/work"
TMP = "/tmp"  # noqa: S108 (the sandbox's own)
SHARED_MEMORY = "/dev/shm"  # noqa: S108
LIBRARY = "/dispatch/lib"
FONTS = f"{TMP}/.matplotlib"
SCRIPTS = {Language.PYTHON: "/dispatch/main.py", Language.BASH: "/dispatch/main.sh"}

PLACES_BESIDE_USR = ("bin", "sbin", "lib", "lib32", "lib64")
FROM_ETC = ("ld.so.cache", "alternatives", "fonts")
ETC = {
    "passwd": "dispatch:x:1000:1000:Dispatch:/tmp:/bin/bash\n",
    "group": "dispatch:x:1000:\n",
    "hosts": "127.0.0.1 localhost sandbox\n::1 localhost\n",
}
THREADS = str(min(2, os.cpu_count() or 1))
ENVIRONMENT = {
    "PATH": f"{python().parent}:/usr/local/bin:/usr/bin:/bin",
    "HOME": TMP,
    "LANG": "C.UTF-8",
    "MPLBACKEND": "module://figures",
    "MPLCONFIGDIR": FONTS,
    "PYTHONPATH": f"{WORK}:{LIBRARY}",
    "PYTHONSAFEPATH": "1",
    "PYTHONUNBUFFERED": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONNOUSERSITE": "1",
    # Each thread and each arena reserves address space, which is what RLIMIT_AS counts.
    "OMP_NUM_THREADS": THREADS,
    "OPENBLAS_NUM_THREADS": THREADS,
    "MALLOC_ARENA_MAX": "2",
}

# It says that the cage stands, waits for leave, and takes its limits on: the process limit counts
# only what is in here when it is set in here.
BEGIN = 'echo 500 >/proc/self/oom_score_adj; echo ready; read -r go || exit 1; exec "$@" </dev/null'


def arguments(
    job: Job, limits: Limits, sources: Mapping[Path, Path], handed: Handed, own_userns: bool
) -> list[str]:
    """Everything after `bwrap`; sources says where each of the interpreter's folders is found.

    own_userns: this bubblewrap can forbid further user namespaces (0.8 and later).
    """
    cage = [*_namespaces(own_userns), *_environment(), *_system(handed)]
    scratch = [*_devices(limits), *_room(TMP, limits.scratch_mb, "1777")]
    bound = [word for to, source in sources.items() for word in ("--ro-bind", str(source), str(to))]
    files = [*_program(job, handed), *_room(WORK, limits.work_mb, "0755"), *_attached(job, handed)]
    last = ["--remount-ro", "/", *_filter(handed), "--chdir", WORK, "--"]
    return [*cage, *scratch, *bound, *files, *last, *_command(job, limits)]


def _namespaces(own_userns: bool) -> list[str]:
    alone = ["--unshare-all", "--unshare-user", "--die-with-parent", "--new-session"]
    who = ["--uid", "1000", "--gid", "1000", "--hostname", "sandbox"]
    return [*alone, *(["--disable-userns"] if own_userns else []), *who]


def _environment() -> list[str]:
    pairs = ENVIRONMENT.items()
    return ["--clearenv", *(word for pair in pairs for word in ("--setenv", *pair))]


def _system(handed: Handed) -> Iterator[str]:
    yield from ("--ro-bind", "/usr", "/usr", "--proc", "/proc")
    for name in PLACES_BESIDE_USR:
        place = Path("/", name)
        if place.is_symlink():
            yield from ("--symlink", str(place.readlink()), str(place))
        elif place.is_dir():
            yield from ("--ro-bind", str(place), str(place))
    for name in FROM_ETC:
        yield from ("--ro-bind-try", f"/etc/{name}", f"/etc/{name}")
    for name, content in ETC.items():
        yield from _file(handed.content(content.encode()), f"/etc/{name}")


def _devices(limits: Limits) -> list[str]:
    # /dev itself is memory without a limit, so it is closed once it is furnished.
    room = _room(SHARED_MEMORY, limits.scratch_mb, "1777")
    return ["--dev", "/dev", *room, "--remount-ro", "/dev"]


def _room(place: str, mib: int, mode: str) -> list[str]:
    return ["--perms", mode, "--size", str(mib * MIB), "--tmpfs", place]


def _program(job: Job, handed: Handed) -> Iterator[str]:
    backend = Path(__file__).with_name("figures.py").read_bytes()
    yield from _file(handed.content(job.code.encode()), SCRIPTS[job.language])
    yield from _file(handed.content(backend), f"{LIBRARY}/figures.py")
    if job.fonts:
        name, content = job.fonts
        yield from _file(handed.content(content), f"{FONTS}/{name}")


def _attached(job: Job, handed: Handed) -> Iterator[str]:
    for name, path in job.attached.items():
        yield from _file(handed.file(path), f"{WORK}/{name}")


def _file(fd: str, place: str) -> tuple[str, ...]:
    return ("--perms", "0644", "--file", fd, place)


def _filter(handed: Handed) -> list[str]:
    program = seccomp.program()
    return ["--seccomp", handed.content(program)] if program else []


def _command(job: Job, limits: Limits) -> list[str]:
    cpu = int(limits.seconds) * (os.cpu_count() or 1) + 5
    caps = {
        "as": limits.memory_mb * MIB,
        "nproc": limits.processes,
        "fsize": limits.work_mb * MIB,
        "cpu": cpu,
        "nofile": 512,
        "msgqueue": 0,
        "core": 0,
    }
    limited = ["prlimit", *(f"--{name}={value}:{value}" for name, value in caps.items()), "--"]
    speaker = [str(python())] if job.language is Language.PYTHON else ["bash"]
    return ["sh", "-c", BEGIN, "sh", "nice", "-n", "10", *limited, *speaker, SCRIPTS[job.language]]
