"""From a command's text to the program that is started for it."""

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from device_agent.tools.shell.environment import clean_environment

_READING_SECONDS = 5.0
# Words that every shell reads as they stand: no quote, no pattern, no variable, no operator.
_PLAIN = re.compile(r"[\w@%+=:,./-]+(?: +[\w@%+=:,./-]+)*", re.ASCII)
_NAME = re.compile(r"[\w.+/-]+", re.ASCII)
# What bash or sh does itself, whatever program has the same name (`compgen -bk`, and dash's).
_OWN_WORDS = frozenset(
    {
        *(".", ":", "[", "alias", "bg", "bind", "break", "builtin", "caller", "case", "cd"),
        *("chdir", "command", "compgen", "complete", "compopt", "continue", "coproc", "declare"),
        *("dirs", "disown", "do", "done", "echo", "elif", "else", "enable", "esac", "eval"),
        *("exec", "exit", "export", "false", "fc", "fg", "fi", "for", "function", "getopts"),
        *("hash", "help", "history", "if", "in", "jobs", "kill", "let", "local", "logout"),
        *("mapfile", "popd", "printf", "pushd", "pwd", "read", "readarray", "readonly"),
        *("return", "select", "set", "shift", "shopt", "source", "suspend", "test", "then"),
        *("time", "times", "trap", "true", "type", "typeset", "ulimit", "umask", "unalias"),
        *("unset", "until", "wait", "while"),
    }
)


@dataclass(frozen=True)
class Launch:
    """What is started: argv, and the program's file where that is not argv's first word.

    otherwise is the shell's argv, for a program that the system itself can't start (a script
    without its first line).
    """

    argv: tuple[str, ...]
    executable: str | None = None
    otherwise: tuple[str, ...] = ()


def launch(
    shell: str, command: str, programs: Mapping[str, str], *, folder: Path, path: str, trace: Path
) -> Launch:
    """The program that was approved, where the command is plain words; else a shell with it.

    programs is where each program was when it was approved, folder is where it starts, path is
    where programs are looked for; the shell writes the folder that it ends in to trace.
    """
    words = [word for word in command.split(" ") if word] if _PLAIN.fullmatch(command) else []
    approved = programs.get(words[0]) if words and _names_a_program(words[0]) else None
    if approved is None:
        return Launch((shell, "-c", _traced(shell, command, trace)))
    executable = _as_called(words[0], approved, folder, path)
    return Launch(tuple(words), executable, otherwise=(shell, "-c", command))


def _as_called(name: str, approved: str, folder: Path, path: str) -> str:
    """The approved program by the path that a shell would call it by: scripts act on that."""
    found = name if "/" in name else shutil.which(name, path=path)
    is_same = found is not None and os.path.realpath(folder / found) == os.path.realpath(approved)
    return found if found is not None and is_same else approved


def _names_a_program(word: str) -> bool:
    return word not in _OWN_WORDS and _NAME.fullmatch(word) is not None


def _traced(shell: str, command: str, trace: Path) -> str:
    """The command with words before it that have its shell write down where it ends.

    One that the shell can't read stays alone: the shell's complaint would quote those words.
    """
    if not _is_readable(shell, command):
        return command
    tells = f"{{ set +x; command pwd -P >| {shlex.quote(str(trace))}; }} 2>/dev/null"
    return f"trap {shlex.quote(tells)} EXIT; {command}"


def _is_readable(shell: str, command: str) -> bool:
    """Whether the shell finds no fault in the command's grammar; it runs nothing of it."""
    reads = (shell, "-n", "-c", command)
    try:
        read = subprocess.run(  # noqa: S603 (-n: it is read and not run)
            reads,
            check=False,
            env=clean_environment(),
            capture_output=True,
            timeout=_READING_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return read.returncode == 0


def read_trace(trace: Path) -> Path | None:
    """Where the shell ended; None where it was killed, or became another program."""
    try:
        written = trace.read_bytes().removesuffix(b"\n")
    except OSError:
        return None
    path = Path(written.decode("utf-8", "surrogateescape"))
    return path if path.is_absolute() and path.is_dir() else None
