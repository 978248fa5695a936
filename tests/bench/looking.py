"""What a device of the benchmarks says to every step: ask."""

from dispatch_core.abilities import VerdictKind
from dispatch_core.protocol import Preparation

ASKS = Preparation(verdict=VerdictKind.ASK, reasons=("A person is asked.",))
