"""The history as a SQLite file: runs, their endpoints and their verdicts."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from focus_engine.masking import head_of
from reports.history.record import CaseVerdict, EndpointLatency, Run

LONGEST = 500  # characters of one text
_SCHEMA = """
CREATE TABLE IF NOT EXISTS run (
  id INTEGER PRIMARY KEY, started TEXT, commit_id TEXT, environment TEXT, server TEXT,
  cases INTEGER, passed INTEGER, failed INTEGER, skipped INTEGER, kill_rate REAL, known_bugs TEXT,
  UNIQUE (started, environment));
CREATE TABLE IF NOT EXISTS endpoint (
  run INTEGER REFERENCES run, name TEXT, p50_ms REAL, p95_ms REAL, p99_ms REAL, verdict TEXT);
CREATE TABLE IF NOT EXISTS verdict (
  run INTEGER REFERENCES run, name TEXT, status TEXT, kind TEXT, tickets TEXT);
"""


@dataclass(frozen=True)
class History:
    """A file that keeps runs; made where it does not exist."""

    file: Path

    def add(self, run: Run) -> bool:
        """Keep `run`; False where it is there already (the same start and environment)."""
        with self._open() as db:
            row = db.execute(
                "INSERT OR IGNORE INTO run VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                _safe(_run(run)),
            )
            if not row.rowcount:
                return False
            key = row.lastrowid
            endpoints = [(key, *_safe(_endpoint(one))) for one in run.endpoints]
            db.executemany("INSERT INTO endpoint VALUES (?, ?, ?, ?, ?, ?)", endpoints)
            verdicts = [(key, *_safe(_verdict(one))) for one in run.verdicts]
            db.executemany("INSERT INTO verdict VALUES (?, ?, ?, ?, ?)", verdicts)
            return True

    def rows(self, query: str, *values: object) -> list[sqlite3.Row]:
        """What `query` finds, rows by column name."""
        with self._open() as db:
            return db.execute(query, values).fetchall()

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self.file, timeout=30)) as db:
            db.row_factory = sqlite3.Row
            db.executescript(_SCHEMA)
            with db:
                yield db


def _safe(values: Iterable[object]) -> tuple[object, ...]:
    """`values`, whose texts are foreign: printable and bounded before anybody keeps them."""
    return tuple(head_of(each, LONGEST) if isinstance(each, str) else each for each in values)


def _run(run: Run) -> tuple[object, ...]:
    facts = (run.started, run.commit, run.environment, run.server, len(run.verdicts))
    counts = (run.counts[status] for status in ("PASS", "FAIL", "SKIP"))
    return *facts, *counts, run.kill_rate, " ".join(run.known_bugs)


def _endpoint(one: EndpointLatency) -> tuple[object, ...]:
    values = (one.percentiles.get(name) for name in ("P50", "P95", "P99"))
    return one.name, *values, one.verdict


def _verdict(one: CaseVerdict) -> tuple[object, ...]:
    return one.case, one.status, one.kind, " ".join(one.tickets)
