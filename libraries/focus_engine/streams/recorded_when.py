"""When the lines of a job were recorded: in the range that was asked for, or about now."""

from collections.abc import Mapping
from typing import Any

from focus_engine.arrays.moments import Moments
from focus_engine.contract.configure.configuration import is_live
from focus_engine.contract.json_types import is_int

MILLISECONDS = 1000
LEAST_PRR = 1000  # Hz, the lowest that a document names: a line needs a whole transform
LIVE_WITHIN_SECONDS = 120  # clocks differ by seconds, and a line takes a while to arrive


def moments_of(asked: Mapping[str, Any], now: float, chunk_seconds: float) -> Moments | None:
    """`now` in epoch seconds, `chunk_seconds` the length of the files of a recording.

    A line at the edge of a historic range may come from the file that holds the edge, and the
    first one may be told when its transform ends. None where what was asked for is no range.
    """
    if is_live(asked):
        margin = LIVE_WITHIN_SECONDS
        why = f"a live job tells what is recorded now (within {margin} s)"
        return Moments(_ms(now - margin), _ms(now + margin), why)
    start, end = asked.get("start_time"), asked.get("end_time")
    if not (is_int(start) and is_int(end)):
        return None
    why = f"the job was asked for what was recorded from {start} to {end} s"
    begins = _ms(start + chunk_seconds + _transform(asked)) if chunk_seconds else None
    return Moments(_ms(start - chunk_seconds), _ms(end + chunk_seconds), why, begins)


def _transform(asked: Mapping[str, Any]) -> float:
    """The longest that the NFFT which was asked for takes, in seconds."""
    nfft = asked.get("nfftSelection")
    return nfft / LEAST_PRR if is_int(nfft) else 0.0


def _ms(seconds: float) -> int:
    return int(seconds * MILLISECONDS)
