"""Matplotlib's list of fonts, made once: without it each sandbox's first plot waits for seconds."""

import asyncio
import contextlib
import hashlib
import importlib.metadata
import os
import sys
import tempfile
from pathlib import Path

from dispatch_core.errors import NoSandbox
from dispatch_core.sandbox.job import Job, Language, Outcome
from dispatch_core.sandbox.limits import Limits
from dispatch_core.sandbox.run import Sandbox

SECONDS = 120.0
MAKE = """
import pathlib, shutil
import matplotlib.font_manager
for made in pathlib.Path(matplotlib.get_cachedir()).glob("fontlist-*.json"):
    shutil.copy(made, ".")
"""

FontList = tuple[str, bytes]


async def font_list(cache: Path) -> FontList | None:
    """The list's file name and bytes, from the cache folder or made in a sandbox (up to 10 s).

    None where there is no matplotlib, or where the list could not be made: plots still work then.
    """
    folder = cache / f"fonts-{_key()}"
    return await asyncio.to_thread(_kept, folder) or await _make(folder)


def _key() -> str:
    try:
        version = importlib.metadata.version("matplotlib")
    except importlib.metadata.PackageNotFoundError:
        version = ""
    return hashlib.sha256(f"{version} {sys.prefix}".encode()).hexdigest()[:16]


def _kept(folder: Path) -> FontList | None:
    found = sorted(folder.glob("fontlist-*.json"))
    return (found[0].name, found[0].read_bytes()) if found else None


async def _make(folder: Path) -> FontList | None:
    with tempfile.TemporaryDirectory() as scratch:
        sandbox = Sandbox(Job(Language.PYTHON, MAKE), Limits(SECONDS), Path(scratch))
        with contextlib.suppress(NoSandbox):
            return await asyncio.to_thread(_keep, await sandbox.run(_silence), folder)
    return None


def _keep(outcome: Outcome, folder: Path) -> FontList | None:
    if not outcome.files:
        return None
    made = outcome.files[0]
    content = made.path.read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    # Two processes may make it at once: each writes its own file and puts it in place whole.
    fd, name = tempfile.mkstemp(dir=folder)
    with os.fdopen(fd, "wb") as file:
        file.write(content)
    Path(name).replace(folder / made.name)
    return made.name, content


async def _silence(_text: str) -> None:
    return None
