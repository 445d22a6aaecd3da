"""What a step found adds up, survives its file, and is judged by nothing else."""

import json
from fractions import Fraction

import numpy as np
import pytest

from focus_engine.latency.requirements.limit import Limit
from focus_engine.latency.requirements.requirement import LatencyRequirement
from focus_engine.latency.sampler.outcome import Outcome
from focus_engine.latency.statistics.samples import samples_of
from focus_engine.load.counts import Counts, alive_at_once, counts_of
from focus_engine.load.result import LoadResult, Step
from focus_engine.load.sent import require_sent
from focus_engine.load.verdict import breaking_step, conclude, why_broken
from focus_engine.verdict import ProductFailure, Undetermined

LIMIT = Limit(Fraction(95), 2.0)
DEMAND = LatencyRequirement((LIMIT,), 0.05)
FAST, SLOW = 0.01, 3.0


def counted(fast: int = 0, slow: int = 0, failed: int = 0) -> Counts:
    samples = samples_of(
        range(fast + slow + failed), [FAST] * fast + [SLOW] * slow + [FAST] * failed
    )
    samples.rows["outcome"][fast + slow :] = Outcome.STATUS
    return counts_of(samples, [LIMIT])


def step(jobs: int, counts: Counts, number: int = 1, reached: int | None = None, **further) -> Step:
    reached = jobs if reached is None else reached
    return Step(number, jobs, reached, begin=0.0, end=1.0, counts=counts, **further)


def result(*steps: Step) -> LoadResult:
    return LoadResult("waves", "together", "sandbox", "test", len(steps), steps)


@pytest.mark.parametrize("percent", [50, 95, 99])
def test_percentiles_are_those_of_the_samples_to_half_a_per_cent(percent: int) -> None:
    values = np.random.default_rng(2).lognormal(-3, 0.7, size=3000)
    found = counts_of(samples_of(range(3000), values), []).percentile(percent)
    exact = np.percentile(values, percent, method="inverted_cdf")
    assert found == pytest.approx(exact, rel=0.0051)


def test_failures_are_counted_apart_and_are_over_every_limit() -> None:
    counts = counted(fast=7, slow=2, failed=1)
    assert (counts.requests, counts.ok, counts.failures) == (10, 9, 1)
    assert counts.over == {"P95 <= 2000 ms": 3}
    assert counts.failed == {"unexpected status": 1}
    assert counted().percentile(50) is None
    assert counted().success == 0.0


@pytest.mark.parametrize("kind", [Outcome.UNFINISHED, Outcome.CLIENT])
def test_what_says_nothing_about_the_server_is_no_failure_of_it(kind: Outcome) -> None:
    samples = samples_of(range(10), [FAST] * 10)
    samples.rows["outcome"][:4] = kind
    counts = counts_of(samples, [LIMIT])
    assert (counts.requests, counts.ok, counts.failures) == (6, 6, 0)
    assert why_broken(step(10, counts), DEMAND) is None


HELD = "unanswered requests held the job budget for up to 1.2 s"


@pytest.mark.parametrize("up_to", [None, 30])
def test_a_step_that_the_budget_held_back_says_so(up_to: int | None) -> None:
    slowed = result(step(30, counted(20), reached=20, held_back=HELD))
    with pytest.raises(Undetermined, match=rf"\({HELD}\)"):
        conclude(slowed, DEMAND, up_to)


def test_a_result_survives_its_file() -> None:
    held = step(5, counted(4, 1, 1), started=("1-1",), unknown=("2-2",), alive=3, held_back=HELD)
    written = result(held)
    assert LoadResult.from_json(json.loads(json.dumps(written.as_json()))) == written


def test_a_result_of_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="format 1"):
        LoadResult.from_json({**result().as_json(), "format": 1})


def test_as_many_failures_as_are_tolerated_hold_and_one_more_breaks() -> None:
    assert why_broken(step(20, counted(fast=19, failed=1)), DEMAND) is None
    reason = why_broken(step(20, counted(fast=18, failed=2), example="503: busy"), DEMAND)
    assert reason == (
        "2 of 20 requests failed (10.0%, at most 5% may): 2 unexpected status (503: busy)"
    )


def test_one_slow_answer_of_few_may_be_chance_and_two_are_not() -> None:
    assert why_broken(step(5, counted(fast=4, slow=1)), DEMAND) is None
    reason = why_broken(step(5, counted(fast=3, slow=2)), DEMAND)
    assert reason == "2 of 5 requests were slower than 2000 ms (40.0%, P95 <= 2000 ms allows 5%)"


@pytest.mark.parametrize(
    ("fast", "slow", "failed", "verdict"),
    [
        (45, 5, 0, "undetermined"),  # 10 % where 5 % may be: seen, and not certain
        (40, 10, 0, "breaks"),
        (48, 2, 0, "holds"),
        (50, 0, 2, "holds"),
        (44, 4, 2, "breaks"),  # 6 of 50 are too slow, as what fails is
        (46, 2, 2, "undetermined"),
    ],
)
def test_too_slow_is_what_failed_too(fast: int, slow: int, failed: int, verdict: str) -> None:
    one = step(50, counted(fast, slow, failed))
    assert (why_broken(one, DEMAND) is not None) is (verdict == "breaks")
    if verdict == "undetermined":
        with pytest.raises(Undetermined, match="neither breaks for certain nor holds"):
            conclude(result(one), DEMAND)
    elif verdict == "holds":
        conclude(result(one), DEMAND)


def test_a_step_without_an_answer_breaks() -> None:
    assert why_broken(step(5, counted()), DEMAND) is not None


def test_jobs_that_nobody_named_break_a_step() -> None:
    reason = why_broken(step(5, counted(5), unknown=("1-1", "2-2", "3-3", "4-4")), DEMAND)
    assert reason is not None
    assert reason.endswith("named: grpc-job-1-1, grpc-job-2-2, grpc-job-3-3 and 1 more")


def test_the_first_step_that_breaks_is_found() -> None:
    held, broken = step(10, counted(10)), step(20, counted(fast=10, failed=10), number=2)
    found = breaking_step(result(held, broken), DEMAND)
    assert found is not None
    assert found.step is broken
    assert breaking_step(result(held), DEMAND) is None


def test_a_break_fails_unless_it_lies_above_what_is_asked_for() -> None:
    found = result(step(40, counted(40)), step(50, counted(fast=20, failed=30), number=2))
    with pytest.raises(ProductFailure, match=r"step 2 of 2 .50 investigations at once.: 30 of 50"):
        conclude(found, DEMAND)
    conclude(found, DEMAND, up_to=40)


def test_what_was_not_tried_is_undetermined() -> None:
    found = result(step(30, counted(30)), step(50, counted(fast=20, failed=30), number=2))
    with pytest.raises(Undetermined, match=r"holds with 30 .* breaks with 50; 40 were not tried"):
        conclude(found, DEMAND, up_to=40)


def test_a_step_that_never_had_its_jobs_says_nothing_of_so_many() -> None:
    found = result(step(10, counted(10)), step(50, counted(50), number=2, reached=30))
    with pytest.raises(Undetermined, match=r"step 2 .* had 50 .* alive at once and had 30, so"):
        conclude(found, DEMAND)
    with pytest.raises(Undetermined, match=r"holds with 30 investigations at once; 40 were not"):
        conclude(found, DEMAND, up_to=40)
    conclude(found, DEMAND, up_to=30)


def test_a_step_with_most_of_its_jobs_is_tried() -> None:
    conclude(result(step(50, counted(44), reached=44)), DEMAND)


def test_jobs_are_alive_from_their_request_until_they_have_lived() -> None:
    samples = samples_of([0, 1, 2, 3, 10], [0.5] * 5)
    assert alive_at_once(samples, since=0.0, life=1.0) == 2
    assert alive_at_once(samples, since=0.0, life=5.0) == 4
    assert alive_at_once(samples, since=3.5, life=5.0) == 1


def test_a_request_that_was_refused_has_no_job_alive() -> None:
    samples = samples_of([0, 1, 2], [0.5] * 3)
    samples.rows["outcome"][1:] = Outcome.STATUS
    assert alive_at_once(samples, since=0.0, life=50.0) == 1


@pytest.mark.parametrize(
    ("wrong", "every", "fails"),
    [(0, True, False), (4, True, True), (4, False, False), (5, False, True)],
)
def test_one_right_request_does_not_make_up_for_wrong_ones(
    wrong: int, every: bool, fails: bool
) -> None:
    right = {"view_type": "0", "frequencyRange": {"min": 0, "max": 1000}}
    other = {"view_type": "0", "frequencyRange": {"min": 0, "max": 500}}
    sent = [right] * (5 - wrong) + [other] * wrong
    cell = '{"min": 0, "max": 1000}'
    if fails:
        with pytest.raises(ProductFailure, match="should send frequencyRange"):
            require_sent(sent, "0", "frequencyRange", cell, every=every)
    else:
        require_sent(sent, "0", "frequencyRange", cell, every=every)
