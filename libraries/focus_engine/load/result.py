"""The result of a load in plain data: made by our engine today, by another one tomorrow.

Verdicts read nothing else, so whatever delivers it is judged alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from focus_engine.load.counts import Counts
from focus_engine.load.readers import ReaderCounts

FORMAT = 2


@dataclass(frozen=True)
class Step:
    """One step. Times are seconds since the load began.

    `jobs` is how many investigations should have been alive at once, `reached` how many were, as
    long as a job lives. `started` are the jobs that the server named, `unknown` those in the
    cluster that no answer named, `alive` how many of ours were in the cluster at the step's end
    (None: no cluster). `held_back` says how the job budget kept the step below what it asked for.
    """

    number: int
    jobs: int
    reached: int
    begin: float
    end: float
    counts: Counts
    started: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    alive: int | None = None
    example: str = ""  # of a failed answer
    readers: ReaderCounts | None = None  # None: nobody read
    held_back: str = ""

    @property
    def rate(self) -> float:
        return self.counts.requests / (self.end - self.begin) if self.end > self.begin else 0.0

    def as_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "jobs": self.jobs,
            "reached": self.reached,
            "begin": round(self.begin, 3),
            "end": round(self.end, 3),
            "started": list(self.started),
            "unknown": list(self.unknown),
            "alive": self.alive,
            "example": self.example,
            "held_back": self.held_back,
            "counts": self.counts.as_json(),
            "readers": None if self.readers is None else self.readers.as_json(),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Step":
        names = ("number", "jobs", "reached", "begin", "end", "alive", "example")
        plain = {name: data[name] for name in names}
        readers = data.get("readers")
        return cls(
            **plain,
            counts=Counts.from_json(data["counts"]),
            started=tuple(data["started"]),
            unknown=tuple(data["unknown"]),
            readers=ReaderCounts.from_json(readers) if readers else None,
            held_back=str(data.get("held_back", "")),
        )


@dataclass(frozen=True)
class LoadResult:
    """All steps of one load; `planned` is how many there should have been."""

    shape: str
    arrival: str
    environment: str
    engine: str
    planned: int
    steps: tuple[Step, ...]

    @property
    def started(self) -> frozenset[str]:
        return frozenset(job_id for step in self.steps for job_id in step.started)

    def as_json(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "shape": self.shape,
            "arrival": self.arrival,
            "environment": self.environment,
            "engine": self.engine,
            "planned": self.planned,
            "steps": [step.as_json() for step in self.steps],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "LoadResult":
        """Raises ValueError for another format."""
        if data["format"] != FORMAT:
            raise ValueError(f"a load result of format {data['format']}; this reads {FORMAT}")
        plain = {name: data[name] for name in ("shape", "arrival", "environment", "engine")}
        steps = tuple(Step.from_json(step) for step in data["steps"])
        return cls(**plain, planned=int(data["planned"]), steps=steps)
