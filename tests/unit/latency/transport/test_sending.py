"""The sampler in this process: mistakes of ours, and how often it looks at the clock."""

import asyncio
import time

import pytest

from focus_engine.latency.planning.plan import MeasurementPlan, PreparedRequest
from focus_engine.latency.planning.schedule import ClosedLoop, Shape, constant
from focus_engine.latency.sampler.answers import AnswerJudge
from focus_engine.latency.sampler.sampler import Sampler

from .conftest import OK, Run, Visitors, serving, until

SHAPES = pytest.mark.parametrize(
    "shape", [constant(100, 0.2), ClosedLoop(2, 0.2)], ids=["open", "closed"]
)


def sampler(url: str, shape: Shape) -> Sampler:
    plan = MeasurementPlan((PreparedRequest("GET", url),), shape, timeout=30.0)
    return Sampler(plan, AnswerJudge(plan.expectation))


@SHAPES
def test_a_mistake_of_ours_ends_the_run(
    run: Run, shape: Shape, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mistaken(*_: object) -> None:
        raise LookupError("a mistake")

    monkeypatch.setattr(AnswerJudge, "judge", mistaken)

    async def work() -> None:
        async with serving(Visitors(OK).visit) as url:
            with pytest.raises(LookupError, match="a mistake"):
                await sampler(url, shape).run()

    run(work())


@SHAPES
def test_the_cpu_is_looked_at_twice(
    run: Run, shape: Shape, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[float] = []

    def look() -> float:
        looks.append(time.perf_counter())
        return 0.5 * looks[-1]

    monkeypatch.setattr(time, "process_time", look)

    async def work() -> None:
        async with serving(Visitors(OK).visit) as url:
            asked = sampler(url, shape)
            await asked.run()
        assert asked.recorder.rows > 2
        assert asked.effort.share == pytest.approx(0.5, rel=0.1)

    run(work())
    assert len(looks) == 2


@SHAPES
def test_a_run_that_is_stopped_has_a_cpu_share(run: Run, shape: Shape) -> None:
    async def work() -> None:
        async with serving(Visitors(OK).visit) as url:
            asked = sampler(url, shape)
            running = asyncio.create_task(asked.run())
            await until(lambda: asked.recorder.finished)
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
        assert asked.effort.share > 0

    run(work())
