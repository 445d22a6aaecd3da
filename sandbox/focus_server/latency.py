"""Delays of answers: none unless a fault asks for them."""

import asyncio
import itertools
import time

from sandbox.faults import ActiveFaults, Fault, Unit, Value

SLOW_MEDIAN = Fault("slow-median", "every answer takes this much longer", Value(Unit.SECONDS, 0.4))
SLOW_TAIL = Fault(
    "slow-tail",
    "one answer in forty takes this much longer, so that P99 and not P95 suffers",
    Value(Unit.SECONDS, 1.0),
)
STALL_ONCE = Fault(
    "stall-once",
    "the server stands still for this long, once, from the next configuration on",
    Value(Unit.SECONDS, 1.0),
)

FAULTS = (SLOW_MEDIAN, SLOW_TAIL, STALL_ONCE)

_TAIL_EVERY = 41  # a prime, so that endpoints that are asked in turn all see it


class ResponseDelay:
    """Delays requests as the active faults have it."""

    def __init__(self, faults: ActiveFaults) -> None:
        self._faults = faults
        self.restart()

    def restart(self) -> None:
        """Forget what was counted, so that a fault switched on again starts anew."""
        self._served = itertools.count(1)
        self._stall_ends: float | None = None

    async def delay(self, path: str) -> None:
        """Wait as long as this request has to."""
        pause = self._stall(path) + self._slowness()
        if pause > 0:
            await asyncio.sleep(pause)

    def _slowness(self) -> float:
        faults = self._faults
        pause = faults.number(SLOW_MEDIAN) if faults.on(SLOW_MEDIAN) else 0.0
        if faults.on(SLOW_TAIL) and next(self._served) % _TAIL_EVERY == 0:
            pause += faults.number(SLOW_TAIL)
        return pause

    def _stall(self, path: str) -> float:
        """What is left of the one stall; it begins with the first POST /configure that sees it."""
        if not self._faults.on(STALL_ONCE):
            return 0.0
        now = time.monotonic()
        if self._stall_ends is None and path.endswith("/configure"):
            self._stall_ends = now + self._faults.number(STALL_ONCE)
        return 0.0 if self._stall_ends is None else max(0.0, self._stall_ends - now)
