"""What the benches share: a goal, and one measurement by the engine in its child process."""

from dataclasses import dataclass

from focus_engine.latency.measuring.generator import Honesty, honesty
from focus_engine.latency.measuring.worker_process import WorkerProcess
from focus_engine.latency.planning.plan import AnswerExpectation, MeasurementPlan, PreparedRequest
from focus_engine.latency.planning.schedule import Shape
from focus_engine.latency.statistics.samples import Samples


@dataclass(frozen=True)
class Line:
    """One goal: what was measured, against what, and whether it holds."""

    goal: str
    measured: str
    holds: bool | None  # None = for comparison only


def by_engine(
    request: PreparedRequest,
    shape: Shape,
    warm_up: float,
    expectation: AnswerExpectation | None = None,
) -> tuple[Samples, Honesty]:
    plan = MeasurementPlan((request,), shape, expectation or AnswerExpectation(), warm_up=warm_up)
    with WorkerProcess(plan) as worker:
        samples, facts = worker.finish(lambda _: None)
    return samples, honesty(samples, facts, shape)
