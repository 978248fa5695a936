"""What `dispatch doctor` finds out about the home and the database."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from dispatch_core import diagnosis
from dispatch_core.diagnosis import Finding, diagnose
from dispatch_core.policy.deciders import ApprovalRules
from dispatch_core.records import examination, schema
from dispatch_core.records.database import Store
from dispatch_core.service import Service
from dispatch_core.settings import CoreSettings
from tests.core import postgres


def found(home: Path, database_url: str = "") -> dict[str, Finding]:
    """What is found, by its name."""
    findings = diagnose(CoreSettings(home=home, database_url=database_url))
    return {finding.name: finding for finding in findings}


def ills(findings: dict[str, Finding]) -> list[str]:
    return [f.name for f in findings.values() if not f.ok and f.name.startswith(("data", "disk"))]


@pytest.fixture
def far_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server on a machine that is slow just now is well all the same."""
    monkeypatch.setattr(diagnosis, "LONGEST_TRIP_SECONDS", 60.0)
    monkeypatch.setattr(diagnosis, "MOST_APART_SECONDS", 60.0)
    monkeypatch.setattr(examination, "HEARD_WITHIN", 60.0)


@pytest.mark.usefixtures("far_off")
def test_a_server_that_is_well_is_told_with_its_version_and_its_distance(
    home: Path, postgres_server: Path
) -> None:
    url = postgres.new_database(postgres_server)
    store = Store(url)
    schema.upgrade(store.engine)
    store.engine.dispose()
    findings = found(home, url)
    assert ills(findings) == []
    assert findings["database"].detail.startswith("PostgreSQL 18.")
    assert findings["database round trip"].detail.endswith(" ms")
    assert findings["database wake-ups"].ok
    assert findings["database schema"].detail == schema.newest()


@pytest.mark.usefixtures("far_off")
def test_a_server_without_a_schema_is_told_how_to_get_one(
    home: Path, postgres_server: Path
) -> None:
    findings = found(home, postgres.new_database(postgres_server))
    assert findings["database wake-ups"].ok
    assert ills(findings) == ["database schema"]
    assert "run `dispatch db upgrade`" in findings["database schema"].detail


def test_a_server_that_is_not_there_is_one_sentence(home: Path, tmp_path: Path) -> None:
    findings = found(home, f"postgresql+psycopg://dispatch@/dispatch?host={tmp_path}")
    assert not findings["database"].ok
    assert findings["database"].detail.count("\n") == 0


def test_a_clock_that_differs_and_a_pooler_that_swallows_are_told(
    home: Path, postgres_server: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ill = examination.Examined(130004, 0.2, -86_400.0, wakes=False)
    monkeypatch.setattr(examination, "examine", lambda _engine: ill)
    url = postgres.new_database(postgres_server)
    store = Store(url)
    schema.upgrade(store.engine)
    store.engine.dispose()
    findings = found(home, url)
    assert set(ills(findings)) == {
        "database",
        "database round trip",
        "database clock",
        "database wake-ups",
    }
    assert findings["database clock"].detail == "86400.00 s from this machine's"


@pytest.fixture
def taken() -> Iterator[int]:
    """A port of this machine at which something listens and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def door(home: Path, **facts: object) -> Finding:
    """What is found of the HTTP door."""
    settings = CoreSettings(home=home, **facts)
    return next(finding for finding in diagnose(settings) if finding.name == "HTTP door")


def test_a_port_that_somebody_else_has_is_told(
    home: Path, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diagnosis, "ANSWER_SECONDS", 0.1)
    found_there = door(home, http_port=taken)
    assert not found_there.ok
    assert f"http://127.0.0.1:{taken} can't be used (" in found_there.detail


def test_a_host_that_is_not_this_machines_is_told(home: Path) -> None:
    assert not door(home, http_host="192.0.2.1", http_port=0).ok


async def test_the_port_of_a_dispatch_that_runs_is_well(home: Path) -> None:
    service = Service(CoreSettings(home=home, http_port=0), ApprovalRules())
    await service.start()
    try:
        beside = await asyncio.to_thread(door, home, http_port=service.http_port)
    finally:
        await service.stop()
    assert beside.ok
    assert "a Dispatch that runs already answers" in beside.detail


def test_little_space_is_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnosis, "ENOUGH_BYTES", 2**62)
    assert ills(found(home)) == ["disk"]
