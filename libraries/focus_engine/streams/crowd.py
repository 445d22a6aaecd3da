"""Hands the jobs of a load to a process that reads their streams (`crowd_reader`).

Imported by the sampler, which must start fast: standard library only.
"""

import json
import os
import subprocess
import sys
import threading
from dataclasses import asdict
from queue import SimpleQueue
from typing import Any

from focus_engine.paths import IMPORT_ROOT
from focus_engine.streams.terms import ReaderTerms
from focus_engine.verdict import ToolError

GRACE_SECONDS = 15.0


class Crowd:
    """The parent's side: `read` hands an answer over and returns at once."""

    def __init__(self, terms: ReaderTerms) -> None:
        self._terms = terms
        self._process = subprocess.Popen(
            [sys.executable, "-m", "focus_engine.streams.crowd_reader"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(IMPORT_ROOT)},
        )
        self._lines: SimpleQueue[str | None] = SimpleQueue()
        self._lines.put(json.dumps(asdict(terms)))
        self._feeder = threading.Thread(target=self._feed, daemon=True)
        self._feeder.start()

    def await_ready(self) -> None:
        """Wait until readers can begin at once; they load much before."""
        assert self._process.stdout is not None  # noqa: S101 - we asked for a pipe
        self._process.stdout.readline()

    def read(self, asked: float, answered: float, answer: bytes) -> None:
        """Read the streams of the job of this answer; times are time.perf_counter()."""
        self._lines.put(json.dumps([asked, answered, answer.decode("utf-8", "replace")]))

    def finish(self) -> list[dict[str, Any]]:
        """Wait until all is read: a record per stream. Raises ToolError when it broke."""
        self._lines.put(None)
        self._feeder.join()
        limit = self._terms.seconds + self._terms.timeout + GRACE_SECONDS
        try:
            said, _ = self._process.communicate(timeout=limit)
            return list(json.loads(said))
        except (subprocess.TimeoutExpired, ValueError) as error:
            raise ToolError(f"the readers of the load broke off: {error}.") from error
        finally:
            self.close()

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def _feed(self) -> None:
        assert self._process.stdin is not None  # noqa: S101 - we asked for a pipe
        try:
            while (line := self._lines.get()) is not None:
                self._process.stdin.write(f"{line}\n".encode())
                self._process.stdin.flush()
        except OSError:
            return  # it has ended; `finish` says so
