"""When the lines of a job were recorded: in the range that was asked for, or about now."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from focus_engine.arrays.moments import Moments
from focus_engine.contract.configure.configuration import is_live
from focus_engine.contract.json_types import is_int

MILLISECONDS = 1000
LEAST_PRR = 1000  # Hz, the lowest that a document names: a line needs a whole transform


@dataclass(frozen=True)
class RecordedWhen:
    """What bounds the times of a job's lines: what it was `asked` for, and when it was `started`.

    `started` is epoch seconds; `live_delay` is the environment's, and `chunk_seconds` the length
    of the files of a recording, 0 where nobody knows it.
    """

    asked: Mapping[str, Any]
    started: float
    live_delay: float
    chunk_seconds: float

    def moments(self, until: float) -> Moments | None:
        """Of lines that were read `until` then (epoch seconds); None for a range that is none.

        A line at the edge of a historic range may come from the file that holds the edge, and the
        first one may be told when its transform ends.
        """
        if is_live(self.asked):
            return self._live(until)
        start, end = self.asked.get("start_time"), self.asked.get("end_time")
        if not (is_int(start) and is_int(end)):
            return None
        why = f"the job was asked for what was recorded from {start} to {end} s"
        chunk = self.chunk_seconds
        begins = _ms(start + chunk + self._transform) if chunk else None
        return Moments(_ms(start - chunk), _ms(end + chunk), why, begins)

    def _live(self, until: float) -> Moments:
        """A live job has nothing of before it, but for the transform of its first line."""
        why = (
            "a live job tells what is recorded while it lives, by the clock (live_delay is "
            f"{self.live_delay:g} s)"
        )
        earliest = self.started - self._transform - self.live_delay
        return Moments(_ms(earliest), _ms(until + self.live_delay), why)

    @property
    def _transform(self) -> float:
        """The longest that the NFFT which was asked for takes, in seconds."""
        nfft = self.asked.get("nfftSelection")
        return nfft / LEAST_PRR if is_int(nfft) else 0.0


def _ms(seconds: float) -> int:
    return int(seconds * MILLISECONDS)
