"""Judges an answer: outcome, example and job id; small bodies in the loop, large ones beside it.

Parsing a body of a megabyte stops everything else in a Python process for some ten milliseconds,
in a thread as well. So large bodies go to a process of their own, which ends with its parent.
"""

import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any, Self

from focus_engine.job_start import NOT_SENT, JobStart, answer_in, start_of
from focus_engine.latency.planning.plan import AnswerExpectation
from focus_engine.latency.sampler.outcome import Outcome

LARGE_BYTES = 16_000  # parsed in less than 0.2 ms
HEAD_BYTES = 200
DRAIN_SECONDS = 30.0

Settle = Callable[[int, "JudgedAnswer"], None]


@dataclass(frozen=True)
class JudgedAnswer:
    """`example` is empty when the answer was ok; `start` is what it says of the job asked for."""

    outcome: Outcome
    example: str = ""
    start: JobStart = NOT_SENT


def judged(expectation: AnswerExpectation, status: int, body: bytes) -> JudgedAnswer:
    """The answer with `status` and `body`, held against what was expected."""
    data = answer_in(body) if expectation.reads_json else None
    start = start_of(status, data) if expectation.job_id else NOT_SENT
    if status not in expectation.statuses:
        return JudgedAnswer(Outcome.STATUS, _head(status, body), start)
    if expectation.job_id and not _names_job(data):
        return JudgedAnswer(Outcome.NO_JOB_ID, _head(status, body), start)
    if expectation.nothing and body:
        return JudgedAnswer(Outcome.WRONG_BODY, f"not empty: {_head(status, body)}", start)
    missing = [key for key in expectation.json_keys if _is_empty(data, key)]
    if missing:
        example = f"no '{missing[0]}' in {_head(status, body)}"
        return JudgedAnswer(Outcome.WRONG_BODY, example, start)
    return JudgedAnswer(Outcome.OK, start=start)


class AnswerJudge:
    """Judges answers and hands each to `settle(row, answer)` on the event loop's thread.

    Make it before any thread or loop is started, because it forks; where the system cannot fork,
    everything is judged in the loop.
    """

    def __init__(self, expectation: AnswerExpectation) -> None:
        self._expectation = expectation
        self._open = 0
        self._queue: SimpleQueue[tuple[int, int, bytes] | None] = SimpleQueue()
        self._connection = _forked(expectation) if expectation.reads_json else None
        self._drained = threading.Event()

    def start(self, call_soon: Callable[..., object], settle: Settle) -> Self:
        """`call_soon` brings a call to the loop from another thread."""
        self._call_soon, self._settle = call_soon, settle
        if self._connection is not None:
            threading.Thread(target=self._feed, daemon=True).start()
            threading.Thread(target=self._read, daemon=True).start()
        return self

    def judge(self, row: int, status: int, body: bytes) -> None:
        if self._connection is None or len(body) <= LARGE_BYTES:
            self._settle(row, judged(self._expectation, status, body))
        else:
            self._queue.put((row, status, body))

    def drain(self) -> bool:
        """Wait (in a thread) until all is judged and on its way to the loop; False if it is not."""
        if self._connection is None:
            return True
        self._queue.put(None)
        return self._drained.wait(DRAIN_SECONDS)

    def _feed(self) -> None:
        assert self._connection is not None  # noqa: S101 - started with one only
        try:
            while (item := self._queue.get()) is not None:
                self._connection.send(item)
            self._connection.send(None)
        except OSError:
            return  # the other process has ended; `drain` says that answers are not judged

    def _read(self) -> None:
        assert self._connection is not None  # noqa: S101 - started with one only
        try:
            while (item := self._connection.recv()) is not None:
                self._call_soon(self._settle, *item)
        except (EOFError, OSError):
            return
        self._drained.set()


def _forked(expectation: AnswerExpectation) -> Connection | None:
    if sys.platform == "win32":
        return None
    ours, theirs = Pipe()
    if os.fork():
        theirs.close()
        return ours
    ours.close()  # so that the parent's end closes with the parent
    try:
        _serve(theirs, expectation)
    finally:
        os._exit(0)


def _serve(connection: Connection, expectation: AnswerExpectation) -> None:
    for stream in (0, 1):  # they are the parent's: nobody may wait for us to close them
        os.close(stream)
    try:
        while (item := connection.recv()) is not None:
            row, status, body = item
            connection.send((row, judged(expectation, status, body)))
        connection.send(None)
    except (EOFError, OSError):
        return  # the sampler has ended


def _is_empty(data: Any, key: str) -> bool:
    """Whether the key is missing, or there with nothing in it; 0 and False are something."""
    value = data.get(key) if isinstance(data, dict) else None
    return value is None or value in ("", [], {})


def _head(status: int, body: bytes) -> str:
    return f"{status}: {body[:HEAD_BYTES].decode('utf-8', 'replace')}"


def _names_job(data: Any) -> bool:
    """Whether the id is there as the contract has it: a text."""
    value = data.get("job_id") if isinstance(data, dict) else None
    return isinstance(value, str) and value != ""
