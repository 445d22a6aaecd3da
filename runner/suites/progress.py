"""Prints now and then how many cases of a pass have ended: pabot itself is silent meanwhile."""

import time
from pathlib import Path

FOLDER = "progress"  # in FOCUS_RUN_DIR; the listener of each process appends a letter per case
EVERY = 15.0  # seconds
FAILED = "F"


class Progress:
    """Counts from now on; what earlier passes left does not count."""

    def __init__(self, run_dir: Path, planned: int) -> None:
        self._run_dir = run_dir
        self._planned = planned
        self._before = self._ended()
        self._began = self._said = time.monotonic()

    def look(self) -> None:
        """Print a line when the last one was long ago."""
        now = time.monotonic()
        if now - self._said < EVERY:
            return
        self._said = now
        print(self.line(now - self._began), flush=True)

    def line(self, seconds: float) -> str:
        ended, before = self._ended(), self._before
        failed = ended.count(FAILED) - before.count(FAILED)
        minutes, rest = divmod(int(seconds), 60)
        return (
            f"  {minutes}:{rest:02} {len(ended) - len(before)} of {self._planned} cases done, "
            f"{failed} failed"
        )

    def _ended(self) -> str:
        """A letter for each case that has ended, in any order."""
        # the cases of a further sandbox have a FOCUS_RUN_DIR inside of the run's
        files = [*self._run_dir.glob(f"{FOLDER}/*"), *self._run_dir.glob(f"*/{FOLDER}/*")]
        return "".join(file.read_text("ascii") for file in files)
