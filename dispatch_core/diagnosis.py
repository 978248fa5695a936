"""What `dispatch doctor` finds out about the core: what is missing, and how to mend it."""

import errno
import importlib.util
import json
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from dispatch_core.errors import DispatchError, SchemaMismatch, SettingError
from dispatch_core.records import examination, schema
from dispatch_core.records.database import Store
from dispatch_core.records.opening import open_store
from dispatch_core.routes.catalogue import documents
from dispatch_core.sandbox.probe import probe
from dispatch_core.settings import CoreSettings, open_home

OPERATIONS = "see docs/operations.md"
# Artifacts of up to 200 MB and the sandboxes' files have to fit, beside the database.
ENOUGH_BYTES = 2 * 1024**3
# The oldest PostgreSQL that its makers still look after.
OLDEST_POSTGRESQL = 14
# A run costs a few trips, so each of this length is felt by who waits for an answer.
LONGEST_TRIP_SECONDS = 0.05
# Leases are by the database's clock; what is shown and signed is by this machine's.
MOST_APART_SECONDS = 5.0
# Whoever holds the HTTP door's port has so many seconds to say that it is Dispatch.
ANSWER_SECONDS = 5.0
# Who listens everywhere is asked by a name that it answers to.
EVERYWHERE = {"0.0.0.0", "::"}  # noqa: S104 (compared with, never listened on)


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
        *_home(settings.home),
        *_database(settings),
        _door(settings.http_host, settings.http_port, settings.local_url(settings.http_port)),
        _sandbox(),
        _libraries(),
        _knowledge(settings),
    ]


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    mend = "install Python 3.11 or later"
    return Finding("Python", sys.version_info >= (3, 11), version, mend)


def _home(home: Path) -> Iterator[Finding]:
    mend = "let this user write there, or set DISPATCH_HOME"
    try:
        open_home(home)
    except SettingError as error:
        yield Finding("home", False, str(error), mend)
        return
    yield Finding("home", True, str(home))
    free = shutil.disk_usage(home).free
    mend = "free some space there, or set DISPATCH_HOME to a larger disk"
    yield Finding("disk", free >= ENOUGH_BYTES, f"{free / 1024**3:.1f} GB free in the home", mend)


def _database(settings: CoreSettings) -> Iterator[Finding]:
    try:
        store = open_store(settings.database)
    except DispatchError as error:
        yield Finding("database", False, str(error), OPERATIONS)
        return
    try:
        yield from _embedded(store) if store.sqlite_file is not None else _server(store)
    except DispatchError as error:
        yield Finding("database", False, str(error), OPERATIONS)
    finally:
        store.engine.dispose()


def _embedded(store: Store) -> Iterator[Finding]:
    schema.explained(schema.check_unless_empty, store.engine)
    yield Finding("database", True, store.engine.url.render_as_string())


def _server(store: Store) -> Iterator[Finding]:
    examined: list[examination.Examined] = []
    schema.explained(lambda engine: examined.append(examination.examine(engine)), store.engine)
    yield from _qualities(examined[0], store.engine.url.render_as_string())
    try:
        schema.explained(schema.check, store.engine)
    except SchemaMismatch as error:
        yield Finding("database schema", False, str(error), OPERATIONS)
    else:
        yield Finding("database schema", True, schema.newest())


def _qualities(found: examination.Examined, url: str) -> Iterator[Finding]:
    version = f"{found.version // 10_000}.{found.version % 10_000}"
    mend = f"use PostgreSQL {OLDEST_POSTGRESQL} or later"
    current = found.version >= OLDEST_POSTGRESQL * 10_000
    yield Finding("database", current, f"PostgreSQL {version} at {url}", mend)
    trip = f"{found.round_trip_seconds * 1000:.1f} ms"
    near = found.round_trip_seconds <= LONGEST_TRIP_SECONDS
    yield Finding("database round trip", near, trip, "run Dispatch nearer to its database")
    apart = f"{abs(found.ahead_seconds):.2f} s from this machine's"
    agrees = abs(found.ahead_seconds) <= MOST_APART_SECONDS
    yield Finding("database clock", agrees, apart, "let both machines keep their time by NTP")
    words = "LISTEN and NOTIFY work" if found.wakes else "a NOTIFY did not reach its listener"
    mend = "connect to PostgreSQL itself, or to a pooler in session mode"
    yield Finding("database wake-ups", found.wakes, words, mend)


def _door(host: str, port: int, address: str) -> Finding:
    why = _why_not_bound(host, port)
    if why == errno.EADDRINUSE and _dispatch_answers(host, port):
        return Finding("HTTP door", True, f"a Dispatch that runs already answers at {address}")
    free = f"{address} is free" if port else f"any free port of {host}"
    detail = f"{address} can't be used ({os.strerror(why)})" if why else free
    mend = "set DISPATCH_HTTP_HOST and DISPATCH_HTTP_PORT to what is this machine's and free"
    return Finding("HTTP door", not why, detail, mend)


def _why_not_bound(host: str, port: int) -> int:
    """Why nobody can listen there now, as an error's number, or 0."""
    try:
        family, kind, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(where)
    except socket.gaierror:
        return errno.EADDRNOTAVAIL
    except OSError as error:
        return error.errno or errno.EADDRNOTAVAIL
    return 0


def _dispatch_answers(host: str, port: int) -> bool:
    name = "localhost" if host in EVERYWHERE else host
    connection = HTTPConnection(name, port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", "/healthz")
        return bool(json.load(connection.getresponse()) == {"status": "alive"})
    except (OSError, ValueError, HTTPException):
        return False
    finally:
        connection.close()


def _sandbox() -> Finding:
    why = probe()
    mend = "do that; until then cloud-code runs nothing"
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
