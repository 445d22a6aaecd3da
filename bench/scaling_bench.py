"""What 1, 2 and 4 sending processes carry together, and how late they themselves are."""

import tempfile
from pathlib import Path

from bench.measuring import Line
from focus_engine.latency.measuring.fleet import Fleet
from focus_engine.latency.measuring.generator import Honesty
from focus_engine.latency.measuring.shared_run import SharedRun
from focus_engine.latency.measuring.worker_process import WorkerProcess
from focus_engine.latency.planning.plan import MeasurementPlan, PreparedRequest
from focus_engine.latency.planning.schedule import ClosedLoop, Shape, constant
from focus_engine.ledger import JobLedger

PROCESSES = (1, 2, 4)
USERS = 8  # of each process
SECONDS = 3.0
RATE = 500.0  # of each process, for the lag


def scaling(port: int) -> list[Line]:
    """A line per number of processes against the server at `port`, which does no work."""
    return [_line(port, count) for count in PROCESSES]


def _line(port: int, count: int) -> Line:
    fleet = Fleet(count) if count > 1 else None
    try:
        most = _rounds(port, ClosedLoop(USERS * count, SECONDS), fleet)
        paced = _rounds(port, constant(RATE * count, SECONDS), fleet)
    finally:
        if fleet is not None:
            fleet.close()
    carried = sum(item.rate for item in most)
    lag = max(item.lag_p99 for item in paced)
    busiest = max(item.cpu_share for item in paced)
    text = (
        f"{carried:.0f} requests/s; at {RATE * count:.0f}/s the latest process has a schedule lag "
        f"P99 of {lag * 1000:.2f} ms and uses {busiest:.0%} of a core"
    )
    return Line(f"{count} sending process{'es' if count > 1 else ''}, no-work server", text, None)


def _rounds(port: int, shape: Shape, fleet: Fleet | None) -> list[Honesty]:
    plan = MeasurementPlan((PreparedRequest("GET", f"http://127.0.0.1:{port}/channels"),), shape)
    if fleet is None:
        with WorkerProcess(plan) as worker:
            return worker.outcome(lambda _: None)[1]
    with (
        tempfile.TemporaryDirectory() as folder,
        SharedRun(plan, fleet, JobLedger(Path(folder) / "ledger.sqlite")) as run,
    ):
        return run.outcome(lambda _: None)[1]
