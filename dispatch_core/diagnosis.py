"""What `dispatch doctor` finds out about the core: what is missing, and how to mend it."""

import importlib.util
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from dispatch_core.errors import DispatchError
from dispatch_core.records import schema
from dispatch_core.records.database import Store
from dispatch_core.routes.catalogue import documents
from dispatch_core.sandbox.probe import probe
from dispatch_core.settings import CoreSettings


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; mend says what to do where it is not ok."""

    name: str
    ok: bool
    detail: str
    mend: str = ""


def diagnose(settings: CoreSettings) -> list[Finding]:
    """Look at all that the core needs; changes nothing but an empty home folder."""
    return [
        _python(),
        _home(settings.home),
        _database(settings),
        _sandbox(),
        _libraries(),
        _knowledge(settings),
    ]


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    mend = "install Python 3.11 or later"
    return Finding("Python", sys.version_info >= (3, 11), version, mend)


def _home(home: Path) -> Finding:
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    writable = os.access(home, os.W_OK)
    return Finding("home", writable, str(home), "let this user write there, or set DISPATCH_HOME")


def _database(settings: CoreSettings) -> Finding:
    store = Store(settings.database)
    try:
        schema.explained(schema.check_unless_empty, store.engine)
    except DispatchError as error:
        return Finding("database", False, str(error), "see docs/operations.md")
    finally:
        store.engine.dispose()
    return Finding("database", True, store.engine.url.render_as_string())


def _sandbox() -> Finding:
    why = probe()
    mend = "install bubblewrap (apt-get install bubblewrap); cloud-code runs nothing without it"
    return Finding("sandbox", not why, why or "bubblewrap works", mend)


def _libraries() -> Finding:
    wanted = ("numpy", "pandas", "matplotlib")
    missing = [name for name in wanted if importlib.util.find_spec(name) is None]
    detail = f"missing: {', '.join(missing)}" if missing else ", ".join(wanted)
    return Finding("sandbox libraries", not missing, detail, "run `make install`")


def _knowledge(settings: CoreSettings) -> Finding:
    folders = documents(settings)
    there = [folder for folder in folders if folder.exists()]
    names = ", ".join(str(folder) for folder in folders)
    return Finding("knowledge", bool(there), names, "set DISPATCH_KNOWLEDGE to a folder")
