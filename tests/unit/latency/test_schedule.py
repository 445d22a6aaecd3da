"""Due times, and plans that an environment and the job budget can carry."""

from fractions import Fraction
from math import inf, nan
from pathlib import Path

import pytest

from focus_engine.environment import Environment, read_environment_file
from focus_engine.latency.planning.load import Load
from focus_engine.latency.planning.measurement_spec import (
    MeasurementSpec,
    bodies_of,
    extension_rounds,
    plan_of,
    steps_of,
)
from focus_engine.latency.planning.plan import JobTerms, MeasurementPlan, PreparedRequest, paced
from focus_engine.latency.planning.schedule import (
    ClosedLoop,
    OpenLoop,
    Segment,
    arrival_times,
    constant,
    warm_up_times,
)
from focus_engine.latency.requirements.limit import Limit
from focus_engine.ledger import JobLedger
from focus_engine.verdict import NotAllowed, ToolError

LEDGER = JobLedger(Path("unused.sqlite"))


def environment(name: str = "sandbox", job_life: float = 1.0) -> Environment:
    file = read_environment_file(name)
    return Environment(
        name, file, "http://127.0.0.1:1/focus-server", None, None, "", None, job_life
    )


def test_constant_arrivals_are_exact() -> None:
    due = list(arrival_times(constant(100, 3)))
    assert len(due) == 300
    assert due == pytest.approx([index / 100 for index in range(300)])


def test_a_ramp_sends_as_many_as_its_mean_rate() -> None:
    due = list(arrival_times(OpenLoop((Segment(0, 20, 10),))))
    assert len(due) == 100
    assert due == sorted(due)
    assert sum(1 for at in due if at < 5) == pytest.approx(25, abs=1)


def test_steps_follow_each_other() -> None:
    due = list(arrival_times(OpenLoop((Segment(10, 10, 2), Segment(50, 50, 1)))))
    assert len(due) == 70
    assert sum(1 for at in due if at < 2) == 20
    assert max(due) < 3


def test_poisson_arrivals_repeat_with_their_seed() -> None:
    def draw(seed: int) -> list[float]:
        return list(arrival_times(OpenLoop((Segment(100, 100, 10),), poisson=True, seed=seed)))

    assert draw(1) == draw(1) != draw(2)
    assert len(draw(1)) == pytest.approx(1000, abs=120)


def test_the_warm_up_comes_before_time_0_at_the_same_rate() -> None:
    assert list(warm_up_times(constant(10, 5), 0.3)) == pytest.approx([-0.3, -0.2, -0.1])


def test_a_load_of_nothing_is_refused() -> None:
    with pytest.raises(ToolError, match="sends nothing"):
        constant(0, 10)
    with pytest.raises(ToolError, match="sends nothing"):
        ClosedLoop(0, 10)


def test_a_repeated_load_is_the_same_for_longer() -> None:
    assert constant(10, 5).repeated(3) == OpenLoop((Segment(10, 10, 15),), seed=3)
    assert len(OpenLoop((Segment(0, 20, 10),)).repeated(2).segments) == 2


@pytest.mark.parametrize(
    "shape",
    [OpenLoop((Segment(1, 5, 2), Segment(5, 5, 1)), poisson=True, seed=4), ClosedLoop(3, 2)],
)
def test_a_plan_survives_the_way_to_the_child(shape: OpenLoop | ClosedLoop) -> None:
    jobs = JobTerms("ledger.sqlite", 30, 1.0, 10.0, 11.0)
    request = PreparedRequest("POST", "http://h/configure", (("A", "b"),), b"\x00\xff{}")
    plan = MeasurementPlan((request,), shape, warm_up=1.0, jobs=jobs)
    assert MeasurementPlan.from_json(plan.to_json()) == plan


def test_the_job_budget_slows_down_but_drops_nothing() -> None:
    jobs = JobTerms("", 30, 50.0, 10.0, 60.0)
    slowed = paced(constant(10, 30), jobs)
    assert slowed.peak_rate == pytest.approx(0.53, abs=0.01)
    assert len(list(arrival_times(slowed))) == 300
    assert slowed.duration == pytest.approx(567, abs=1)
    assert paced(constant(0.1, 30), jobs) == constant(0.1, 30)


def test_poisson_arrivals_leave_room_for_bursts() -> None:
    jobs = JobTerms("", 30, 50.0, 10.0, 60.0)
    assert jobs.sustainable_rate(poisson=True) < 0.65 * jobs.sustainable_rate(poisson=False)


def test_configure_is_paced_and_said() -> None:
    spec = MeasurementSpec("POST /configure", bodies=({"a": 1},), rate=100, samples=300)
    plan, notes = plan_of(spec, environment(), LEDGER)
    assert plan.jobs is not None
    assert plan.expectation.job_id
    assert "paced from 100/s to 36/s by the job budget (80 alive, 1 s each)" in notes[0]


def test_reading_is_not_paced() -> None:
    plan, notes = plan_of(
        MeasurementSpec("GET /channels", rate=100, samples=300), environment(), LEDGER
    )
    assert (plan.jobs, notes) == (None, [])
    assert plan.requests[0].url == "http://127.0.0.1:1/focus-server/channels"


def test_production_is_read_and_gently() -> None:
    production = environment("kefar_saba")
    plan_of(MeasurementSpec("GET /channels", rate=2), production, LEDGER)
    with pytest.raises(NotAllowed, match="needs 'load'"):
        plan_of(MeasurementSpec("GET /channels", rate=50), production, LEDGER)
    with pytest.raises(NotAllowed, match="needs 'jobs'"):
        plan_of(MeasurementSpec("POST /configure", bodies=({},), rate=0.1), production, LEDGER)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (MeasurementSpec("channels"), "is no endpoint"),
        (MeasurementSpec(""), "is no endpoint"),
        (MeasurementSpec("GET /a", rate=1e9), "1e\\+09 requests per second cannot be sent"),
        (MeasurementSpec("GET /a", load=Load.STEPS, steps=((2e5, 1.0),)), "cannot be sent"),
        (MeasurementSpec("", path="/channels"), "is no endpoint"),
        (MeasurementSpec("GET /metadata/{job_id}"), "has a placeholder"),
        (MeasurementSpec("GET /a", samples=1, duration=1.0), "by `samples` or by `duration`"),
        (MeasurementSpec("GET /a", load=Load.CLOSED), "Give `duration`"),
        (MeasurementSpec("GET /a", load=Load.RAMP), "Give `to_rate`"),
        (MeasurementSpec("GET /a", load=Load.STEPS), "needs `steps`"),
        *((MeasurementSpec("GET /a", rate=rate), "sends nothing") for rate in (0, nan, inf)),
        *((MeasurementSpec("GET /a", samples=count), "sends nothing") for count in (0, -5)),
        *((MeasurementSpec("GET /a", duration=time), "sends nothing") for time in (0.0, -1.0, inf)),
        (MeasurementSpec("GET /a", load=Load.CLOSED, duration=inf), "sends nothing"),
        (MeasurementSpec("GET /a", warm_up=-1.0), "Give a warm-up of 0 s or more"),
        (MeasurementSpec("GET /a", timeout=0.0), "a timeout above 0 s"),
    ],
)
def test_contradictions_are_sentences(spec: MeasurementSpec, message: str) -> None:
    with pytest.raises(ToolError, match=message):
        plan_of(spec, environment(), LEDGER)


def test_what_a_table_gives_is_read() -> None:
    assert bodies_of(None) == ()
    assert bodies_of({"a": 1}) == ({"a": 1},)
    assert bodies_of([b"1", b"2"]) == (b"1", b"2")
    assert steps_of([("5", 10)]) == ((5.0, 10.0),)
    with pytest.raises(ToolError, match="expected pairs"):
        steps_of([(1,)])


def test_the_looks_are_fixed_beforehand() -> None:
    assert extension_rounds(10, 0) == []
    assert extension_rounds(10, 29) == [1]
    assert extension_rounds(10, 30) == [1, 2]
    assert extension_rounds(10, 1000) == [1, 2]


@pytest.mark.parametrize(
    ("percent", "samples", "refused"),
    [(95, 1, True), (95, 2, False), (99, 1, False), (50, 4, True)],
)
def test_what_cannot_fail_is_refused(percent: int, samples: int, refused: bool) -> None:
    limits = (Limit(Fraction(percent), 0.3),)
    spec = MeasurementSpec("GET /a", rate=5, samples=samples, limits=limits)
    if refused:
        with pytest.raises(ToolError, match=f"a measurement of {samples} requests cannot fail"):
            plan_of(spec, environment(), LEDGER)
    else:
        plan_of(spec, environment(), LEDGER)
