"""A path as a person, or a model, wrote it: what can't be seen in it is refused."""

import unicodedata
from pathlib import Path, PurePath

from device_agent.errors import BadPath, HiddenInPath
from dispatch_core.redaction import make_visible

# Linux's PATH_MAX and NAME_MAX, in bytes; macOS has less for a path, and the same for a name.
MOST_PATH_BYTES = 4_095
MOST_NAME_BYTES = 255
# Letters that look like the `/`, `\` or `.` of a path, and are plain letters to the system.
_SEPARATORS = "\u2044\u2215\u29f8\uff0f\u2571\u29f5\ufe68\uff3c\u2216\u2024\u2025\uff0e\ufe52"
# Alphabets with letters that are drawn as Latin ones are.
_ALPHABETS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")


def check_path(path: str) -> None:
    """Raise BadPath or HiddenInPath for what no honest path holds."""
    if not path.strip():
        raise BadPath(path="an empty path", why="it names nothing")
    if "\0" in path:
        raise BadPath(path=make_visible(path), why="it holds a NUL")
    if not _fits(path):
        raise BadPath(path=make_visible(path[:80]) + "…", why="it is too long for a path")
    shown = make_visible(path).replace("\n", "\\u{A}").replace("\t", "\\u{9}")
    if shown != path:
        raise HiddenInPath(path=shown)


def _fits(path: str) -> bool:
    if len(path.encode("utf-8", "surrogatepass")) > MOST_PATH_BYTES:
        return False
    names = path.split("/")
    return all(len(name.encode("utf-8", "surrogatepass")) <= MOST_NAME_BYTES for name in names)


def expanded(path: str) -> Path:
    """The path with a `~` of one's own at its start; `~name` is a plain name, nobody's home."""
    if path == "~" or path.startswith("~/"):
        return Path(path).expanduser()
    return Path(path)


def must_be_folder(path: str) -> bool:
    """Whether it is written as only a folder's path can be."""
    return path.endswith(("/", "/.", "/..")) or path in (".", "..", "~")


def deceptive(path: PurePath) -> str | None:
    """What a reader could be deceived by in a path that is to be written to, in a sentence."""
    for name in path.parts[1:]:
        if look_alike := next((char for char in name if char in _SEPARATORS), None):
            return f"{name} has {_named(look_alike)}, which looks like a part of a path."
        if len(alphabets := sorted(_alphabets(name))) > 1:
            mixed = " and ".join(each.capitalize() for each in alphabets)
            return f"{name} mixes {mixed} letters, which can look the same."
    return None


def _alphabets(name: str) -> set[str]:
    names = (unicodedata.name(char, "") for char in name if char.isalpha())
    return {alphabet for name in names for alphabet in _ALPHABETS if name.startswith(alphabet)}


def _named(char: str) -> str:
    return f"the character U+{ord(char):04X} ({unicodedata.name(char, 'unnamed').lower()})"


def looks_like(name: str) -> str:
    """The same for two names that a person, or another file system, could take for one."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
