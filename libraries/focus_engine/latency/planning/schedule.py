"""When requests are due: open-loop arrival times on an absolute schedule, or a closed loop.

Standard library only, because the sampler process must start fast. Times are seconds from the
start of the measured part, rates are requests per second.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from math import ceil, inf, sqrt

from focus_engine.verdict import ToolError


@dataclass(frozen=True)
class Segment:
    """A stretch of `duration` seconds whose rate goes evenly from `start` to `end`."""

    start: float
    end: float
    duration: float

    @property
    def arrivals(self) -> float:
        return (self.start + self.end) / 2 * self.duration

    def time_of(self, arrival: float) -> float:
        """When the `arrival`-th request of this segment is due (a real number of requests)."""
        slope = (self.end - self.start) / self.duration
        # The root of start*t + slope*t^2/2 = arrival, in the form that stays exact for slope 0.
        inside = max(0.0, self.start**2 + 2 * slope * arrival)
        denominator = self.start + sqrt(inside)
        return 2 * arrival / denominator if denominator > 0 else 0.0


@dataclass(frozen=True)
class OpenLoop:
    """Requests are due at given times whatever the server does: what users do to a server.

    `poisson` draws the gaps at random (reproducibly, from `seed`); otherwise they are regular.
    """

    segments: tuple[Segment, ...]
    poisson: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        for part in self.segments:
            lasts, sends = 0 < part.duration < inf, 0 < part.arrivals < inf  # NaN does neither
            if not (lasts and sends and min(part.start, part.end) >= 0):
                raise ToolError(
                    f"a load of {part.start:g}/s to {part.end:g}/s over {part.duration:g} s sends "
                    "nothing. Give rates above 0 and a duration above 0 s."
                )

    @property
    def duration(self) -> float:
        return sum(part.duration for part in self.segments)

    @property
    def arrivals(self) -> float:
        """The expected number of requests (exact to one where arrivals are regular)."""
        return sum(part.arrivals for part in self.segments)

    @property
    def peak_rate(self) -> float:
        return max(max(part.start, part.end) for part in self.segments)

    @property
    def first_rate(self) -> float:
        return self.segments[0].start or self.segments[0].arrivals / self.segments[0].duration

    def slowed(self, factor: float) -> "OpenLoop":
        """The same requests, `factor` times further apart."""
        segments = tuple(
            Segment(part.start / factor, part.end / factor, part.duration * factor)
            for part in self.segments
        )
        return replace(self, segments=segments)

    def shortened(self, share: float) -> "OpenLoop":
        """A share of the requests, at the same rates."""
        segments = tuple(replace(part, duration=part.duration * share) for part in self.segments)
        return replace(self, segments=segments)

    def repeated(self, times: int) -> "OpenLoop":
        """The same load `times` in a row; Poisson gaps are drawn anew."""
        return replace(self, segments=_joined(self.segments * times), seed=self.seed + times)

    def describe(self) -> str:
        kind = "Poisson arrivals" if self.poisson else "regular arrivals"
        rates = ", ".join(_rates(part) for part in self.segments)
        return f"open loop, {kind}, {rates}"


@dataclass(frozen=True)
class ClosedLoop:
    """`users` who each wait for the answer before the next request: for capacity, not latency.

    A stall of the server holds the users back, so their percentiles hide it.
    """

    users: int
    duration: float

    def __post_init__(self) -> None:
        if self.users < 1 or not 0 < self.duration < inf:
            raise ToolError(
                f"a closed loop of {self.users} users over {self.duration:g} s sends nothing. "
                "Give at least 1 user and a duration above 0 s."
            )

    def repeated(self, times: int) -> "ClosedLoop":
        return replace(self, duration=self.duration * times)

    def describe(self) -> str:
        return f"closed loop, {self.users} users, each waits for the answer"


Shape = OpenLoop | ClosedLoop


def constant(rate: float, duration: float) -> OpenLoop:
    return OpenLoop((Segment(rate, rate, duration),))


def warm_up_times(shape: OpenLoop, seconds: float) -> Iterator[float]:
    """Regular arrivals before time 0 (so negative), at the rate the measured part starts with."""
    amount = ceil(seconds * shape.first_rate)
    return ((index - amount) / shape.first_rate for index in range(amount))


def arrival_times(shape: OpenLoop) -> Iterator[float]:
    """The due times, in order, from 0 to the end of the last segment."""
    begin, arrived_before = 0.0, 0.0
    segments = iter(shape.segments)
    part = next(segments)
    for arrival in _arrival_numbers(shape):
        # A hair of tolerance: 300 requests must stay 300 in floating point.
        while arrival - arrived_before > part.arrivals - 1e-9:
            begin, arrived_before = begin + part.duration, arrived_before + part.arrivals
            following = next(segments, None)
            if following is None:
                return
            part = following
        yield begin + part.time_of(max(0.0, arrival - arrived_before))


def _arrival_numbers(shape: OpenLoop) -> Iterator[float]:
    if not shape.poisson:
        yield from count()
        return
    source = random.Random(shape.seed)  # noqa: S311 - arrivals must repeat, not be secret
    arrival = 0.0
    while True:
        arrival += source.expovariate(1.0)
        yield arrival


def _joined(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """One segment for neighbours of the same constant rate."""
    rates = {part.start for part in segments} | {part.end for part in segments}
    if len(rates) > 1:
        return segments
    rate = rates.pop()
    return (Segment(rate, rate, sum(part.duration for part in segments)),)


def _rates(part: Segment) -> str:
    if part.start == part.end:
        return f"{part.start:.3g}/s for {part.duration:.3g} s"
    return f"{part.start:.3g}/s to {part.end:.3g}/s over {part.duration:.3g} s"
