"""What the readers of a step found: streams served or not, and how much came of them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from focus_engine.latency.requirements.limit import Limit
from focus_engine.load.counts import Counts, bucket

LEAST_PACE = 0.5  # of the lines that lines_dt promises; less is too slow for a live view
FEWEST_LINES = 4  # promised while it was read, so that one more or less is not half of them


@dataclass(frozen=True)
class ReaderCounts:
    """Streams of one step. `first` counts them as requests are counted, by time to first frame."""

    first: Counts
    frames: int
    size: int  # bytes
    longest_gap: float  # seconds between two frames of a stream
    example: str = ""
    reason: str = ""  # why they were not served as demanded; empty where they were

    def as_json(self) -> dict[str, Any]:
        plain = {"frames": self.frames, "size": self.size, "longest_gap": self.longest_gap}
        return {
            "first": self.first.as_json(),
            **plain,
            "example": self.example,
            "reason": self.reason,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ReaderCounts":
        names = ("frames", "size", "longest_gap", "example", "reason")
        return cls(Counts.from_json(data["first"]), **{name: data[name] for name in names})


def reader_counts(
    readings: Sequence[Mapping[str, Any]], limits: Iterable[Limit], *, live: float
) -> ReaderCounts:
    """Counts of the records that the readers made; `live` seconds each stream was read for."""
    troubles = [str(record["trouble"]) or _too_slow(record, live) for record in readings]
    served = [r["first"] for r, trouble in zip(readings, troubles, strict=True) if not trouble]
    failed = Counter(trouble for trouble in troubles if trouble)
    examples = [str(record["example"]) for record in readings if record["example"]]
    return ReaderCounts(
        first=Counts(
            requests=len(readings),
            failed=failed,
            over={
                limit.text: failed.total() + sum(first > limit.seconds for first in served)
                for limit in limits
            },
            latencies=Counter(bucket(first) for first in served),
        ),
        frames=sum(record["frames"] for record in readings),
        size=sum(record["size"] for record in readings),
        longest_gap=max((record["longest_gap"] for record in readings), default=0.0),
        example=examples[0] if examples else "",
    )


def _too_slow(record: Mapping[str, Any], seconds: float) -> str:
    pace, promised = record["lines_per_second"], record["promised_per_second"]
    if pace is None or promised is None or promised * seconds < FEWEST_LINES:
        return ""
    return "lines too slow" if pace < LEAST_PACE * promised else ""
