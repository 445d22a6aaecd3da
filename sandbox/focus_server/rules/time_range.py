"""Domain rules of POST /recordings_in_time_range in the conforming contract."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.spec import SPEC


@dataclass(frozen=True)
class RangeRule:
    """One requirement on a range of epoch seconds."""

    id: str
    field: str
    breaks: Callable[[int, int], bool]
    message: str


RANGE_RULES = (
    RangeRule(
        "range-milliseconds",
        "start_time",
        lambda start, end: max(start, end) > SPEC.limits.epoch_max_s,
        "start_time, end_time: epoch seconds are required, the value looks like milliseconds",
    ),
    RangeRule(
        "range-negative",
        "start_time",
        lambda start, end: min(start, end) < 0,
        "start_time, end_time: negative times are not allowed, epoch seconds are required",
    ),
    RangeRule(
        "range-reversed",
        "end_time",
        lambda start, end: 0 <= end < start <= SPEC.limits.epoch_max_s,
        "end_time: is before start_time",
    ),
)
