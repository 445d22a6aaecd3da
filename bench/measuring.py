"""What the benches share: a goal, and one measurement by the engine in its child process."""

from dataclasses import dataclass

from focus_engine.latency.generator import Honesty, honesty
from focus_engine.latency.plan import Expectation, Plan, Request
from focus_engine.latency.samples import Samples
from focus_engine.latency.schedule import Shape
from focus_engine.latency.worker_process import Child


@dataclass(frozen=True)
class Line:
    """One goal: what was measured, against what, and whether it holds."""

    goal: str
    measured: str
    holds: bool | None  # None = for comparison only


def by_engine(
    request: Request, shape: Shape, warm_up: float, expectation: Expectation | None = None
) -> tuple[Samples, Honesty]:
    plan = Plan((request,), shape, expectation or Expectation(), warm_up=warm_up)
    with Child(plan) as child:
        samples, facts = child.finish(lambda _: None)
    return samples, honesty(samples, facts, shape)
