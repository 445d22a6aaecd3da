"""Before, during and after an outage, recovery, baselines, and the honesty of the generator."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from focus_engine.latency.measuring.events import Event, EventKind, Phase
from focus_engine.latency.measuring.generator import (
    Honesty,
    honesty,
    lag_complaints,
    pace_complaints,
)
from focus_engine.latency.measuring.measurement import Measurement
from focus_engine.latency.planning.plan import MeasurementPlan, PreparedRequest
from focus_engine.latency.planning.schedule import ClosedLoop, constant
from focus_engine.latency.requirements.limit import Limit
from focus_engine.latency.requirements.requirement import LatencyRequirement
from focus_engine.latency.sampler.outcome import Outcome
from focus_engine.latency.statistics.baseline import (
    baseline_path,
    compare,
    make_baseline,
    read_baseline,
    store_baseline,
)
from focus_engine.latency.statistics.samples import Samples, samples_of
from focus_engine.latency.verdict.judgement import conclude, conclude_recovery, judge
from focus_engine.latency.verdict.phases import part, recovery
from focus_engine.verdict import PreconditionUnmet, ProductFailure, ToolError, Undetermined

P95 = Limit(Fraction(95), 0.3)
OUTAGE = [Event("off", EventKind.BEGIN, 10.0), Event("on", EventKind.END, 20.0)]


def outage(slow_until: float = 23.0, end: float = 40.0) -> Samples:
    due = np.arange(0, end, 0.05)
    response = np.where((due >= 10) & (due < slow_until), 1.0, 0.01)
    return samples_of(due, response)


def test_the_periods_are_told_apart() -> None:
    found = outage()
    assert len(part(found, OUTAGE, Phase.BEFORE)) == 200
    assert float(part(found, OUTAGE, Phase.DURING).response.min()) == pytest.approx(1.0)
    assert len(part(found, OUTAGE, Phase.AFTER)) == 400
    assert part(found, [], Phase.WHOLE) is found
    with pytest.raises(ToolError, match="has no 'begin' event"):
        part(found, [], Phase.BEFORE)


@pytest.mark.parametrize(
    ("slow_until", "seconds"), [(20.0, 0.0), (23.0, 3.0), (22.5, 3.0), (99.0, None)]
)
def test_recovery_starts_with_the_first_window_that_holds_for_good(
    slow_until: float, seconds: float | None
) -> None:
    assert recovery(outage(slow_until), OUTAGE, P95, 1.0).seconds == seconds


def test_a_relapse_puts_recovery_off() -> None:
    relapse = outage()
    slow = (relapse.rows["due"] > 30.2) & (relapse.rows["due"] < 31.8)
    relapse.rows["done"][slow] += 1.0
    found = Samples(relapse.rows, 0.0)
    assert recovery(found, OUTAGE, P95, 1.0).seconds == 12.0


@pytest.mark.parametrize(("rate", "slow"), [(0.5, 2), (0.2, 1), (50, 100)])
def test_windows_without_requests_do_not_put_recovery_off(rate: float, slow: int) -> None:
    """POST /configure comes every two seconds on a real server, and windows are one second."""
    due = np.arange(20.005, 60, 1 / rate)
    response = np.full(len(due), 0.01)
    response[:slow] = 1.0
    samples = samples_of(due, response)
    found = recovery(samples, OUTAGE, P95, 1.0)
    last_slow = due[slow - 1] - 20
    assert found.seconds == int(last_slow) + 1
    assert found.first_seen == pytest.approx(due[slow] - 20)
    measured = Measurement("GET /a", "sandbox", "open loop", samples)
    assert conclude_recovery(measured, found, P95, 10.0, hold=5.0) == found.seconds
    with pytest.raises(Undetermined if rate < 1 else ProductFailure):
        conclude_recovery(measured, found, P95, found.seconds - (0 if rate < 1 else 1), hold=5.0)


@pytest.mark.parametrize(
    ("slow_until", "end", "tolerated", "error"),
    [
        (23.0, 40.0, 5.0, None),
        (28.0, 40.0, 5.0, ProductFailure),
        (99.0, 40.0, 5.0, ProductFailure),
        (99.0, 24.0, 5.0, Undetermined),
        (23.0, 24.0, 5.0, Undetermined),
    ],
)
def test_the_verdict_on_recovery(
    slow_until: float, end: float, tolerated: float, error: type[Exception] | None
) -> None:
    samples = outage(slow_until, end)
    measured = Measurement("GET /a", "sandbox", "open loop", samples)
    found = recovery(samples, OUTAGE, P95, 1.0)
    if error is None:
        assert conclude_recovery(measured, found, P95, tolerated, hold=5.0) == 3.0
        return
    with pytest.raises(error, match=r"GET /a: expected P95 <= 300 ms to hold 5 s after the outage"):
        conclude_recovery(measured, found, P95, tolerated, hold=5.0)


def drawn(median: float, seed: int, count: int = 2000, rate: float = 50) -> Samples:
    values = np.random.default_rng(seed).lognormal(np.log(median), 0.4, size=count)
    return samples_of(np.arange(count) / rate, values)


def test_a_slowdown_is_a_regression_and_noise_is_none(tmp_path: Path) -> None:
    path = baseline_path(tmp_path, "sandbox", "GET /a", "open loop")
    store_baseline(path, make_baseline(drawn(0.02, 1), "sandbox", "GET /a", "open loop"))
    stored = read_baseline(path, "sandbox", "GET /a", "open loop")
    same = compare(drawn(0.02, 2), stored, Fraction(95), tolerance=0.1)
    assert not same.regressed
    assert same.lower < same.ratio < same.upper
    slower = compare(drawn(0.03, 3), stored, Fraction(95), tolerance=0.1)
    assert slower.regressed
    assert slower.lower < slower.ratio < slower.upper
    assert slower.ratio == pytest.approx(1.5, abs=0.15)


def test_a_baseline_of_something_else_is_refused(tmp_path: Path) -> None:
    path = baseline_path(tmp_path, "sandbox", "GET /a", "open loop")
    with pytest.raises(PreconditionUnmet, match="has no baseline of GET /a"):
        read_baseline(path, "sandbox", "GET /a", "open loop")
    stored = make_baseline(drawn(0.02, 1), "staging", "GET /a", "open loop")
    store_baseline(path, stored)
    with pytest.raises(ToolError, match=r"is the baseline of GET /a .* in 'staging'"):
        read_baseline(path, "sandbox", "GET /a", "open loop")
    with pytest.raises(ToolError, match="P99 needs 299 samples on both sides"):
        compare(drawn(0.02, 2, count=250), stored, Fraction(99), tolerance=0.1)


@pytest.mark.parametrize(
    ("then", "now", "worse"),
    [
        ((0, 2000), (10, 2000), True),
        ((0, 2000), (1, 2000), False),
        ((0, 100), (1, 10_000), False),
        ((10, 100), (10, 10_000), False),
        ((1, 10_000), (10, 100), True),
        ((10, 2000), (10, 2000), False),
    ],
)
def test_more_errors_than_chance_explains_are_a_regression(
    then: tuple[int, int], now: tuple[int, int], worse: bool
) -> None:
    """Both sides are samples: a baseline of 100 good answers does not say that none ever fails."""

    def failing(failures: tuple[int, int], seed: int) -> Samples:
        samples = drawn(0.02, seed, failures[1], rate=20)
        samples.rows["outcome"][: failures[0]] = Outcome.STATUS
        return samples

    stored = make_baseline(failing(then, 1), "sandbox", "GET /a", "open loop")
    if worse:
        with pytest.raises(ProductFailure, match=r"requests failed; in the baseline of"):
            compare(failing(now, 2), stored, Fraction(50), tolerance=0.5)
    else:
        assert not compare(failing(now, 2), stored, Fraction(50), tolerance=0.5).regressed


@pytest.mark.parametrize("windows", [5, 20])
def test_the_interval_of_a_ratio_holds_the_truth_as_often_as_it_says(windows: int) -> None:
    """Two measurements of one server, each with a level of its own per window: 90 % intervals."""
    source = np.random.default_rng(7)

    def measured() -> Samples:
        levels = np.repeat(source.lognormal(np.log(0.02), 0.2, size=windows), 40)
        noise = source.lognormal(0, 0.1, size=len(levels))
        return samples_of(np.arange(len(levels)) * windows / len(levels), levels * noise)

    held = 0
    for _ in range(150):
        stored = make_baseline(measured(), "sandbox", "GET /a", "open loop")
        found = compare(measured(), stored, Fraction(50), tolerance=0.1)
        held += found.lower <= 1 <= found.upper
    assert held / 150 >= 0.85


@pytest.mark.parametrize("tolerance", [-0.1, float("inf"), float("nan")])
def test_a_tolerance_that_demands_nothing_is_refused(tolerance: float) -> None:
    same = outage()
    stored = make_baseline(same, "sandbox", "GET /a", "even")
    with pytest.raises(ToolError, match="demands nothing that can be told"):
        compare(same, stored, Fraction(50), tolerance)


def test_as_many_errors_as_in_the_baseline_are_no_regression() -> None:
    then, now = drawn(0.02, 1), drawn(0.02, 2)
    for samples in (then, now):
        samples.rows["outcome"][:10] = Outcome.STATUS
    stored = make_baseline(then, "sandbox", "GET /a", "open loop")
    assert not compare(now, stored, Fraction(95), tolerance=0.5).regressed


def closed_loop() -> Measurement:
    plan = MeasurementPlan((PreparedRequest("GET", "http://127.0.0.1:9/a"),), ClosedLoop(2, 5.0))
    return Measurement("GET /a", "sandbox", "closed loop", drawn(0.02, 1), plan)


def test_that_a_closed_loop_holds_a_limit_says_nothing() -> None:
    measured = closed_loop()
    decisions = judge(measured, LatencyRequirement((P95,), 0.0))
    with pytest.raises(Undetermined, match="held in a closed loop, whose users send nothing while"):
        conclude(measured, decisions, Phase.WHOLE)


def test_a_closed_loop_that_breaks_a_limit_fails() -> None:
    measured = closed_loop()
    decisions = judge(measured, LatencyRequirement((Limit(Fraction(95), 0.001),), 0.0))
    with pytest.raises(ProductFailure):
        conclude(measured, decisions, Phase.WHOLE)


HONEST = Honesty(
    open_loop=True,
    offered=1000,
    sent=1000,
    dropped=0,
    planned=10.0,
    behind=0.0,
    seconds=10.0,
    lag_p50=0.0002,
    lag_p99=0.002,
    cpu_share=0.2,
    loop="uvloop",
    stopped_early=False,
)


FACTS = {
    "offered": 100,
    "started_at": 0.0,
    "cpu_share": 0.1,
    "loop": "uvloop",
    "stopped_early": False,
    "gave_up": False,
    "loop_late_p99": 0.0,
}


@pytest.mark.parametrize(("late", "lag"), [(1, 0.0), (2, 0.5)])
def test_one_request_in_a_hundred_may_leave_late(late: int, lag: float) -> None:
    sent = samples_of(np.arange(100) / 10, np.full(100, 1.0))
    sent.rows["sent"][:late] += 0.5
    facts = {
        "offered": 100,
        "dropped": 0,
        "ended_at": 10.0,
        "started_at": 0.0,
        "cpu_share": 0.1,
        "gave_up": None,
        "loop_late_p99": 0.0,
    }
    facts |= {"loop": "uvloop", "stopped_early": False}
    found = honesty(sent, facts, constant(10, 10.0))
    assert found.lag_p99 == pytest.approx(lag)
    assert found.achieved == pytest.approx(1.0)


def test_a_sender_that_cannot_keep_the_pace_is_behind_at_the_end() -> None:
    sent = samples_of(np.arange(100) / 10, np.full(100, 1.0))
    sent.rows["sent"] += np.linspace(0, 1, 100)
    facts = {
        "offered": 100,
        "dropped": 0,
        "ended_at": 12.0,
        "started_at": 0.0,
        "cpu_share": 0.1,
        "gave_up": None,
        "loop_late_p99": 0.0,
    }
    facts |= {"loop": "uvloop", "stopped_early": False}
    found = honesty(sent, facts, constant(10, 10.0))
    assert (found.sent, found.offered) == (100, 100)
    assert found.achieved == pytest.approx(10 / 10.9, rel=0.01)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({}, None),
        ({"sent": 980}, "98.0% of the rate that was offered (at least 99%): 980 of 1000"),
        ({"behind": 0.2}, "98.0% of the rate that was offered (at least 99%): 1000 of 1000, the"),
        ({"sent": 900, "dropped": 100}, None),
        ({"held": 5.0}, None),
        ({"own_errors": 3, "own_example": "OSError: [Errno 24]"}, "3 requests could not be sent"),
        ({"lag_p99": 0.016}, "P99 of the schedule lag is 16.0 ms, at most 15.0 ms"),
        ({"cpu_share": 0.81}, "81% of a core"),
        ({"open_loop": False, "sent": 10}, None),
    ],
)
def test_a_dishonest_run_is_invalid(changed: dict, message: str | None) -> None:
    rounds = [HONEST, replace(HONEST, **changed)]
    found = pace_complaints(rounds) + lag_complaints(rounds, 0.3)
    assert (found == []) if message is None else (message in found[0])
