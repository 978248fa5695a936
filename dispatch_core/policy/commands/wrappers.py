"""Programs that start another one: some are looked through, others hide too much."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dispatch_core.policy.commands.reading import Concern, names

MOST_WRAPPERS = 4


@dataclass(frozen=True)
class Wrapper:
    """How a wrapper's own words end and the wrapped call begins.

    flags stand alone; values take the next word, or the rest of their own; operands is how many
    words of its own come before the program. keeps_shell: the wrapped name may be the shell's own.
    """

    flags: frozenset[str] = frozenset()
    values: frozenset[str] = frozenset()
    operands: int = 0
    number: bool = False
    keeps_shell: bool = False
    concern: Concern | None = None


LOOKED_THROUGH = {
    "env": Wrapper(),
    "nice": Wrapper(values=names("-n --adjustment"), number=True),
    "nohup": Wrapper(),
    "timeout": Wrapper(
        flags=names("--foreground --preserve-status -v --verbose -p -f"),
        values=names("-k --kill-after -s --signal"),
        operands=1,
    ),
    "stdbuf": Wrapper(values=names("-i -o -e --input --output --error")),
    "time": Wrapper(flags=names("-p"), keeps_shell=True),
    "command": Wrapper(keeps_shell=True),
    "builtin": Wrapper(keeps_shell=True),
    "caffeinate": Wrapper(flags=names("-d -i -m -s -u"), values=names("-t -w")),
    "flock": Wrapper(
        flags=names("-n -x -e -s --nonblock --exclusive --shared"),
        values=names("-w -E --timeout"),
        operands=1,
        concern=Concern("flock makes or locks a file.", lasting=True),
    ),
}
# Each starts another program in a way that changes what it may do, or where and when it runs.
BLOCKED = names(
    "sudo doas su runuser pkexec sg newgrp gosu chrt ionice setsid taskset script scriptreplay"
    " busybox toybox chroot unshare nsenter setpriv capsh systemd-run firejail bwrap proot fakeroot"
    " start-stop-daemon daemonize run-parts numactl prlimit setarch linux32 linux64 cgexec"
    " screen tmux dtach expect unbuffer rlwrap watch entr parallel xvfb-run dbus-run-session"
    " strace ltrace gdb lldb perf valgrind rr faketime proxychains proxychains4 torsocks tsocks"
    " sandbox-exec arch xcrun launchctl at batch crontab systemctl service loginctl nocache chpst"
    " setuidgid envdir softlimit ssh-agent gpg-agent direnv dotenv with-contenv snap flatpak wine"
)
_NUMBER = re.compile(r"-\d+")
_LOADER = re.compile(r"ld(-linux.*|-musl.*|\.so.*|-[\d.]+\.so)")


@dataclass(frozen=True, slots=True)
class Through:
    """Where the wrapped call begins (None: there is none, or it can't be told), and a concern."""

    start: int | None = None
    keeps_shell: bool = False
    concern: Concern | None = None


def look_through(name: str, argv: Sequence[str]) -> Through | None:
    """What a wrapper wraps; None where the program is no wrapper."""
    if name in BLOCKED or _LOADER.fullmatch(name):
        return Through(concern=Concern(f"{name} starts another program in its own way."))
    wrapper = LOOKED_THROUGH.get(name)
    if wrapper is None:
        return None
    place = _first_operand(wrapper, argv)
    if place is None:
        return _not_through(name, argv)
    start = place + wrapper.operands
    if start >= len(argv):
        return Through()
    if concern := _about_first(name, argv[start]):
        return Through(concern=concern)
    return Through(start, wrapper.keeps_shell, wrapper.concern)


def _about_first(name: str, word: str) -> Concern | None:
    """What is of concern where the wrapped program's name should stand."""
    if name == "env" and "=" in word:
        return Concern("env sets a variable, which can change what programs do.")
    if word.startswith("-"):
        return Concern(f"{name} has an option ({word}) after its other words.")
    return None


def _not_through(name: str, argv: Sequence[str]) -> Through:
    if name == "command" and argv[1] in ("-v", "-V") and len(argv) > 2:
        return Through()
    return Through(concern=Concern(f"{name} has an option ({argv[1]}) that is not known here."))


def _first_operand(wrapper: Wrapper, argv: Sequence[str]) -> int | None:
    """Where the wrapper's options end; None at an option that is not known."""
    place = 1
    while place < len(argv):
        word = argv[place]
        if word == "--":
            return place + 1
        if not word.startswith("-") or word == "-":
            return place if word != "-" else None
        if word in wrapper.flags or (wrapper.number and _NUMBER.fullmatch(word)):
            place += 1
        elif word in wrapper.values:
            place += 2
        elif _is_attached(wrapper, word):
            place += 1
        else:
            return None
    return place


def _is_attached(wrapper: Wrapper, word: str) -> bool:
    """Whether an option brings its value in the same word: -n5, --adjustment=5."""
    head, equals, _ = word.partition("=")
    if word.startswith("--"):
        return bool(equals) and head in wrapper.values
    return word[:2] in wrapper.values
