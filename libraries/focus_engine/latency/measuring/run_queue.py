"""How long a server on this machine waits for a core: what a busy machine does to its answers.

Linux counts for every thread how long it could run and had no core (schedstat: nanoseconds in the
run queue). Elsewhere, and of a server that another user runs, nothing is known.
"""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

READ_EVERY = 0.05  # seconds
PROC = Path("/proc")
LISTENS = "0A"  # the state of a socket in /proc/net/tcp
NANOSECONDS = 1e9

Readings = list[tuple[float, float, float]]


class RunQueue:
    """Reads it in the background until it is closed.

    `readings` are triples: a stamp (perf_counter seconds), and the seconds that all threads of the
    server have waited for a core and have had one since the first reading.
    """

    def __init__(self, port: int | None) -> None:
        self.readings: Readings = []
        self._processes = [] if port is None else list(_listening(port))
        self._threads: dict[str, tuple[int, int]] = {}  # also those that ended
        self._closed = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)

        if self._processes:
            self._reader.start()

    def close(self) -> None:
        """Read no more; it may be closed twice."""
        self._closed.set()
        if self._reader.is_alive():
            self._reader.join()

    def _read(self) -> None:
        waited_before, ran_before = self._totals()
        while not self._closed.is_set():
            waited, ran = self._totals()
            self.readings.append((time.perf_counter(), waited - waited_before, ran - ran_before))
            self._closed.wait(READ_EVERY)

    def _totals(self) -> tuple[float, float]:
        """Seconds in the run queue and on a core, of all threads since they began."""
        for process in self._processes:
            with suppress(OSError):  # it ended
                for thread in (process / "task").iterdir():
                    self._read_thread(thread / "schedstat")
        counted = self._threads.values()
        waited = sum(waited for waited, _ in counted)
        ran = sum(ran for _, ran in counted)
        return waited / NANOSECONDS, ran / NANOSECONDS

    def _read_thread(self, counted: Path) -> None:
        with suppress(OSError, ValueError):  # it ended, or the kernel does not count
            ran, waited, _ = map(int, counted.read_text().split())
            self._threads[str(counted)] = waited, ran


def _listening(port: int) -> Iterator[Path]:
    """The processes (folders of /proc) that take connections at this port."""
    sockets = {f"socket:[{inode}]" for inode in _inodes(port)}
    for process in PROC.glob("[0-9]*") if sockets else ():
        if not sockets.isdisjoint(_open_files(process)):
            yield process


def _open_files(process: Path) -> Iterator[str]:
    with suppress(OSError):  # the process ended, or is another user's
        for each in (process / "fd").iterdir():
            with suppress(OSError):  # closed meanwhile
                yield str(each.readlink())


def _inodes(port: int) -> Iterator[str]:
    local = re.compile(rf"\s*\d+: [0-9A-F]+:{port:04X} \S+ {LISTENS} ")
    for table in ("tcp", "tcp6"):
        with suppress(OSError):
            lines = (PROC / "net" / table).read_text().splitlines()
            yield from (line.split()[9] for line in lines if local.match(line))
