"""The job budget of a run: every job that anything starts is reserved here first.

One SQLite file under FOCUS_RUN_DIR is shared by every keyword, sampler, child process and pabot
worker of a run. Times are `time.time()`: a monotonic clock has no meaning in another process
(its zero differs between processes on some systems), and a deadline must survive its writer.
"""

import atexit
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from math import inf
from pathlib import Path
from typing import Any

from focus_engine.job_start import Fate, JobStart
from focus_engine.verdict import ToolError

FILE_NAME = "ledger.sqlite"
BUSY_SECONDS = 30.0  # how long a writer waits for the writers before it
POLL_SECONDS = 0.05
SETTLE_SECONDS = 15.0  # until the answers that are awaited must have come
LATE_SECONDS = 5.0  # a job that an unclear answer started is in the cluster by then
# A job may end before its nominal life (a short recording is played out), and then its slot is
# free again. In the first half of its life a job is alive for certain.
CERTAIN_PART_OF_LIFE = 0.5

SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    reservation INTEGER PRIMARY KEY AUTOINCREMENT,
    state TEXT NOT NULL,
    job_id TEXT,
    life REAL NOT NULL,
    reserved_at REAL NOT NULL,
    recorded_at REAL,
    lost_at REAL,
    expires_at REAL NOT NULL
)
"""

Row = tuple[Any, ...]
"""What the ledger knows of one reservation, without its number: COLUMNS in order."""

COLUMNS = "state, job_id, life, reserved_at, recorded_at, lost_at, expires_at"


class ReservationState(StrEnum):
    """What is known of a reservation."""

    IN_FLIGHT = "in flight"  # the request is on its way
    RECORDED = "recorded"  # the server named the job
    LOST = "lost"  # no clear answer came: the server may have started a job all the same
    FAILED = "failed"  # an error came, behind which a job may be alive all the same


@dataclass(frozen=True)
class Terms:
    """What a run may have alive at once. Durations are seconds.

    `answer_limit` bounds how long a reservation stays in flight, so that one whose process died
    expires too.
    """

    budget: int
    life: float
    answer_limit: float
    wait_limit: float


class JobLedger:
    """The ledger in one file; every method is one transaction and safe between processes."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self.path = path
        self._clock = clock

    def reserve(self, terms: Terms) -> int:
        """A reservation for one job, waiting for room in the budget.

        Raises ToolError when there is still no room after `terms.wait_limit` seconds.
        """
        deadline = self._clock() + terms.wait_limit
        while True:
            reservation = self._try_to_reserve(terms)
            if reservation is not None:
                return reservation
            if self._clock() >= deadline:
                raise ToolError(
                    f"the job budget of {terms.budget} is used up: no job ended within "
                    f"{terms.wait_limit:g} s. Run with fewer processes, or raise 'alive_jobs' "
                    "in the environment's file."
                )
            time.sleep(POLL_SECONDS)

    def settle(self, reservation: int, start: JobStart) -> None:
        """Write down what became of the request of this reservation."""
        if start.job_id is not None and start.fate is Fate.STARTED:
            self.record(reservation, start.job_id)
        elif start.fate is Fate.REFUSED:
            self.release(reservation)
        elif start.fate is Fate.FAILED:
            self._doubt(reservation, ReservationState.FAILED)
        else:
            self.lose(reservation)

    def record(self, reservation: int, job_id: str) -> None:
        """The server started `job_id` for this reservation; it expires a life from now."""
        now = self._clock()
        with self._transaction() as database:
            database.execute(
                "UPDATE jobs SET state = ?, job_id = ?, recorded_at = ?, expires_at = ? + life"
                " WHERE reservation = ?",
                (ReservationState.RECORDED, job_id, now, now, reservation),
            )

    def hold(self, job_id: str, seconds: float) -> None:
        """A reader keeps `job_id` alive for `seconds` from now, and its life begins after that."""
        with self._transaction() as database:
            database.execute(
                "UPDATE jobs SET expires_at = ? + life WHERE reservation ="
                " (SELECT MAX(reservation) FROM jobs WHERE job_id = ?)",
                (self._clock() + seconds, job_id),
            )

    def may_be_over(self, job_id: str) -> None:
        """Somebody asks the server to end `job_id`: from now on it is not alive for certain."""
        with self._transaction() as database:
            database.execute(
                "UPDATE jobs SET life = 0, expires_at = ? WHERE reservation ="
                " (SELECT MAX(reservation) FROM jobs WHERE job_id = ?)",
                (self._clock(), job_id),
            )

    def release(self, reservation: int) -> None:
        """The server started nothing for this reservation."""
        with self._transaction() as database:
            database.execute("DELETE FROM jobs WHERE reservation = ?", (reservation,))

    def lose(self, reservation: int) -> None:
        """No clear answer came; the budget counts the job that may exist for a life from now."""
        self._doubt(reservation, ReservationState.LOST)

    def _doubt(self, reservation: int, state: ReservationState) -> None:
        now = self._clock()
        with self._transaction() as database:
            database.execute(
                "UPDATE jobs SET state = ?, lost_at = ?, expires_at = ? + life"
                " WHERE reservation = ?",
                (state, now, now, reservation),
            )

    def lend(self, places: int, life: float, seconds: float) -> tuple[int, ...]:
        """Reserve places at once for a worker that keeps a ledger of its own, for `seconds`."""
        now = self._clock()
        with self._transaction() as database:
            return tuple(
                int(
                    database.execute(
                        "INSERT INTO jobs (state, life, reserved_at, expires_at)"
                        " VALUES (?, ?, ?, ?)",
                        (ReservationState.IN_FLIGHT, life, now, now + seconds),
                    ).lastrowid
                    or 0
                )
                for _ in range(places)
            )

    def take_back(self, places: Collection[int], rows: Collection[Row]) -> None:
        """End a loan: what the worker's own ledger says takes the place of what was lent."""
        with self._transaction() as database:
            database.executemany(
                "DELETE FROM jobs WHERE reservation = ?", [(place,) for place in places]
            )
            database.executemany(
                f"INSERT INTO jobs ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                list(rows),
            )

    def rows(self) -> tuple[Row, ...]:
        """All that is known, for `take_back` of another ledger."""
        return tuple(self._rows(f"SELECT {COLUMNS} FROM jobs ORDER BY reservation"))  # noqa: S608

    def seen_in_cluster(self, job_ids: Collection[str], looked_at: float) -> None:
        """Settle doubtful reservations by a look at the cluster that began at `looked_at`.

        Each job there that nobody recorded may be the one of a lost reservation, the youngest
        first. The others, lost long enough before the look, have started nothing that is alive.
        """
        strangers = len(set(job_ids) - self.job_ids())
        with self._transaction() as database:
            database.execute(
                "DELETE FROM jobs WHERE lost_at < ? AND reservation NOT IN"
                " (SELECT reservation FROM jobs WHERE lost_at IS NOT NULL"
                " ORDER BY lost_at DESC LIMIT ?)",
                (looked_at - LATE_SECONDS, strangers),
            )

    def job_ids(self) -> frozenset[str]:
        """Every job this run started, ended ones included."""
        rows = self._rows("SELECT DISTINCT job_id FROM jobs WHERE job_id IS NOT NULL")
        return frozenset(str(row[0]) for row in rows)

    def await_answers(self) -> bool:
        """Wait until the requests now in flight are answered; True when some are not in time."""
        awaited, deadline = self.in_flight(), time.monotonic() + SETTLE_SECONDS
        while awaited & self.in_flight():
            if time.monotonic() > deadline:
                return True
            time.sleep(POLL_SECONDS)
        return False

    def in_flight(self) -> frozenset[int]:
        """The reservations whose answer is still awaited by a process that may be alive."""
        return self._unexpired(ReservationState.IN_FLIGHT)

    def lost(self) -> frozenset[int]:
        """The reservations that were never clearly answered and whose job may still be alive."""
        return self._unexpired(ReservationState.LOST)

    def alive(self) -> int:
        """How much of the budget is used."""
        rows = self._rows("SELECT COUNT(*) FROM jobs WHERE expires_at > ?", self._clock())
        return int(rows[0][0])

    def most_alive(self, moment: float, life: float, grace: float) -> int | None:
        """How many jobs can have been alive at most, when a job may end `grace` seconds late.

        None as long as jobs of before this run, which live `life` seconds, may be alive as well.
        """
        first, alive = self._rows(
            "SELECT MIN(reserved_at), SUM(expires_at > ?) FROM jobs", moment - grace
        )[0]
        return None if first is None or moment < first + life + grace else int(alive)

    def alive_when_started(self, job_id: str) -> list[str]:
        """The jobs that were certainly alive when `job_id` was recorded.

        A second live job under the same id is in the list as well. Empty for an unknown job.
        """
        rows = self._rows(
            "WITH own AS (SELECT reservation, recorded_at FROM jobs WHERE job_id = ?"
            "             ORDER BY recorded_at DESC LIMIT 1)"
            " SELECT jobs.job_id FROM jobs, own WHERE jobs.reservation != own.reservation"
            " AND jobs.recorded_at <= own.recorded_at"
            " AND jobs.reserved_at + jobs.life * ? > own.recorded_at",
            job_id,
            CERTAIN_PART_OF_LIFE,
        )
        return [str(row[0]) for row in rows]

    def certain_life_left(self, job_id: str) -> float:
        """Seconds from now for which `job_id` is alive for certain, read or not; inf when unknown.

        Counted from when its configuration was sent, or from when its last reader left.
        """
        rows = self._rows(
            "SELECT expires_at - recorded_at + reserved_at - life * ? FROM jobs"
            " WHERE job_id = ? ORDER BY reservation DESC LIMIT 1",
            1 - CERTAIN_PART_OF_LIFE,
            job_id,
        )
        return float(rows[0][0]) - self._clock() if rows else inf

    def _try_to_reserve(self, terms: Terms) -> int | None:
        now = self._clock()
        with self._transaction() as database:
            alive = database.execute(
                "SELECT COUNT(*) FROM jobs WHERE expires_at > ?", (now,)
            ).fetchone()[0]
            if alive >= terms.budget:
                return None
            cursor = database.execute(
                "INSERT INTO jobs (state, life, reserved_at, expires_at) VALUES (?, ?, ?, ?)",
                (
                    ReservationState.IN_FLIGHT,
                    terms.life,
                    now,
                    now + terms.answer_limit + terms.life,
                ),
            )
            return cursor.lastrowid

    def _unexpired(self, state: ReservationState) -> frozenset[int]:
        rows = self._rows(
            "SELECT reservation FROM jobs WHERE state = ? AND expires_at > ?", state, self._clock()
        )
        return frozenset(int(row[0]) for row in rows)

    def _rows(self, query: str, *parameters: object) -> list[tuple[Any, ...]]:
        with self._transaction() as database:
            return list(database.execute(query, parameters))

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        # A connection per transaction: nothing is shared with a thread or a forked child.
        try:
            with closing(self._connect()) as database:
                database.execute("BEGIN IMMEDIATE")  # take the write lock before reading
                database.execute(SCHEMA)
                yield database
                database.execute("COMMIT")
        except sqlite3.Error as error:
            raise ToolError(
                f"the job ledger {self.path} cannot be used: {error}. Is FOCUS_RUN_DIR a folder "
                "on a local disk that this user may write to?"
            ) from error

    def _connect(self) -> sqlite3.Connection:
        database = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        # What a dead process wrote survives; only the end of the whole machine may take it along.
        database.execute("PRAGMA synchronous = OFF")
        return database


def run_ledger() -> JobLedger:
    """The ledger of the run: under FOCUS_RUN_DIR, else in a folder of this process."""
    folder = os.environ.get("FOCUS_RUN_DIR")
    return JobLedger((Path(folder) if folder else _own_folder()) / FILE_NAME)


@cache
def _own_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="focus-run-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
