"""Counts of one step of a load, which add up: of any engine and any number of workers.

Counts are exact under addition. Latencies are kept as a histogram whose buckets are 1 % wide, so
that percentiles of a sum are those of the whole, to half a per cent.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil, floor, log
from typing import TYPE_CHECKING, Any

from focus_engine.latency.requirements.limit import Limit
from focus_engine.latency.sampler.outcome import Outcome

if TYPE_CHECKING:  # which loads numpy
    from focus_engine.latency.statistics.samples import Samples

BUCKET_RATIO = 1.01
SHORTEST = 1e-6  # seconds; what is faster is in the first bucket


@dataclass(frozen=True)
class Counts:
    """Requests of one step. `failed` is by kind, `over` by limit (failures are over each).

    `latencies` maps buckets (see `bucket`) to ok answers.
    """

    requests: int
    failed: Mapping[str, int]
    over: Mapping[str, int]
    latencies: Mapping[int, int]

    @property
    def failures(self) -> int:
        return sum(self.failed.values())

    @property
    def ok(self) -> int:
        return self.requests - self.failures

    @property
    def success(self) -> float:
        """The share of ok answers; of no requests nothing succeeded."""
        return self.ok / self.requests if self.requests else 0.0

    def percentile(self, percent: float) -> float | None:
        """Seconds within which so many per cent of the ok answers came; None without any."""
        return self._at_rank(ceil(percent / 100 * sum(self.latencies.values())))

    @property
    def longest(self) -> float | None:
        return self._at_rank(sum(self.latencies.values()))

    def _at_rank(self, rank: int) -> float | None:
        for index, count in sorted(self.latencies.items()):
            rank -= count
            if rank <= 0:
                return middle(index)
        return None

    def as_json(self) -> dict[str, Any]:
        return {
            "requests": self.requests,
            "failed": dict(self.failed),
            "over": dict(self.over),
            "latencies": {str(index): count for index, count in sorted(self.latencies.items())},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Counts":
        latencies = {int(index): int(count) for index, count in data["latencies"].items()}
        return cls(int(data["requests"]), dict(data["failed"]), dict(data["over"]), latencies)


def counts_of(samples: "Samples", limits: Iterable[Limit]) -> Counts:
    """The measured part of `samples`, without what says nothing about the server."""
    outcomes = samples.outcomes()
    told = (kind for kind in Outcome if kind is not Outcome.OK and not kind.is_unknown)
    return Counts(
        requests=int(samples.known.sum()),
        failed={kind.words: outcomes[kind] for kind in told if outcomes[kind]},
        over={limit.text: int(samples.over(limit.seconds).sum()) for limit in limits},
        latencies=Counter(bucket(float(value)) for value in samples.ok_response),
    )


def alive_at_once(samples: "Samples", since: float, life: float) -> int:
    """The most jobs of `samples` alive at one moment from `since` (perf_counter) on.

    A job is alive from when it is asked for until `life` seconds after its answer.
    """
    rows = samples.rows[samples.rows["outcome"] == Outcome.OK]
    begun, ended = sorted(rows["sent"].tolist()), sorted((rows["done"] + life).tolist())
    moments = [moment for moment in begun if moment >= since]
    alive = [bisect_right(begun, at) - bisect_right(ended, at) for at in moments]
    return max(alive, default=0)


def bucket(seconds: float) -> int:
    return max(0, floor(log(max(seconds, SHORTEST) / SHORTEST) / log(BUCKET_RATIO)))


def middle(index: int) -> float:
    """Seconds in the (geometric) middle of a bucket."""
    return float(SHORTEST * BUCKET_RATIO ** (index + 0.5))
