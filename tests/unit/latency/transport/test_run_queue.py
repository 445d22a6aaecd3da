"""What a server on a busy core waits for, and what of its answers that explains."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import numpy as np
import pytest
from waiting import wait_until

from focus_engine.latency.measuring.run_queue import RunQueue
from focus_engine.latency.sampler.outcome import Outcome
from focus_engine.latency.statistics.samples import _queued, samples_of

LINUX_ONLY = pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts it")
COMPUTES = "while True: pass"
LISTENS = (
    "import socket; taken = socket.create_server(('127.0.0.1', 0));"
    "print(taken.getsockname()[1], flush=True)\n"
)


@contextmanager
def on_one_core(*codes: str) -> Iterator[int]:
    """Processes that share one core; the first says a port of its own."""
    core = {min(os.sched_getaffinity(0))}
    with ExitStack() as stack:
        found = []
        for code in codes:
            process = stack.enter_context(
                subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
            )
            stack.callback(process.kill)
            os.sched_setaffinity(process.pid, core)
            found.append(process)
        yield int(found[0].stdout.readline())


def waited(port: int | None, seconds: float = 0.5) -> float:
    """Seconds in the run queue per second."""
    queue = RunQueue(port)
    time.sleep(seconds)
    queue.close()
    if not queue.readings:
        return 0.0
    (begin, first, _), (end, last, _) = queue.readings[0], queue.readings[-1]
    return (last - first) / (end - begin)


@LINUX_ONLY
def test_a_server_that_shares_its_core_is_seen_to_wait() -> None:
    with on_one_core(LISTENS + COMPUTES, COMPUTES, COMPUTES) as port:
        wait_until(lambda: waited(port) > 0.3, "it waits for most of the time", 20)


@LINUX_ONLY
def test_a_server_that_sleeps_waits_for_no_core() -> None:
    with on_one_core(f"{LISTENS}import time; time.sleep(60)", COMPUTES) as port:
        assert waited(port) < 0.1


def test_of_no_server_nothing_is_known() -> None:
    assert RunQueue(None).readings == []
    queue = RunQueue(1)  # nobody listens there
    queue.close()
    queue.close()
    assert queue.readings == []


def test_who_stood_in_line_behind_what_was_late_waited_too() -> None:
    """No core until 1 s; then the line is worked off until 2 s."""
    readings = [(0.0, 0.0, 0.0), (1.0, 0.9, 0.1), (2.0, 0.9, 1.1), (4.0, 0.9, 1.2)]
    sent = np.array([0.2, 0.6, 1.1, 1.7, 2.5])
    done = np.array([1.2, 1.4, 1.6, 1.9, 3.5])
    assert np.allclose(_queued(readings, sent, done, 2), [0.72, 0.72, 0.36, 0.0, 0.0])
    assert not _queued([], sent, done, 2).any()


def test_a_server_that_is_slow_by_itself_is_not_excused() -> None:
    """It sleeps, one of its threads always computes, a tenth of the time others have its core."""
    stamps = np.arange(0.0, 60.0, 0.05)
    sent = np.arange(1.0, 50.0, 0.05)
    done = sent + 0.5
    readings = [(float(at), float(0.1 * at), float(0.9 * at)) for at in stamps]
    assert np.all(_queued(readings, sent, done, 2) < 0.12)
    own = [(float(at), float(2 * at), float(2 * at)) for at in stamps]
    assert not _queued(own, sent, done, 2).any()


def test_what_a_server_waited_for_is_no_latency_of_its_own() -> None:
    samples = samples_of([0.0, 1.0], [0.5, 0.5])
    samples.rows["queued"] = [0.4, 0.0]
    assert np.allclose(samples.certain().response, [0.1, 0.5])


def test_a_failure_while_the_server_had_no_core_is_not_certain() -> None:
    samples = samples_of([0.0, 1.0, 2.0], [1.1, 0.02, 1.1])
    samples.rows["outcome"] = Outcome.STATUS
    samples.rows["queued"] = [0.9, 0.01, 0.0]
    certain = samples.certain()
    assert certain.failed.tolist() == [False, True, True]
    assert certain.counted(0.3).tolist() == [False, True, True]
