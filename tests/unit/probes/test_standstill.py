"""A process that stands still knows for how long, and blames nobody else."""

import os
import signal
import subprocess
import sys
import time

import pytest

from focus_engine.probes.standstill import Standstill, excuse

STOPPED = 1.0
PROGRAM = """
import sys, time
from focus_engine.probes.standstill import Standstill
with Standstill() as still:
    print("ticks", flush=True)
    sys.stdin.readline()
print(still.seconds)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="a process is halted by a signal")
def test_a_process_that_was_halted_stood_still() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        text=True,
    ) as process:
        assert process.stdout.readline() == "ticks\n"
        time.sleep(0.1)
        os.kill(process.pid, signal.SIGSTOP)
        time.sleep(STOPPED)
        os.kill(process.pid, signal.SIGCONT)
        told, _ = process.communicate("\n", timeout=60)
    assert float(told) > STOPPED / 2


def test_who_only_waits_did_not_stand_still() -> None:
    with Standstill() as still:
        time.sleep(0.5)
    assert still.seconds < 0.5


@pytest.mark.parametrize(
    ("seconds", "stood_still", "excused"),
    [(0.9, 0.5, False), (1.4, 0.3, False), (1.4, 0.4, True), (1.4, 1.4, True), (9.0, 0.0, False)],
)
def test_only_what_would_have_been_in_time_is_excused(seconds, stood_still, excused) -> None:
    assert bool(excuse(seconds, stood_still, 1.0)) is excused
