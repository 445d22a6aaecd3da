"""Percentiles that really happened (inverted_cdf), with distribution-free intervals.

The interval of a percentile is bounded by two order statistics; their ranks come from the
binomial distribution and need no assumption about the shape of the latencies. Where the sample is
too small for a bound, the bound is None and `needed` says how many samples it takes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from focus_engine.latency.requirements.limit import (
    CONFIDENCE,
    needed_samples,
    percent_name,
    rank_of,
)
from focus_engine.latency.statistics.binomial import binomial_quantile
from focus_engine.latency.statistics.samples import Floats
from focus_engine.verdict import ToolError

METHOD = "inverted_cdf"
REPORTED = (Fraction(50), Fraction(90), Fraction(95), Fraction(99), Fraction("99.9"))


@dataclass(frozen=True)
class Percentile:
    """P`percent` of `count` values, in seconds, with a two-sided interval at CONFIDENCE.

    `needed` is the smallest sample that can bound it from above (one-sided, same confidence).
    """

    percent: Fraction
    value: float
    lower: float | None
    upper: float | None
    count: int
    needed: int

    @property
    def name(self) -> str:
        return percent_name(self.percent)

    @property
    def words(self) -> str:
        """Milliseconds; too few samples are said."""
        few = "" if self.enough else f" (of {self.count} samples, {self.needed} are needed)"
        return f"{self.value * 1000:.1f} ms{few}"

    @property
    def enough(self) -> bool:
        return self.count >= self.needed


def interval_ranks(percent: Fraction, count: int) -> tuple[int | None, int | None]:
    """1-based ranks of the order statistics that bound the percentile; None where none does."""
    share, alpha = float(percent / 100), (1 - CONFIDENCE) / 2
    # P(X_(l) > percentile) = P(fewer than l of n are at most it): l is the largest still rare.
    lower = binomial_quantile(alpha, count, share)
    upper = binomial_quantile(1 - alpha, count, share) + 1
    return (lower if lower >= 1 else None, upper if upper <= count else None)


def percentiles(values: Floats, percents: Sequence[Fraction] = REPORTED) -> list[Percentile]:
    """Percentiles and intervals of `values` (seconds), by one partition. Empty for no values."""
    count = len(values)
    if count == 0:
        return []
    ranks = {
        percent: (rank_of(percent, count), *interval_ranks(percent, count)) for percent in percents
    }
    wanted = sorted({rank - 1 for triple in ranks.values() for rank in triple if rank})
    ordered = np.partition(values, wanted)

    def at(rank: int | None) -> float | None:
        return None if rank is None else float(ordered[rank - 1])

    return [
        Percentile(
            percent, float(ordered[rank - 1]), at(lower), at(upper), count, needed_samples(percent)
        )
        for percent, (rank, lower, upper) in ranks.items()
    ]


def percentile(values: Floats, percent: Fraction) -> Percentile:
    """One percentile. Raises ToolError when there is no value at all."""
    found = percentiles(values, [percent])
    if not found:
        raise ToolError(
            f"there is no {percent_name(percent)}: not one request was answered as expected. "
            "See the outcomes in the log."
        )
    return found[0]
