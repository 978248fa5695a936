"""Counts pairing attempts, so that nobody can try codes one after the other."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

from dispatch_core.device_errors import TooManyAttempts

# Ten tries a minute against 32^8 codes that live ten minutes; a typing error needs two or three.
ATTEMPTS = 10
WINDOW_SECONDS = 60.0
REMEMBERED = 4096


class PairingAttempts:
    """The latest attempts of each remote address, the longest silent one forgotten first."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def note(self, remote: str) -> None:
        """Count one attempt; raises TooManyAttempts."""
        now = self._clock()
        line = _line_of(remote)
        times = self._times.setdefault(line, deque())
        self._times.move_to_end(line)
        while times and times[0] <= now - WINDOW_SECONDS:
            times.popleft()
        if len(times) >= ATTEMPTS:
            raise TooManyAttempts
        times.append(now)
        if len(self._times) > REMEMBERED:
            self._times.popitem(last=False)


def _line_of(remote: str) -> str:
    """An IPv6 line has 2^64 addresses for itself (RFC 6177), so all of its /64 count as one."""
    try:
        address = ip_address(remote)
    except ValueError:
        return remote
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(address.ipv4_mapped or address.packed[:8].hex())
