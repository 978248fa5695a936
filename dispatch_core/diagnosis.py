"""What `dispatch doctor` finds out about the core: what is missing, and how to mend it."""

import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path

from dispatch_core.errors import DispatchError, SettingError
from dispatch_core.records import schema
from dispatch_core.records.opening import open_store
from dispatch_core.routes.catalogue import documents
from dispatch_core.sandbox.probe import probe
from dispatch_core.settings import CoreSettings, open_home


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
    mend = "let this user write there, or set DISPATCH_HOME"
    try:
        open_home(home)
    except SettingError as error:
        return Finding("home", False, str(error), mend)
    return Finding("home", True, str(home))


def _database(settings: CoreSettings) -> Finding:
    try:
        store = open_store(settings.database)
        try:
            schema.explained(schema.check_unless_empty, store.engine)
        finally:
            store.engine.dispose()
    except DispatchError as error:
        return Finding("database", False, str(error), "see docs/operations.md")
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
