"""How late the sampler's own event loop runs: what must not be put down to the server.

A tick is due every 10 ms. What it is late by is time in which this process could neither send nor
read an answer: it was computing, stopped, or waiting for a core.
"""

import asyncio
import time
from array import array

TICK_SECONDS = 0.01
NOTICED_SECONDS = 0.005  # timers of the loop count milliseconds
MOST_STALLS = 50_000


class LoopDelay:
    """Ticks from `start` to `stop`; `late` is seconds per tick, `stalls` pairs of begin and end."""

    def __init__(self) -> None:
        self.late: array[float] = array("d")
        self.stalls: list[tuple[float, float]] = []
        self._handle: asyncio.TimerHandle | None = None
        self._due = 0.0

    def start(self) -> None:
        self._due = time.perf_counter() + TICK_SECONDS
        self._handle = asyncio.get_running_loop().call_later(TICK_SECONDS, self._tick)

    def stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()

    @property
    def late_p99(self) -> float:
        """Seconds by which one tick in a hundred was late."""
        ordered = sorted(self.late)
        return ordered[int(0.99 * (len(ordered) - 1))] if ordered else 0.0

    def _tick(self) -> None:
        now = time.perf_counter()
        late = max(0.0, now - self._due)
        self.late.append(late)
        if late > NOTICED_SECONDS and len(self.stalls) < MOST_STALLS:
            self.stalls.append((self._due, now))
        self._due = now + TICK_SECONDS
        self._handle = asyncio.get_running_loop().call_later(TICK_SECONDS, self._tick)
