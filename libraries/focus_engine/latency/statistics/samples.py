"""The samples of a measurement as numpy columns, and how they are stored beside the log."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from focus_engine.latency.sampler.outcome import Outcome
from focus_engine.latency.sampler.recorder import COLUMNS
from focus_engine.masking import showable

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Reading = tuple[float, float, float]

UNKNOWN = tuple(kind for kind in Outcome if kind.is_unknown)
# How a server fails that gets no core: what it asks takes too long, connections time out.
OF_STARVATION = (Outcome.STATUS, Outcome.CONNECTION, Outcome.UNREACHED)
OWN_SHARE_OF_FAILURE = 0.1
PATIENCE_SECONDS = 0.25  # a server that got no core for so long may have given up on what it asks
HAS_ALL_CORES = 0.9  # of their time: who has so much of it waits for nobody else
FEWEST_READINGS = 2
LATE_DROP_SECONDS = 0.05  # a sender that catches up may itself fill what may be in flight
CSV_ROWS = 200_000  # beyond that only the .npy file is written: nobody opens a larger CSV
RECORD = np.dtype(
    [
        ("due", "f8"),
        ("sent", "f8"),
        ("done", "f8"),
        ("outcome", "u1"),
        ("status", "u2"),
        ("warm_up", "?"),
        ("waited", "f8"),
        ("stalled", "f8"),
        ("queued", "f8"),
    ]
)
_TYPES = {"d": np.float64, "B": np.uint8, "H": np.uint16}


@dataclass(frozen=True)
class Samples:
    """One row per request, ordered by `due`; stamps are seconds on one monotonic clock.

    `response` is due to done (what a user waits), `service` is sent to done, `lag` is due to
    sent. Where unanswered requests held the job budget, a request counts as due once they let it
    go (`waited`). `stalled` is the part of `service` in which the sampler itself stood still,
    `queued` that by which others kept the cores of a server on this machine.
    Everything here but `warm_ups` speaks of the measured part only.
    Columns are computed once: never write to `rows`.
    """

    rows: NDArray[Any]
    origin: float  # the stamp that is time 0 of the timeline
    examples: dict[str, list[str]] = field(default_factory=dict)
    readings: tuple[dict[str, Any], ...] = ()  # of the jobs' streams, where they were read

    def __len__(self) -> int:
        return len(self._measured["due"])

    @cached_property
    def due(self) -> Floats:
        """Seconds since `origin`."""
        return np.asarray(self._measured["due"] - self.origin)

    @cached_property
    def response(self) -> Floats:
        measured = self._measured
        return np.asarray(measured["done"] - measured["due"] - measured["waited"])

    @cached_property
    def service(self) -> Floats:
        return np.asarray(self._measured["done"] - self._measured["sent"])

    @cached_property
    def lag(self) -> Floats:
        measured = self._measured
        return np.asarray(measured["sent"] - measured["due"] - measured["waited"])

    @cached_property
    def waited(self) -> Floats:
        """Seconds after the due time in which unanswered requests held the job budget."""
        return self._measured["waited"]

    @cached_property
    def queued(self) -> Floats:
        """Seconds of `service` that come of others having had the cores of the server."""
        return self._measured["queued"]

    @cached_property
    def ok(self) -> Mask:
        return np.asarray(self._measured["outcome"] == Outcome.OK)

    @cached_property
    def ok_response(self) -> Floats:
        return self.response[self.ok]

    @cached_property
    def failed(self) -> Mask:
        """Errors, timeouts and drops: requests that the server did not serve."""
        outcome = self._measured["outcome"]
        return np.asarray((outcome != Outcome.OK) & ~np.isin(outcome, UNKNOWN))

    @cached_property
    def known(self) -> Mask:
        """All but what was unfinished at the end, and what this machine could not send."""
        return np.asarray(~np.isin(self._measured["outcome"], UNKNOWN))

    @cached_property
    def warm_ups(self) -> NDArray[Any]:
        warm: NDArray[Any] = self.rows[self.rows["warm_up"]]
        return warm

    def over(self, limit: float) -> Mask:
        """Which requests exceed `limit` seconds; an error exceeds every limit."""
        return np.asarray(self.failed | (self.response > limit))

    def counted(self, limit: float) -> Mask:
        """Which requests say something about `limit`: all but those given up before it."""
        outcome = self._measured["outcome"]
        unfinished = outcome == Outcome.UNFINISHED
        return np.asarray(self.known | (unfinished & (self.response > limit)))

    def certain(self, slack: float = 0.0) -> "Samples":
        """These, with only that in them which neither sampler nor machine can have caused.

        Latencies count from when a request was sent, without the time in which the sampler stood
        still or the server had no core, and less `slack` seconds. A failure that this may have
        caused is unfinished.
        """
        rows = self.rows.copy()
        own = rows["stalled"] + rows["queued"]
        done = rows["done"] - own - slack
        service = done - rows["sent"]
        outcome = rows["outcome"]
        by_us = (outcome == Outcome.TIMEOUT) & (own > OWN_SHARE_OF_FAILURE * service)
        lag = rows["sent"] - rows["due"] - rows["waited"]
        by_us |= (outcome == Outcome.DROPPED) & (lag > LATE_DROP_SECONDS)
        starved = rows["queued"] > np.maximum(PATIENCE_SECONDS, OWN_SHARE_OF_FAILURE * service)
        by_us |= starved & np.isin(outcome, OF_STARVATION)
        rows["outcome"][by_us] = Outcome.UNFINISHED
        rows["due"] = rows["sent"]
        rows["waited"] = rows["stalled"] = rows["queued"] = 0.0
        rows["done"] = np.maximum(done, rows["sent"])
        return replace(self, rows=rows)

    def outcomes(self) -> dict[Outcome, int]:
        values = self._measured["outcome"]
        return {kind: int(np.count_nonzero(values == kind)) for kind in Outcome}

    def statuses(self) -> dict[int, int]:
        """How often each HTTP status was answered (0 = no answer)."""
        values, counts = np.unique(self._measured["status"], return_counts=True)
        return {int(value): int(count) for value, count in zip(values, counts, strict=True)}

    def between(self, begin: float, end: float) -> "Samples":
        """The requests due in [begin, end), seconds since `origin`."""
        due = self.rows["due"] - self.origin
        return replace(self, rows=self.rows[(due >= begin) & (due < end)])

    def only(self, measured: Mask) -> "Samples":
        """Those requests of the measured part that `measured` marks."""
        return replace(self, rows=self.rows[~self.rows["warm_up"]][measured])

    def in_turn(self, turns: Sequence[int], of: int) -> "Samples":
        """Those of every `of` requests (warm-up included) that were sent at these turns, from 0."""
        rows = self.rows[np.isin(np.arange(len(self.rows)) % of, turns)]
        seen = {Outcome(value).name for value in np.unique(rows["outcome"])}
        examples = {kind: texts for kind, texts in self.examples.items() if kind in seen}
        return replace(self, rows=rows, examples=examples)

    def joined(self, later: "Samples") -> "Samples":
        """These and the samples of a later round of the same measurement."""
        return pooled([self, later], self.origin)

    def store(self, stem: Path) -> list[Path]:
        """Write `<stem>.npy` (all rows, times since origin) and, unless huge, `<stem>.csv`."""
        stem.parent.mkdir(parents=True, exist_ok=True)
        rows = self.rows.copy()
        for stamp in ("due", "sent", "done"):
            rows[stamp] -= self.origin
        binary, text = stem.with_name(f"{stem.name}.npy"), stem.with_name(f"{stem.name}.csv")
        np.save(binary, rows)
        if len(rows) > CSV_ROWS:
            return [binary]
        head = "due_s,sent_s,done_s,outcome,status,warm_up,waited_s,stalled_s,queued_s"
        formats = ["%.6f", "%.6f", "%.6f", "%d", "%d", "%d", "%.6f", "%.6f", "%.6f"]
        np.savetxt(text, rows, fmt=formats, delimiter=",", header=head, comments="")
        return [binary, text]

    @cached_property
    def _measured(self) -> dict[str, NDArray[Any]]:
        measured: NDArray[Any] = self.rows[~self.rows["warm_up"]]
        return {name: np.ascontiguousarray(measured[name]) for name in RECORD.names or ()}


def overlap(intervals: Floats, begin: Floats, end: Floats) -> Floats:
    """Seconds of each span from `begin` to `end` within the (ascending) intervals."""
    if len(intervals) == 0:
        return np.zeros(len(begin))
    ended = np.cumsum(intervals[:, 1] - intervals[:, 0])
    begun = np.concatenate([[0.0], ended[:-1]])
    within = np.column_stack([begun, ended]).ravel()
    edges = intervals.ravel()
    return np.asarray(np.interp(end, edges, within) - np.interp(begin, edges, within))


def read_samples(path: Path, facts: dict[str, Any], run_queue: Sequence[Reading] = ()) -> Samples:
    """What the sampler wrote; `facts` is its closing line.

    `run_queue` is what was read of a server on this machine (measuring.run_queue).
    """
    count = int(facts["rows"])
    rows = np.zeros(count, RECORD)
    with path.open("rb") as file:
        for name, code in COLUMNS:
            rows[name] = np.fromfile(file, _TYPES[code], count)
    rows.sort(order="due", kind="stable")
    held, stalls = (_intervals(facts[name]) for name in ("held", "stalls"))
    rows["waited"] = overlap(held, rows["due"], rows["sent"])
    rows["stalled"] = overlap(stalls, rows["sent"], rows["done"])
    rows["queued"] = _queued(run_queue, rows["sent"], rows["done"], os.cpu_count() or 1)
    readings = tuple(facts.get("readings", ()))
    examples = {kind: [*map(showable, texts)] for kind, texts in facts["examples"].items()}
    return Samples(rows, float(facts["started_at"]), examples, readings)


def _queued(readings: Sequence[Reading], sent: Floats, done: Floats, cores: int) -> Floats:
    """Seconds by which each answer may be late because others had the cores of the server.

    A request stood in line behind those that were unanswered when it was sent, so waits count from
    when the oldest of these was sent, at most as long before as its own answer took.
    """
    if len(readings) < FEWEST_READINGS or not len(sent):
        return np.zeros(len(sent))
    stamps, waited, ran = np.asarray(readings, np.float64).T
    order = np.argsort(sent, kind="stable")
    latest_end = np.maximum.accumulate(done[order])
    oldest = sent[order][np.searchsorted(latest_end, sent, side="right").clip(max=len(sent) - 1)]
    since = np.maximum(np.minimum(oldest, sent), 2 * sent - done)
    others = _waits_for_others(np.diff(stamps), np.diff(waited), np.diff(ran), cores)
    sums = np.concatenate([[0.0], np.cumsum(others)])
    queued = np.interp(done, stamps, sums) - np.interp(since, stamps, sums)
    return np.asarray(np.clip(queued, 0.0, done - sent))


def _waits_for_others(seconds: Floats, waited: Floats, ran: Floats, cores: int) -> Floats:
    """Threads of a server that has all cores wait for each other; one wait delays but once."""
    has_all = ran >= HAS_ALL_CORES * cores * seconds
    return np.where(has_all, 0.0, np.clip(waited, 0.0, seconds))


def _intervals(pairs: Sequence[Sequence[float]]) -> Floats:
    return np.asarray(pairs, np.float64).reshape(-1, 2)


def pooled(parts: Sequence[Samples], origin: float) -> Samples:
    """All rows of several samples on one clock, in the order given; nothing is averaged."""
    examples: dict[str, list[str]] = {}
    for part in parts:
        for kind, texts in part.examples.items():
            examples.setdefault(kind, []).extend(texts)
    readings = tuple(record for part in parts for record in part.readings)
    return Samples(np.concatenate([part.rows for part in parts]), origin, examples, readings)


def samples_of(due: Sequence[float], response: Sequence[float]) -> Samples:
    """Samples that something else measured: due times and response times, all ok."""
    rows = np.zeros(len(due), RECORD)
    rows["due"] = due
    rows["sent"] = due
    rows["done"] = np.asarray(due) + np.asarray(response)
    rows["status"] = 200
    rows.sort(order="due", kind="stable")
    return Samples(rows, 0.0)
