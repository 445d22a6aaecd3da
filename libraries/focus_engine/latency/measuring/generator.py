"""How a run was sent, and what of that voids a verdict: late, short of requests, out of CPU.

What the server causes is not held against the run: places of the job budget that unanswered
requests hold, and requests that were dropped while too many were unanswered.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from focus_engine.latency.planning.schedule import OpenLoop, Shape
from focus_engine.latency.requirements.limit import rank_of
from focus_engine.latency.sampler.outcome import Outcome

if TYPE_CHECKING:  # a measurement must be named without numpy, which samples load
    from focus_engine.latency.statistics.samples import Floats, Samples

LEAST_ACHIEVED = 0.99
SHORTEST_PLANNED = 2.0  # seconds; in less, one wake-up that is 20 ms late would be over 1 %
LAST_SHARE, FEWEST_LAST = 10, 3  # a tenth of the requests, at the end, tells whether it fell behind
LAG_SHARE_OF_LIMIT = 0.05
MOST_CPU = 0.80
TURNS_PER_ANSWER = 10  # times that a server on this machine waits for a core before it answers


@dataclass(frozen=True)
class Honesty:
    """How one round was sent. Seconds; `cpu_share` is of one core, while it was sending.

    `planned` is how long the due times last, `behind` how late the last ones all left: a sender
    that catches up is late at times, one that cannot keep the pace is behind at the end. `held` is
    the same of the time in which unanswered requests held the job budget. `loop_late` is how late
    the sampler's own loop ran (P99), `queued_p99` how long a server on this machine waited for a
    core during an answer, `gave_up` that unanswered requests held the budget to the end.
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
    held: float = 0.0
    loop_late: float = 0.0
    queued_p99: float = 0.0
    gave_up: bool = False
    own_errors: int = 0
    own_example: str = ""
    share: str = ""  # which share of the load this is of, and on which machine
    p50: float | None = None  # of a share's ok answers
    p95: float | None = None

    @property
    def achieved(self) -> float:
        """The rate at which requests left, as a share of what was offered, by our own fault."""
        if not self.offered or self.planned <= 0:
            return 0.0
        left = (self.sent + self.dropped) / self.offered
        return left * self._kept(self.behind)

    @property
    def let_through(self) -> float:
        """The share of the offered rate that unanswered requests and drops let through."""
        if not self.offered or self.planned <= 0 or self.gave_up:
            return 0.0
        return self._kept(self.held) * (1 - self.dropped / self.offered)

    @property
    def rate(self) -> float:
        return self.sent / self.seconds if self.seconds > 0 else 0.0

    def _kept(self, late: float) -> float:
        planned = max(self.planned, SHORTEST_PLANNED)
        return planned / (planned + late)


def honesty(samples: "Samples", facts: dict[str, Any], shape: Shape) -> Honesty:
    """How the round of `samples` was sent; `facts` is what its sampler said at the end."""
    lag = samples.lag.copy()
    lag.sort()
    queued = samples.queued.copy()
    queued.sort()
    rows = len(samples)
    seconds = float(facts["ended_at"]) - float(facts["started_at"])
    outcomes = samples.outcomes()
    own = samples.examples.get(Outcome.CLIENT.name, [])
    return Honesty(
        open_loop=isinstance(shape, OpenLoop),
        offered=int(facts["offered"]),
        sent=rows - outcomes[Outcome.DROPPED],
        dropped=outcomes[Outcome.DROPPED],
        planned=min(shape.duration, seconds),
        behind=_least_of_the_last(samples.lag) if rows else 0.0,
        seconds=seconds,
        lag_p50=_at(lag, 50) if rows else 0.0,
        lag_p99=_at(lag, 99) if rows else 0.0,
        cpu_share=float(facts["cpu_share"]),
        loop=str(facts["loop"]),
        stopped_early=bool(facts["stopped_early"]),
        held=_least_of_the_last(samples.waited) if rows else 0.0,
        loop_late=float(facts["loop_late_p99"]),
        queued_p99=_at(queued, 99) if rows else 0.0,
        gave_up=bool(facts["gave_up"]),
        own_errors=outcomes[Outcome.CLIENT],
        own_example=own[0] if own else "",
    )


def _least_of_the_last(seconds: "Floats") -> float:
    last = max(FEWEST_LAST, len(seconds) // LAST_SHARE)
    return float(seconds[-last:].min())


def _at(ordered: "Floats", percent: int) -> float:
    return float(ordered[rank_of(Fraction(percent), len(ordered)) - 1])


def pace_complaints(rounds: list[Honesty]) -> list[str]:
    """Why this was not the load that was asked for, by our own fault: it voids every verdict."""
    return _named(rounds, _pace)


def lag_complaints(rounds: list[Honesty], smallest_limit: float | None) -> list[str]:
    """Why requests may seem slow that were not: it voids a FAIL, and never a PASS.

    The lag is judged against the smallest limit (seconds) that the run has to decide.
    """
    return _named(rounds, lambda item: _lag(item, smallest_limit))


def busy_complaints(rounds: list[Honesty], smallest_limit: float | None) -> list[str]:
    """Why a server on this same machine may have been slow: others wanted its cores."""
    allowed = _allowed(smallest_limit)
    if allowed is None or core_wait(rounds) <= allowed:
        return []
    return [f"{busy_words(rounds)}, at most {allowed * 1000:.1f} ms (5 % of the limit) is allowed"]


def busy_words(rounds: list[Honesty]) -> str:
    """What a busy machine does to a server that runs on it."""
    return (
        "the server shares this machine, which is busy: in one case of a hundred a process waits "
        f"{core_wait(rounds) * 1000:.0f} ms for a core"
    )


def core_wait(rounds: list[Honesty]) -> float:
    """Seconds that the sampler, or a server on its machine, waits for a core (P99)."""
    return max((max(item.loop_late, item.queued_p99) for item in rounds), default=0.0)


def certain_slack(rounds: list[Honesty]) -> float:
    """Seconds that a busy machine may add to each answer of a server that runs on it."""
    return TURNS_PER_ANSWER * max((item.loop_late for item in rounds), default=0.0)


def _named(rounds: list[Honesty], complaints: Callable[[Honesty], list[str]]) -> list[str]:
    """Each complaint once, with the share of the load that it is about."""
    found = ((item.share, text) for item in rounds for text in complaints(item))
    return list(dict.fromkeys(f"{share}: {text}" if share else text for share, text in found))


def _pace(item: Honesty) -> list[str]:
    found = []
    if item.own_errors:
        found.append(
            f"{item.own_errors} requests could not be sent by this machine ({item.own_example})"
        )
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
    return found


def _lag(item: Honesty, smallest_limit: float | None) -> list[str]:
    allowed = _allowed(smallest_limit)
    if not item.open_loop or allowed is None or item.lag_p99 <= allowed:
        return []
    return [
        (
            f"requests left late: P99 of the schedule lag is {item.lag_p99 * 1000:.1f} ms, at "
            f"most {allowed * 1000:.1f} ms (5 % of the limit) is allowed"
        )
    ]


def _allowed(smallest_limit: float | None) -> float | None:
    return None if smallest_limit is None else LAG_SHARE_OF_LIMIT * smallest_limit
