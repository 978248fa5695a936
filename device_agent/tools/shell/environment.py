"""What a command sees of its owner's surroundings: a short list, and nothing that is not on it.

No token and no key is on it, nor any variable that makes a program load or run something else
(LD_*, DYLD_*, PYTHON*, NODE_OPTIONS, GIT_*, BASH_ENV, ENV, IFS, PERL5*, JAVA_TOOL_OPTIONS, …).
"""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

KEPT_VARIABLES = frozenset(
    {
        *("HOME", "LANG", "LANGUAGE", "LOGNAME", "PATH", "SHELL", "TMPDIR", "TZ", "USER"),
        *("LC_ADDRESS", "LC_ALL", "LC_COLLATE", "LC_CTYPE", "LC_IDENTIFICATION", "LC_MEASUREMENT"),
        *("LC_MESSAGES", "LC_MONETARY", "LC_NAME", "LC_NUMERIC", "LC_PAPER", "LC_TELEPHONE"),
        "LC_TIME",
    }
)
FALLBACK_PATH = "/usr/local/bin:/usr/bin:/bin"
# Tells a guard which processes came of its command; its value is new for each command.
MARK = "DISPATCH_COMMAND"
# A thread turns no pages, and a pager at a terminal would run what is typed into it.
_NO_PAGES = {"PAGER": "cat", "GIT_PAGER": "cat", "MANPAGER": "cat", "LESSSECURE": "1"}


def clean_environment(
    surroundings: Mapping[str, str] = os.environ, *, terminal: bool = False
) -> dict[str, str]:
    """The variables that a command gets; terminal: it runs in a terminal of its own."""
    kept = {name: value for name, value in surroundings.items() if name in KEPT_VARIABLES}
    fixed = {"TERM": "dumb"} | (_NO_PAGES if terminal else {})
    path = _absolute(kept.get("PATH", "")) or FALLBACK_PATH
    return {"HOME": str(Path.home())} | kept | {"PATH": path} | fixed


def hashed(environment: Mapping[str, str]) -> dict[str, str]:
    """Each variable's name with the SHA-256 of its value, as an approval binds it."""
    return {
        name: hashlib.sha256(value.encode("utf-8", "surrogateescape")).hexdigest()
        for name, value in sorted(environment.items())
    }


def _absolute(path: str) -> str:
    """A search path without the entries that mean another folder wherever a command starts."""
    return os.pathsep.join(part for part in path.split(os.pathsep) if Path(part).is_absolute())
