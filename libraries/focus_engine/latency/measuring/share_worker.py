"""What a worker of a fleet does: it sends one share from a process of its own, and tells all rows.

Runs in a worker process of Dask, on any machine; imports no Dask.
"""

import tempfile
import time
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from platform import node
from typing import TYPE_CHECKING, Any

from focus_engine import __version__
from focus_engine.latency.measuring.generator import Honesty, honesty
from focus_engine.latency.measuring.worker_process import WorkerProcess
from focus_engine.latency.planning.plan import MeasurementPlan
from focus_engine.ledger import JobLedger, Row
from focus_engine.verdict import ToolError

if TYPE_CHECKING:  # which loads numpy
    from focus_engine.latency.statistics.samples import Samples

_SENDING: dict[str, WorkerProcess] = {}  # by token, so that a share can be ended early


@dataclass(frozen=True)
class Introduction:
    """What a worker says of itself; `now` is its time.time()."""

    host: str
    version: str
    now: float


@dataclass(frozen=True)
class SentShare:
    """One share as it was sent: all of its rows, how honest it was, and what its ledger says."""

    samples: "Samples"
    honesty: Honesty | None  # None: no arrival was of this share
    jobs: tuple[Row, ...]


@dataclass(frozen=True)
class RefusedShare:
    """Why a worker could not send its share, in its own sentence (for an ERROR)."""

    sentence: str


def introduce() -> Introduction:
    return Introduction(node(), __version__, time.time())


def send_share(plan_json: str, token: str) -> SentShare | RefusedShare:
    """Send the share that the plan names; the ledger is this worker's own while it lasts."""
    try:
        return _sent(MeasurementPlan.from_json(plan_json), token)
    except ToolError as error:
        return RefusedShare(error.sentence)


def stop_share(token: str) -> None:
    """End a share early; what it sent until now is its result."""
    worker = _SENDING.get(token)
    if worker is not None:
        worker.stop()


def _sent(plan: MeasurementPlan, token: str) -> SentShare:
    from focus_engine.latency.statistics.shares import on_grid  # noqa: PLC0415 - loads numpy

    with tempfile.TemporaryDirectory(prefix="focus-share-") as folder:
        ledger = JobLedger(Path(folder) / "ledger.sqlite")
        if plan.jobs is not None:
            plan = replace(plan, jobs=replace(plan.jobs, ledger=str(ledger.path)))
        with WorkerProcess(plan) as worker:
            _SENDING[token] = worker
            try:
                samples, facts = worker.finish(lambda _: None)
            finally:
                del _SENDING[token]
        jobs = ledger.rows() if plan.jobs is not None else ()
    samples = on_grid(samples)
    return SentShare(samples, _honesty(samples, facts, plan), jobs)


def _honesty(samples: "Samples", facts: dict[str, Any], plan: MeasurementPlan) -> Honesty | None:
    if not facts["offered"] and not facts["stopped_early"] and not facts["gave_up"]:
        return None
    from focus_engine.latency.statistics.percentiles import percentile  # noqa: PLC0415 - loads numpy

    share = plan.share.words if plan.share else ""
    answered = samples.ok_response
    p50, p95 = (
        percentile(answered, Fraction(percent)).value if len(answered) else None
        for percent in (50, 95)
    )
    own = honesty(samples, facts, plan.shape)
    return replace(own, share=f"{share} on {node()}", p50=p50, p95=p95)
