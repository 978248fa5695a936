"""`dispatch audit`, as a process of its own, over the database of a home."""

from pathlib import Path

import pytest

from dispatch_core.audit_trail import AuditKind
from dispatch_core.records import audit
from tests.bot.cli.command import dispatch
from tests.core.engine import ADA, open_engine

pytestmark = pytest.mark.processes


@pytest.fixture
async def written(home: Path) -> None:
    """A trail of three lines in the home that the command is given too."""
    async with open_engine(home) as engine:
        for number in range(3):
            about = {"run_id": f"r{number}"}
            await engine.store.write(
                lambda tx, about=about: audit.note(tx, AuditKind.VOTED, ADA, about)
            )


@pytest.mark.usefixtures("written")
async def test_what_is_exported_is_verified_and_a_change_is_found(tmp_path: Path) -> None:
    exported = await dispatch("audit", "export")
    assert (exported.code, exported.err) == (0, "")
    kept = exported.out.splitlines()
    assert len(kept) == 4
    file = tmp_path / "audit.jsonl"
    file.write_text(exported.out)
    right = await dispatch("audit", "verify", str(file), "--against-database")
    assert "Lines 1 to 3 are unbroken. The last hash is" in right.out
    assert "The database has all of them." in right.out
    tampered = exported.out.replace('"r1"', '"r9"')
    wrong = await dispatch("audit", "verify", "-", given=tampered)
    assert (wrong.code, wrong.out) == (1, "")
    assert wrong.err == "line 2: what it says was changed: its hash is another.\n"


@pytest.mark.usefixtures("written")
async def test_the_database_is_verified_where_no_file_is_named() -> None:
    verified = await dispatch("audit", "verify")
    assert (verified.code, verified.err) == (0, "")
    assert "Lines 1 to 3 are unbroken" in verified.out
    later = await dispatch("audit", "export", "--since", "2030-01-01")
    assert len(later.out.splitlines()) == 1


async def test_what_is_to_be_compared_with_the_database_has_to_be_named() -> None:
    ended = await dispatch("audit", "verify", "--against-database")
    assert ended.code == 2
    assert "name its FILE" in ended.err
