"""A percentile by its name and the limit that it is held to; needs no numpy, as variable files do.

A percentage is a fraction: 0.999 x 1000 as floats is more than 999, and the rank after it.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, inf, log

from focus_engine.masking import head_of
from focus_engine.verdict import ToolError

CONFIDENCE = 0.95
PERCENT = re.compile(r"[Pp]?([0-9]{1,2}(?:\.[0-9]{1,6})?)")


@dataclass(frozen=True)
class Limit:
    """At least `percent` of the requests take at most `seconds`."""

    percent: Fraction
    seconds: float

    def __post_init__(self) -> None:
        if not 0 < self.seconds < inf:
            raise ToolError(
                f"{self.text} is a limit that no server can hold or break. Give a time above 0 ms."
            )

    @property
    def allowed_share(self) -> float:
        return float(1 - self.percent / 100)

    @property
    def text(self) -> str:
        return f"{percent_name(self.percent)} <= {self.seconds * 1000:g} ms"


def percent_of(text: str | float) -> Fraction:
    """`P95`, `p99.9`, `95` or 99.9 as an exact number between 0 and 100 (exclusive)."""
    written = PERCENT.fullmatch(str(text).strip())
    percent = Fraction(written[1]) if written else Fraction(0)
    if not percent:
        raise ToolError(
            f"'{head_of(str(text), 40)}' is no percentile. Write P50, P95, P99 or P99.9."
        )
    return percent


def percent_name(percent: Fraction) -> str:
    return f"P{float(percent):g}"


def needed_samples(percent: Fraction, alpha: float = 1 - CONFIDENCE) -> int:
    """Samples for a one-sided upper bound: P95 59, P99 299 at 95 %."""
    return ceil(log(alpha) / log(float(percent / 100)))


def fewest_for_a_fail(percent: Fraction) -> int:
    """Samples of which a FAIL is possible at all, when each exceeds: P95 and P99 take 2, P50 5."""
    allowed = float(1 - percent / 100)
    return floor(log(1 - CONFIDENCE) / log(allowed) + 1e-9) + 1


def rank_of(percent: Fraction, count: int) -> int:
    """The 1-based rank of the value that at least `percent` of `count` values do not exceed."""
    return max(1, ceil(percent * count / 100))
