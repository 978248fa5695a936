"""A damaged database is told from one that is away for a while."""

import pytest

from dispatch_core.errors import StoreDamaged, StoreUnavailable
from dispatch_core.records.trouble import unavailable


@pytest.mark.parametrize("why", ["file is not a database", "database disk image is malformed"])
def test_what_no_waiting_mends_is_not_told_to_wait(why: str) -> None:
    told = unavailable(why)
    assert isinstance(told, StoreDamaged)
    assert "try again" not in str(told)
    assert "restore it from a backup" in str(told)


@pytest.mark.parametrize("why", ["database or disk is full", "connection refused"])
def test_what_may_pass_is_told_to_wait(why: str) -> None:
    told = unavailable(why)
    assert type(told) is StoreUnavailable
    assert str(told).endswith("try again soon.")
