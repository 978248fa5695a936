"""Looks a PostgreSQL over, for `dispatch doctor`: what it is, how near, and whether it can wake."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Any

from sqlalchemy import Engine, text

TRIPS = 7
# A channel of its own: no process that is at work listens to it.
CHANNEL = "dispatch_doctor"
HEARD_WITHIN = 3.0


@dataclass(frozen=True, slots=True)
class Examined:
    """version is PostgreSQL's own (180006 for 18.6); ahead is its clock before this machine's."""

    version: int
    round_trip_seconds: float
    ahead_seconds: float
    wakes: bool


def examine(engine: Engine) -> Examined:
    """Look over the database that an engine connects to; raises DBAPIError where it can't."""
    with engine.connect() as connection:
        version = connection.execute(text("SHOW server_version_num")).scalar_one()
        trips = [_trip(connection) for _ in range(TRIPS)]
    return Examined(
        version=int(version),
        round_trip_seconds=median(seconds for seconds, _ in trips),
        ahead_seconds=min((ahead for _, ahead in trips), key=abs),
        wakes=_wakes(engine),
    )


def _trip(connection: Any) -> tuple[float, float]:
    """How long one question took, and how far the database's clock was before this one then."""
    left, started = datetime.now(UTC), time.perf_counter()
    told: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    seconds = time.perf_counter() - started
    return seconds, (told.astimezone(UTC) - left).total_seconds() - seconds / 2


def _wakes(engine: Engine) -> bool:
    """Whether what one connection notifies reaches another: some poolers let nothing through."""
    apart = engine.execution_options(isolation_level="AUTOCOMMIT")
    with apart.connect() as listening, apart.connect() as telling:
        listening.exec_driver_sql(f"LISTEN {CHANNEL}")
        telling.exec_driver_sql(f"NOTIFY {CHANNEL}")
        driver: Any = listening.connection.driver_connection
        heard = any(True for _ in driver.notifies(timeout=HEARD_WITHIN, stop_after=1))
        listening.exec_driver_sql(f"UNLISTEN {CHANNEL}")
    return heard
