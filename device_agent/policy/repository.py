"""Whether git can be let look at a repository: its own settings can make git start programs.

core.fsmonitor, diff.external, textconv and filter drivers, gpg.program, a partial clone's
uploadpack, hooks, submodules with settings of their own: instead of knowing them all, every
setting that is not on a short list of harmless ones asks.
"""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

_SECTION = re.compile(r'\[\s*([A-Za-z0-9.-]+)(?:\s+"((?:[^"\\\n]|\\.)*)")?\s*\]\s*')
_SETTING = re.compile(r"([A-Za-z][A-Za-z0-9-]*)\s*(?:=.*)?")
_HARMLESS = re.compile(
    r"core\.(repositoryformatversion|filemode|bare|logallrefupdates|ignorecase|precomposeunicode"
    r"|symlinks|autocrlf|eol|safecrlf|quotepath|abbrev|trustctime)"
    r"|(remote\..+)\.(url|pushurl|fetch|prune|tagopt)"
    r"|(branch\..+)\.(remote|merge|rebase|description|pushremote|vscode-merge-base)"
    r"|user\.(name|email)|init\.defaultbranch|pull\.(rebase|ff)|push\.(default|autosetupremote)"
    r"|color\..+|gui\..+|advice\..+|(fetch|rerere|merge)\.(prune|enabled|conflictstyle)"
)
_MOST_CONFIG_BYTES = 200_000
_MOST_INDEX_BYTES = 64 * 1024 * 1024
# The mode of an entry that is another repository (0160000), as the index holds it.
_SUBMODULE = (0o160000).to_bytes(4, "big")


def why_not(start: Path, is_shared: Callable[[Path], bool]) -> str | None:
    """Why git should not look at the repository of a folder unasked; None where it can."""
    found = _find(start)
    if found is None:
        return "There is no plain git repository here."
    if not is_shared(found.parent):
        return f"The repository {found.parent} is not within the shared folders."
    return _why_not_plain(found)


def _why_not_plain(git: Path) -> str | None:
    if (git / "config.worktree").exists() or (git / "commondir").exists():
        return "The repository takes its settings from several places."
    if setting := _setting_of_weight(git / "config"):
        return f"The repository has a setting ({setting}) that can make git start a program."
    if hook := _hook(git / "hooks"):
        return f"The repository has a hook ({hook}), which git can start."
    if _has_other_sources(git):
        return "The repository borrows from others, which have settings of their own."
    return None


def _find(start: Path) -> Path | None:
    """The .git folder that git would take; None where it is no plain one."""
    for folder in (start, *start.parents):
        # A folder that looks like the inside of a repository is taken for one by git.
        if (folder / "HEAD").exists() and (folder / "objects").exists():
            return None
        git = folder / ".git"
        if os.path.lexists(git):
            return git if git.is_dir() and not git.is_symlink() else None
    return None


def _setting_of_weight(config: Path) -> str | None:
    """The first setting that is not known to be harmless, or what can't be read."""
    try:
        if config.stat().st_size > _MOST_CONFIG_BYTES:
            return "more of them than are read here"
        text = config.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return "settings that can't be read"
    return next((name for name in _settings(text) if not _HARMLESS.fullmatch(name)), None)


def _settings(text: str) -> Iterator[str]:
    """The name of each setting, or the line where this reader does not know one."""
    section = ""
    for line in map(str.strip, text.splitlines()):
        found = _SECTION.match(line)
        if found:
            section = found[1].lower() + (f".{found[2]}" if found[2] is not None else "")
        rest = line[found.end() :] if found else line
        if not rest or rest.startswith(("#", ";")):
            continue
        setting = _SETTING.fullmatch(rest)
        # A value that goes on in the next line could hide a setting from this reader.
        plain = setting is not None and not rest.endswith("\\")
        yield f"{section}.{setting[1].lower()}" if setting and plain else rest[:60]


def _hook(hooks: Path) -> str | None:
    try:
        names = [hook.name for hook in hooks.iterdir()]
    except FileNotFoundError:
        return None
    except OSError:
        return "hooks that can't be listed"
    return next((name for name in names if not name.endswith(".sample")), None)


def _has_other_sources(git: Path) -> bool:
    """Whether there are submodules, a shared index, or objects of another repository."""
    index = git / "index"
    if (git / "objects" / "info" / "alternates").exists() or any(git.glob("sharedindex.*")):
        return True
    try:
        large = index.stat().st_size > _MOST_INDEX_BYTES
        return large or _SUBMODULE in index.read_bytes()
    except FileNotFoundError:
        return False
    except OSError:
        return True
