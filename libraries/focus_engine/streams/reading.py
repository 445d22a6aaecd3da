"""What came of reading the streams of a job: frames, times, and how each stream ended."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import inf
from typing import Any

from focus_engine.evidence import Evidence
from focus_engine.streams.frame import Frame
from focus_engine.streams.target import StreamTarget

MILLISECONDS = 1000
COLUMNS = (
    *("stream", "channels", "frames", "frames/s"),
    *("first frame ms", "missing rows", "repeated rows", "end"),
)


class End(StrEnum):
    """How the reading of one stream ended."""

    ENOUGH = "as many frames as were asked for"
    ENDED = "the server ended it"
    TIME_IS_UP = "still open when time was up"
    CUT = "the connection was lost"
    FAILED = "the server failed it"


@dataclass(frozen=True)
class StreamReading:
    """The frames of one stream, in the order of arrival. `words` is what was said at the end.

    `over` is when it ended, time.perf_counter().
    """

    stream: int
    frames: tuple[Frame, ...]
    end: End
    words: str = ""
    over: float = inf

    @property
    def rows(self) -> list[int]:
        """The row numbers of all frames, in the order of arrival."""
        return [row for frame in self.frames for row in frame.rows]

    @property
    def last_row(self) -> int | None:
        """The highest row number; None where no row came."""
        return max(self.rows, default=None)

    @property
    def frames_per_second(self) -> float | None:
        """Frames after the first one by the time that they took; None for fewer than two."""
        if len(self.frames) < 2:  # noqa: PLR2004 - a rate needs an interval
            return None
        seconds = self.frames[-1].arrived - self.frames[0].arrived
        return (len(self.frames) - 1) / seconds if seconds > 0 else None

    @property
    def repeated_rows(self) -> int:
        """How many rows came that had come before."""
        return sum(count - 1 for count in Counter(self.rows).values())

    @property
    def missing_rows(self) -> int:
        """How many rows are left out between two that follow each other."""
        return sum(max(0, after - before - 1) for before, after in pairwise(self.rows))

    @property
    def ending(self) -> str:
        """The end as messages show it."""
        return f"{self.end.value} ({self.words})" if self.words else self.end.value


@dataclass(frozen=True)
class Reading:
    """The streams of one job as read; times are time.perf_counter(), `began` before connecting."""

    target: StreamTarget
    began: float
    connected: float
    streams: Mapping[int, StreamReading]

    @property
    def frame_count(self) -> int:
        return sum(len(reading.frames) for reading in self.streams.values())

    def first_frames_after(self, moment: float) -> float | None:
        """Seconds from `moment` until every stream had delivered; None when one never did."""
        arrivals = [
            reading.frames[0].arrived for reading in self.streams.values() if reading.frames
        ]
        if not arrivals or len(arrivals) < len(self.streams):
            return None
        return max(arrivals) - moment

    def summary(self) -> dict[str, Any]:
        """Plain values for a table: seconds from the start of connecting, counts, rates."""
        return {
            "job_id": self.target.job_id,
            "frames": self.frame_count,
            "seconds_to_connect": self.connected - self.began,
            "seconds_to_first_frames": self.first_frames_after(self.began),
            "streams": {
                stream: {
                    "frames": len(reading.frames),
                    "frames_per_second": reading.frames_per_second,
                    "missing_rows": reading.missing_rows,
                    "repeated_rows": reading.repeated_rows,
                    "last_row": reading.last_row,
                    "end": reading.end.name,
                }
                for stream, reading in self.streams.items()
            },
        }

    def add_to(self, evidence: Evidence) -> None:
        """One row per stream."""
        evidence.add(
            f"Streams of job {self.target.job_id} at {self.target.address}",
            COLUMNS,
            [self._row(reading) for reading in self.streams.values()],
        )

    def _row(self, reading: StreamReading) -> list[Any]:
        rate, frames = reading.frames_per_second, reading.frames
        first = f"{(frames[0].arrived - self.began) * MILLISECONDS:.1f}" if frames else "never"
        return [
            reading.stream,
            self.target.range_of(reading.stream),
            len(frames),
            "" if rate is None else f"{rate:.1f}",
            first,
            reading.missing_rows,
            reading.repeated_rows,
            reading.ending,
        ]
