"""The sampler's record of every request: preallocated arrays, three stamps per request.

Stamps are `time.perf_counter()` seconds. The file it writes is raw and in the machine's own byte
order, because it is read on the same machine a moment later (see `samples.read_samples`).
"""

from array import array
from pathlib import Path

from focus_engine.latency.sampler.outcome import Outcome

EXAMPLES_PER_KIND = 3
EXAMPLE_CHARACTERS = 300

# Name and array type code of every column, in the order of the file.
COLUMNS = (
    ("due", "d"),
    ("sent", "d"),
    ("done", "d"),
    ("outcome", "B"),
    ("status", "H"),
    ("warm_up", "B"),
)


class Recorder:
    """Rows are taken in the order of sending and filled in whatever order answers come."""

    def __init__(self, capacity: int) -> None:
        self._columns = {name: _zeros(code, max(1, capacity)) for name, code in COLUMNS}
        self.rows = 0
        self.errors = 0
        self.finished = 0
        self.examples: dict[Outcome, list[str]] = {}

    def begin(self, due: float, sent: float, *, warm_up: bool) -> int:
        """The row of a request that is being sent now; it is UNFINISHED until `judged`."""
        row = self.rows
        if row == len(self._columns["due"]):
            self._grow()
        columns = self._columns
        columns["due"][row] = due
        columns["sent"][row] = sent
        columns["outcome"][row] = Outcome.UNFINISHED
        columns["warm_up"][row] = int(warm_up)
        self.rows = row + 1
        return row

    def answered(self, row: int, done: float, status: int) -> None:
        """Stamp the end of a request; what it is worth is judged later."""
        self._columns["done"][row] = done
        self._columns["status"][row] = status

    def judged(self, row: int, outcome: Outcome, example: str) -> None:
        self._columns["outcome"][row] = outcome
        self.finished += 1
        if outcome is not Outcome.OK:
            self.errors += 1
            self._keep_example(outcome, example)

    def write(self, path: Path, stopped_at: float) -> None:
        """Write all rows; what is unfinished was `done` (given up) at `stopped_at`."""
        done, outcome = self._columns["done"], self._columns["outcome"]
        for row in range(self.rows):
            if outcome[row] == Outcome.UNFINISHED and not done[row]:
                done[row] = stopped_at
        with path.open("wb") as file:
            for name, _ in COLUMNS:
                self._columns[name][: self.rows].tofile(file)

    def _grow(self) -> None:
        for name, code in COLUMNS:
            self._columns[name].extend(_zeros(code, self.rows))

    def _keep_example(self, outcome: Outcome, example: str) -> None:
        kept = self.examples.setdefault(outcome, [])
        if len(kept) < EXAMPLES_PER_KIND:
            kept.append(example[:EXAMPLE_CHARACTERS])


def _zeros(code: str, length: int) -> "array[float]":
    column: array[float] = array(code)
    column.frombytes(bytes(column.itemsize * length))
    return column
