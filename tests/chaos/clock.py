"""Runs a module under a clock that is wrong: `python -m tests.chaos.clock SECONDS MODULE ARGS…`.

Shifts what Python calls the wall clock (time.time, datetime.now) and the time in new ids; the
database's clock and all monotonic clocks stay as they are, as on a machine that is set wrong.
"""

import datetime as moments
import runpy
import sys
import time
from typing import Any

import uuid_utils

_REAL = moments.datetime


class _Shifted(type):
    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, _REAL)

    def __subclasscheck__(cls, other: type) -> bool:
        return issubclass(other, _REAL)


def shift(seconds: float) -> None:
    """Set this process's clock ahead by so many seconds; call it before what uses it is loaded."""
    real_time, real_nanos, real_uuid = time.time, time.time_ns, uuid_utils.uuid7

    class Later(_REAL, metaclass=_Shifted):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return _REAL.fromtimestamp(real_time() + seconds, tz)

        @classmethod
        def utcnow(cls) -> Any:
            return _REAL.fromtimestamp(real_time() + seconds, moments.UTC).replace(tzinfo=None)

    def later_uuid() -> Any:
        # The first 48 bits are milliseconds since 1970 (RFC 9562).
        return uuid_utils.UUID(int=real_uuid().int + (int(seconds * 1_000) << 80))

    time.time = lambda: real_time() + seconds
    time.time_ns = lambda: real_nanos() + int(seconds * 1e9)
    moments.datetime = Later  # type: ignore[misc]
    uuid_utils.uuid7 = later_uuid


if __name__ == "__main__":
    shift(float(sys.argv[1]))
    sys.argv = sys.argv[2:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
