"""Where contestants keep their rows: a folder, a new database, a Redis; all real, all durable."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg

from dispatch_core.settings import CoreSettings
from dispatch_core.upgrade import upgrade_database
from tests.bench.children import Failed
from tests.core import postgres

REDIS = "redis-server"
START_SECONDS = 10.0


@dataclass(frozen=True)
class Place:
    """Where one contestant keeps its rows in one round; url is SQLAlchemy's, empty for SQLite."""

    folder: Path
    url: str = ""
    socket: str = ""

    @property
    def address(self) -> dict[str, str]:
        """The database as drivers name it: host, user, database."""
        return address_of(self.url) if self.url else {}

    @property
    def settings(self) -> CoreSettings:
        """Dispatch's settings here."""
        return CoreSettings(home=self.folder, database_url=self.url)

    def facts(self) -> dict[str, Any]:
        """The same as a contestant is told it; each driver has its own way to name a database."""
        facts: dict[str, Any] = {"folder": str(self.folder), "url": self.url}
        facts |= {"socket": self.socket, "address": self.address}
        if self.url:
            facts["conninfo"] = conninfo_of(self.url)
        return facts


def address_of(url: str) -> dict[str, str]:
    """Host (a folder), user and database of a URL of tests.core.postgres."""
    parts = urlsplit(url)
    [host] = parse_qs(parts.query)["host"]
    return {"host": host, "user": parts.username or "", "database": parts.path.lstrip("/")}


def conninfo_of(url: str) -> str:
    """The same as libpq spells it."""
    address = address_of(url)
    return f"host={address['host']} user={address['user']} dbname={address['database']}"


@dataclass
class Places:
    """Servers are started when the first contestant needs them, and stopped at the end."""

    folder: Path
    _stack: ExitStack = field(default_factory=ExitStack)

    @cached_property
    def postgres(self) -> Path:
        """The folder of a running PostgreSQL that syncs at each commit."""
        folder = self._stack.enter_context(postgres.server())
        address = f"host={folder} user=dispatch dbname=postgres"
        with psycopg.connect(address) as connection:
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                assert connection.execute(f"SHOW {setting}").fetchone() == ("on",), setting
        return folder

    @cached_property
    def redis(self) -> str:
        """The socket of a running Redis that syncs its log at each write."""
        return self._stack.enter_context(_redis(self.folder))

    def close(self) -> None:
        self._stack.close()

    @contextmanager
    def new(self, store: str, *, schema: bool = False) -> Iterator[Place]:
        """A new, empty place of a kind: sqlite, postgresql, or redis.

        schema brings a PostgreSQL to Dispatch's schema, which `dispatch serve` does not by itself.
        """
        with tempfile.TemporaryDirectory(dir=self.folder) as made:
            folder = Path(made)
            if store == "redis":
                subprocess.run(["redis-cli", "-s", self.redis, "flushall"], check=True, stdout=-3)
                yield Place(folder, socket=self.redis)
            elif store == "postgresql":
                url = postgres.new_database(self.postgres)
                if schema:
                    upgrade_database(CoreSettings(home=folder, database_url=url))
                try:
                    yield Place(folder, url)
                finally:
                    self._drop(url)
            else:
                yield Place(folder)

    def _drop(self, url: str) -> None:
        database = address_of(url)["database"]
        address = f"host={self.postgres} user=dispatch dbname=postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {database} WITH (FORCE)")  # type: ignore[arg-type]


@contextmanager
def places() -> Iterator[Places]:
    """The places of a run of the bench, under one temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        made = Places(Path(folder))
        try:
            yield made
        finally:
            made.close()


@contextmanager
def _redis(folder: Path) -> Iterator[str]:
    program = shutil.which(REDIS)
    if program is None:
        raise Failed(f"{REDIS} is not installed here")
    socket, data = folder / "redis.sock", folder / "redis"
    data.mkdir()
    words = ["--port", "0", "--unixsocket", socket, "--dir", data, "--save", ""]
    words += ["--appendonly", "yes", "--appendfsync", "always"]
    process = subprocess.Popen([program, *words], stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not socket.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise Failed(f"{REDIS} did not start")
            time.sleep(0.05)
        yield str(socket)
    finally:
        process.terminate()
        process.wait()
