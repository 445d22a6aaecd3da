"""Time, so that tests can own it."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from focus_engine.outage.model import Moment


@dataclass(frozen=True)
class Clock:
    """Seconds: `monotonic` to measure with, `wall` for people, `sleep` between polls."""

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep

    def now(self) -> Moment:
        return Moment.of(self.monotonic(), self.wall())
