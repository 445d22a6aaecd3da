"""Was the generator honest? A run that was not sent as planned says nothing about the server."""

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from focus_engine.latency.planning.schedule import OpenLoop, Shape
from focus_engine.latency.requirements.limit import rank_of

if TYPE_CHECKING:  # a measurement must be named without numpy, which samples load
    from focus_engine.latency.statistics.samples import Floats, Samples

LEAST_ACHIEVED = 0.99
SHORTEST_PLANNED = 1.0  # seconds; in less, one late wake-up would be more than 1 %
LAST_SHARE, FEWEST_LAST = 10, 3  # a tenth of the requests, at the end, tells whether it fell behind
LAG_SHARE_OF_LIMIT = 0.05
MOST_CPU = 0.80


@dataclass(frozen=True)
class Honesty:
    """How one round was sent. Seconds; `cpu_share` is of one core, while it was sending.

    `planned` is how long the due times last, `behind` how late the last ones all left: a sender
    that catches up is late at times, one that cannot keep the pace is behind at the end.
    """

    open_loop: bool
    offered: int
    sent: int
    dropped: int
    planned: float
    behind: float
    seconds: float
    lag_p50: float
    lag_p99: float
    cpu_share: float
    loop: str
    stopped_early: bool

    @property
    def achieved(self) -> float:
        """The rate at which requests were sent, as a share of the rate that was offered."""
        if not self.offered or self.planned <= 0:
            return 0.0
        planned = max(self.planned, SHORTEST_PLANNED)
        return self.sent / self.offered * planned / (planned + self.behind)

    @property
    def rate(self) -> float:
        return self.sent / self.seconds if self.seconds > 0 else 0.0


def honesty(samples: "Samples", facts: dict[str, Any], shape: Shape) -> Honesty:
    lag = samples.lag.copy()
    lag.sort()
    sent = len(samples)
    seconds = float(facts["ended_at"]) - float(facts["started_at"])
    return Honesty(
        open_loop=isinstance(shape, OpenLoop),
        offered=int(facts["offered"]),
        sent=sent,
        dropped=int(facts["dropped"]),
        planned=min(shape.duration, seconds),
        behind=_behind(samples.lag) if sent else 0.0,
        seconds=seconds,
        lag_p50=_at(lag, 50) if sent else 0.0,
        lag_p99=_at(lag, 99) if sent else 0.0,
        cpu_share=float(facts["cpu_share"]),
        loop=str(facts["loop"]),
        stopped_early=bool(facts["stopped_early"]),
    )


def _behind(lag: "Floats") -> float:
    last = max(FEWEST_LAST, len(lag) // LAST_SHARE)
    return float(lag[-last:].min())


def _at(ordered: "Floats", percent: int) -> float:
    return float(ordered[rank_of(Fraction(percent), len(ordered)) - 1])


def complaints(rounds: list[Honesty], smallest_limit: float | None) -> list[str]:
    """Why the run is invalid, a sentence each; empty when it is valid.

    The lag is judged against the smallest limit (seconds) that the run has to decide.
    """
    found = [text for item in rounds for text in _of_round(item, smallest_limit)]
    return list(dict.fromkeys(found))


def _of_round(item: Honesty, smallest_limit: float | None) -> list[str]:
    found = []
    if item.cpu_share > MOST_CPU:
        found.append(
            f"the client used {item.cpu_share:.0%} of a core (at most {MOST_CPU:.0%}), so it "
            "measured itself"
        )
    if not item.open_loop:
        return found
    if item.offered == 0:
        return [*found, "it was ended during the warm-up, before anything was measured"]
    if item.achieved < LEAST_ACHIEVED:
        found.append(
            f"requests were sent at {item.achieved:.1%} of the rate that was offered (at least "
            f"{LEAST_ACHIEVED:.0%}): {item.sent} of {item.offered}, the last ones "
            f"{item.behind:.2f} s late"
        )
    if item.dropped:
        found.append(f"{item.dropped} requests were dropped: too many were in flight")
    allowed = None if smallest_limit is None else LAG_SHARE_OF_LIMIT * smallest_limit
    if allowed is not None and item.lag_p99 > allowed:
        found.append(
            f"requests left late: P99 of the schedule lag is {item.lag_p99 * 1000:.1f} ms, at "
            f"most {allowed * 1000:.1f} ms (5 % of the limit) is allowed"
        )
    return found
