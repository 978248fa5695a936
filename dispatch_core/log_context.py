"""What a log line is about: ids that follow the work, from task to task, without being passed on.

Standard library only.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

# What every record has; all else came with a call's `extra`.
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_about: ContextVar[Mapping[str, str]] = ContextVar("dispatch_about")


@contextmanager
def about(**ids: str | None) -> Iterator[None]:
    """Let every line logged inside, by tasks started inside too, carry these ids.

    The names are run_id, thread_id, thread_key, step_id, device_id, entry_id; None is left out.
    """
    token = _about.set(_with(ids))
    try:
        yield
    finally:
        _about.reset(token)


def note(**ids: str | None) -> None:
    """Add ids that became known only now; they hold until the `about` around this ends."""
    _about.set(_with(ids))


def known() -> Mapping[str, str]:
    """The ids that a line logged now is about."""
    return _about.get({})


def extras(record: logging.LogRecord) -> dict[str, Any]:
    """What came with a record by the `extra` of its call."""
    return {name: value for name, value in vars(record).items() if name not in _STANDARD}


def _with(ids: Mapping[str, str | None]) -> Mapping[str, str]:
    return {**known(), **{name: value for name, value in ids.items() if value is not None}}
