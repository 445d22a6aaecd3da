"""Parts of a schedule, by worker or by body: together the whole, to the last bit."""

import os
import random
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from focus_engine.latency.measuring.fleet import LostShare, Member, require_clock, require_reachable
from focus_engine.latency.measuring.generator import pace_complaints
from focus_engine.latency.measuring.measurement import Measurement
from focus_engine.latency.measuring.share_worker import RefusedShare, SentShare, send_share
from focus_engine.latency.measuring.shared_run import require_all
from focus_engine.latency.planning.plan import JobTerms, MeasurementPlan, PreparedRequest, paced
from focus_engine.latency.planning.schedule import ClosedLoop, Shape, arrival_times, constant
from focus_engine.latency.planning.share import Share, require_in_time, shares_of
from focus_engine.latency.requirements.limit import Limit
from focus_engine.latency.sampler.outcome import Outcome
from focus_engine.latency.statistics.decision import decide
from focus_engine.latency.statistics.percentiles import percentile
from focus_engine.latency.statistics.samples import RECORD, Samples, samples_of
from focus_engine.latency.statistics.shares import on_grid, whole
from focus_engine.ledger import JobLedger, Terms
from focus_engine.verdict import ToolError, Undetermined

REQUESTS = tuple(PreparedRequest("GET", f"http://127.0.0.1:1/{number}") for number in range(3))
TERMS = JobTerms("", budget=7, life=1.0, answer_limit=10.0, wait_limit=10.0)
counts = st.integers(min_value=1, max_value=12)


@given(counts, st.integers(min_value=0, max_value=500))
def test_every_arrival_is_of_exactly_one_share(of: int, arrivals: int) -> None:
    shares = [Share(number, of, 0.0) for number in range(1, of + 1)]

    for arrival in range(arrivals):
        assert sum(share.takes(arrival) for share in shares) == 1
    for share in shares:
        taken = [arrival for arrival in range(arrivals) if share.takes(arrival)]
        assert all(after - before == of for before, after in pairwise(taken))
        assert len(taken) == share.part(arrivals)


@given(counts, st.integers(min_value=1, max_value=200))
def test_users_and_places_are_divided_or_refused(of: int, amount: int) -> None:
    closed = MeasurementPlan(REQUESTS, ClosedLoop(amount, 1.0), jobs=replace(TERMS, budget=amount))
    if amount < of:
        with pytest.raises(ToolError, match=f"share {amount + 1} of {of} would get none"):
            shares_of(closed, of, 0.0)
        return
    plans = shares_of(closed, of, 0.0)

    users = [plan.shape.users for plan in plans if isinstance(plan.shape, ClosedLoop)]
    places = [plan.jobs.budget for plan in plans if plan.jobs]
    for dealt in (users, places):
        assert sum(dealt) == amount
        assert max(dealt) - min(dealt) <= 1


def test_a_budget_smaller_than_the_shares_is_refused_by_name() -> None:
    plan = MeasurementPlan(REQUESTS, constant(10, 1), jobs=TERMS)

    with pytest.raises(ToolError, match="a job budget of 2 cannot be divided among 3 workers"):
        shares_of(plan, 3, 0.0, budget=2)


@given(counts)
def test_the_pace_fits_the_smallest_share_of_the_budget(of: int) -> None:
    jobs = replace(TERMS, budget=50)

    slowed = paced(constant(1000, 10), jobs, shares=of)

    smallest = replace(jobs, budget=50 // of)
    assert slowed.peak_rate / of <= smallest.sustainable_rate(poisson=False) * (1 + 1e-9)


def test_a_plan_keeps_its_share_on_its_way() -> None:
    plan = shares_of(MeasurementPlan(REQUESTS, constant(10, 1), jobs=TERMS), 3, 12.5)[1]

    assert MeasurementPlan.from_json(plan.to_json()) == plan


@pytest.mark.parametrize("early", [-1e-6, -3.0, -1e4])
def test_a_late_share_refuses(early: float) -> None:
    require_in_time(Share(1, 2, 0.0), 0.0)
    with pytest.raises(ToolError, match=r"share 1 of 2 was ready .* it sent nothing"):
        require_in_time(Share(1, 2, 0.0), early)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**32), counts, st.floats(-1e6, 1e6))
def test_rows_of_shares_are_the_whole_to_the_last_bit(seed: int, of: int, origin: float) -> None:
    one = measured(seed, 120)
    # Each share has a clock of its own, as on another machine.
    shares = [moved(one, number, of, 1e3 * number) for number in range(of)]

    together = whole(shares, origin)

    assert np.array_equal(together.response, one.response)
    assert np.array_equal(together.certain().response, one.certain().response)
    for percent in (50, 95, 99):
        wanted = Fraction(percent)
        assert percentile(together.response, wanted) == percentile(one.response, wanted)
    for seconds in (0.1, 0.3, float(np.median(one.response))):
        limit = Limit(Fraction(95), seconds)
        assert int(together.over(seconds).sum()) == int(one.over(seconds).sum())
        assert decide(together, limit) == decide(one, limit)


def measured(seed: int, count: int) -> Samples:
    source = random.Random(seed)  # noqa: S311 - must repeat
    rows = np.zeros(count, RECORD)
    rows["due"] = np.arange(count) / 64
    rows["sent"] = rows["due"] + [source.expovariate(1e4) for _ in range(count)]
    rows["done"] = rows["sent"] + [source.expovariate(8) for _ in range(count)]
    rows["stalled"] = [source.random() / 1e3 for _ in range(count)]
    rows["outcome"] = [source.choice((0, 0, 0, 0, 1, 4)) for _ in range(count)]
    return on_grid(Samples(rows, 0.0))


def moved(samples: Samples, number: int, of: int, by: float) -> Samples:
    rows = samples.rows[number::of].copy()
    for name in ("due", "sent", "done"):
        rows[name] += by
    return Samples(rows, by)


@pytest.mark.parametrize(("offset", "doubt"), [(0.021, 0.0), (-0.5, 0.001), (0.015, 0.01)])
def test_a_clock_that_may_be_off_is_refused(offset: float, doubt: float) -> None:
    require_clock("far", 0.012, 0.008)
    with pytest.raises(ToolError, match=r"the clock of worker far is .* at most 20 ms"):
        require_clock("far", offset, doubt)


def test_loopback_is_another_machine_for_a_worker_elsewhere() -> None:
    with pytest.raises(ToolError, match="share 1 of 1 would be sent by far"):
        require_reachable(
            MeasurementPlan(REQUESTS, constant(1, 1)), [Member("tcp://far:1", "far", 0.0)]
        )


def test_a_lost_share_is_named_and_outranks_a_refused_one() -> None:
    members = [Member(f"tcp://{host}", host, 0.0) for host in ("one", "two", "three")]
    sent = SentShare(measured(1, 3), None, ())

    lost = "share 2 of 3 on two: the worker was killed"
    with pytest.raises(Undetermined, match=lost):
        require_all([sent, LostShare("the worker was killed"), RefusedShare("late.")], members)
    with pytest.raises(ToolError, match="share 3 of 3 on three: late"):
        require_all([sent, sent, RefusedShare("late.")], members)


def test_complaints_name_the_share(server: str) -> None:
    plan = MeasurementPlan((PreparedRequest("GET", f"{server}/a"),), constant(50, 0.2))
    found = send_share(shares_of(plan, 2, starts_at=soon())[1].to_json(), "token")
    assert isinstance(found, SentShare)
    assert found.honesty is not None
    assert len(found.samples) == 5

    slow = replace(found.honesty, cpu_share=0.99)
    other = replace(found.honesty, share="share 1 of 2 on here")

    complaint = f"share 2 of 2 on {os.uname().nodename}: the client used 99% of a core"
    assert [text.startswith(complaint) for text in pace_complaints([slow])] == [True]
    assert pace_complaints([replace(other, cpu_share=0.1)]) == []


@pytest.mark.parametrize("shape", [constant(50, 0.2), ClosedLoop(4, 0.2)])
def test_a_late_share_refuses_and_sends_nothing(
    server: str, received: Callable[[], int], shape: Shape
) -> None:
    before = received()
    plan = MeasurementPlan((PreparedRequest("GET", f"{server}/a"),), shape)

    found = send_share(shares_of(plan, 2, starts_at=time.time() - 1)[0].to_json(), "token")

    assert isinstance(found, RefusedShare)
    assert "share 1 of 2 was ready" in found.sentence
    assert received() - before == 1  # asking is counted, too


def soon() -> float:
    return time.time() + 5


def test_places_are_lent_and_taken_back(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("ledgers")
    run, share = JobLedger(folder / "run"), JobLedger(folder / "share")
    lent = run.lend(5, life=60.0, seconds=60.0)
    assert run.alive() == 5
    share.record(share.reserve(Terms(5, 60.0, 1.0, 1.0)), "1-7")

    run.take_back(lent, share.rows())

    assert (run.alive(), run.job_ids()) == (1, frozenset({"1-7"}))


def in_turn(bodies: list[bytes], count: int, warm: int) -> Measurement:
    """Request number i takes as many seconds as the number of its body."""
    known = sorted({*bodies})
    seconds = [known.index(bodies[arrival % len(bodies)]) for arrival in range(count)]
    samples = samples_of(np.arange(count) / 10, np.asarray(seconds, float))
    samples.rows["warm_up"][:warm] = True
    samples.rows["outcome"][np.asarray(seconds) == 0] = Outcome.STATUS
    samples = replace(samples, examples={Outcome.STATUS.name: ["HTTP 500"]})
    requests = tuple(
        PreparedRequest("POST", "http://127.0.0.1:1/configure", body=body) for body in bodies
    )
    plan = MeasurementPlan(requests, constant(10, (count - warm) / 10))
    return Measurement("POST /configure", "sandbox", "10/s", samples, plan)


@given(
    st.lists(st.sampled_from([b"0", b"1", b"2"]), min_size=1, max_size=8),
    st.integers(10, 60),
    st.integers(0, 9),
)
def test_a_part_holds_the_requests_of_its_body(bodies: list[bytes], count: int, warm: int) -> None:
    whole = in_turn(bodies, count, warm)
    parts = {body: whole.of_body(body) for body in {*bodies}}

    assert sum(len(part.samples) for part in parts.values()) == count - warm
    for number, body in enumerate(sorted(parts)):
        part = parts[body]
        assert {*np.round(part.samples.response, 9)} <= {float(number)}
        assert (part.summary()["errors"] > 0) == (number == 0 and len(part.samples) > 0)
        assert part.plan is not None
        assert {request.body for request in part.plan.requests} == {body}
        planned = len(list(arrival_times(part.plan.shape)))  # what measuring on would send
        assert abs(planned - (count - warm) * bodies.count(body) / len(bodies)) <= 1


def test_an_example_of_another_body_is_not_shown() -> None:
    whole = in_turn([b"0", b"1"], 20, 0)
    assert whole.of_body(b"0").samples.examples == {"STATUS": ["HTTP 500"]}
    assert whole.of_body(b"1").samples.examples == {}


def test_what_was_not_sent_in_turn_has_no_parts() -> None:
    whole = in_turn([b"0"], 20, 0)
    with pytest.raises(ToolError, match="was not measured with other"):
        whole.of_body(b"other")
    assert whole.plan is not None
    closed = replace(whole, plan=replace(whole.plan, shape=ClosedLoop(1, 1.0)))
    with pytest.raises(ToolError, match="no body can be told"):
        closed.of_body(b"0")
