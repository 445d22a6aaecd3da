"""How many streams 1, 2 and 4 sending processes read together, from a sandbox beside them."""

import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

from bench.measuring import Line
from bench.sandbox_bench import JOB_LIFE, configuring
from bench.sandbox_process import sandbox
from focus_engine.latency.measuring.fleet import Fleet
from focus_engine.latency.measuring.shared_run import SharedRun
from focus_engine.latency.measuring.worker_process import WorkerProcess
from focus_engine.latency.planning.plan import AnswerExpectation, MeasurementPlan
from focus_engine.latency.planning.schedule import constant
from focus_engine.latency.statistics.samples import Samples
from focus_engine.ledger import JobLedger
from focus_engine.streams.terms import ReaderTerms

PROCESSES = (1, 2, 4)
RATE = 5.0  # investigations per second of each process
SECONDS, READING = 3.0, 2.0
TERMS = ReaderTerms(READING, timeout=10.0, only_loopback=True)


def readers() -> list[Line]:
    """A line per number of processes; for comparison, since the sandbox serves from one core."""
    with sandbox("--job-life", JOB_LIFE) as addresses:
        plan = MeasurementPlan(
            (configuring(addresses["base_url"]),),
            constant(RATE, SECONDS),
            AnswerExpectation(job_id=True),
            readers=TERMS,
        )
        return [_line(plan, count) for count in PROCESSES]


def _line(plan: MeasurementPlan, count: int) -> Line:
    found = _read(replace(plan, shape=constant(RATE * count, SECONDS)), count)
    troubles = Counter(str(one["trouble"]) for one in found.readings if one["trouble"])
    frames = sum(one["frames"] for one in found.readings)
    late = max((one["own_delay"] for one in found.readings), default=0.0)
    failed = ", ".join(f"{number} {kind}" for kind, number in troubles.items()) or "none failed"
    text = (
        f"{len(found.readings)} streams of {len(found)} investigations, {frames} frames "
        f"in {READING:g} s each, {failed}; the latest reader began {late * 1000:.0f} ms late"
    )
    return Line(f"readers of {count} process{'es' if count > 1 else ''}", text, None)


def _read(plan: MeasurementPlan, count: int) -> Samples:
    if count == 1:
        with WorkerProcess(plan) as worker:
            return worker.outcome(lambda _: None)[0]
    fleet = Fleet(count)
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            SharedRun(plan, fleet, JobLedger(Path(folder) / "ledger.sqlite")) as run,
        ):
            return run.outcome(lambda _: None)[0]
    finally:
        fleet.close()
