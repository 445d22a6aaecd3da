"""`variables/load_shapes.yaml`: how load is laid on, step by step."""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from focus_engine.datafile import Jobs, Record, Text, read_yaml
from focus_engine.given import DAY, SHORTEST
from focus_engine.load.arrival import Arrival, Readers
from focus_engine.paths import VARIABLES
from focus_engine.verdict import PreconditionUnmet, ToolError

LOAD_SHAPES = VARIABLES / "load_shapes.yaml"

Seconds = Annotated[float, Field(ge=SHORTEST, le=DAY)]


class ShapeEntry(Record):
    """One entry of the file; `jobs` is how many investigations each step has alive at once."""

    arrival: Annotated[Arrival, Field(strict=False)]
    jobs: Annotated[list[Jobs], Field(min_length=1)]
    seconds: Seconds
    readers: Annotated[Readers, Field(strict=False)] = Readers.NONE
    reading: Seconds = 1.0
    purpose: Text
    source: Text


class ShapesFile(Record):
    shapes: dict[str, ShapeEntry]


@dataclass(frozen=True)
class LoadShape:
    """A named load: `jobs` per step, each step `seconds` long; streams are read for `reading` s."""

    name: str
    arrival: Arrival
    jobs: tuple[int, ...]
    seconds: float
    purpose: str
    readers: Readers = Readers.NONE
    reading: float = 1.0

    def life(self, job_life: float) -> float:
        """How long a job lives: while it is read, and then a life of its own."""
        return job_life + (0.0 if self.readers is Readers.NONE else self.reading)

    def changed(
        self, jobs: tuple[int, ...], seconds: float | None, readers: Readers | None = None
    ) -> "LoadShape":
        """The same shape with other steps and readers; empty and None leave what the file says."""
        return replace(
            self,
            jobs=jobs or self.jobs,
            seconds=seconds or self.seconds,
            readers=readers or self.readers,
        )

    def rate(self, jobs: int, life: float) -> float:
        """Requests per second of a step with so many jobs, each of which lives `life` seconds."""
        return jobs / (self.seconds if self.arrival is Arrival.TOGETHER else life)

    def step_seconds(self, life: float) -> float:
        """How long a step sends: where jobs come evenly, until as many as it says can be alive."""
        return self.seconds if self.arrival is Arrival.TOGETHER else max(self.seconds, life)

    def require_budget(self, budget: int, environment: str) -> None:
        """Raise PreconditionUnmet when a step needs more jobs than the environment lets live."""
        most = max(self.jobs)
        if most > budget:
            raise PreconditionUnmet(
                f"load '{self.name}' has up to {most} investigations at once, and environment "
                f"'{environment}' lets a load have {budget}. Raise 'load_alive_jobs' in its file "
                "where the server may be asked for so many, or give fewer `jobs`."
            )


def load_shape(name: str, path: Path = LOAD_SHAPES) -> LoadShape:
    """Raises ToolError with the known names when there is no such shape."""
    shapes = read_shapes(path).shapes
    if name not in shapes:
        raise ToolError(f"there is no load '{name}'. Known are: {', '.join(shapes)} ({path.name}).")
    entry = shapes[name]
    return LoadShape(
        name=name,
        arrival=entry.arrival,
        jobs=tuple(entry.jobs),
        seconds=entry.seconds,
        purpose=entry.purpose,
        readers=entry.readers,
        reading=entry.reading,
    )


@cache
def read_shapes(path: Path = LOAD_SHAPES) -> ShapesFile:
    """Raises ToolError that names file, line and key."""
    return read_yaml(path, ShapesFile)
