"""Verdicts: by hand, and how often they are wrong, by simulation."""

from collections import Counter
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from focus_engine.latency.requirements.limit import Limit
from focus_engine.latency.sampler.outcome import Outcome
from focus_engine.latency.statistics.decision import (
    Verdict,
    Windows,
    decide,
    decide_error_rate,
    decide_windows,
    window_seconds,
    worst,
)
from focus_engine.latency.statistics.samples import Samples, samples_of

P95_300, P99_500 = Limit(Fraction(95), 0.3), Limit(Fraction(99), 0.5)


def samples(count: int, *, slow: int = 0, errors: int = 0, rate: float = 30.0) -> Samples:
    """`slow` requests of 1 s and `errors` fast failures, spread evenly; the rest takes 10 ms."""
    response = np.full(count, 0.01)
    spread = np.linspace(0, count - 1, slow + errors).astype(int)
    response[spread[:slow]] = 1.0
    made = samples_of(np.arange(count) / rate, response)
    made.rows["outcome"][spread[slow:]] = Outcome.STATUS
    return Samples(made.rows, 0.0)


@pytest.mark.parametrize(
    ("slow", "verdict"),
    [(0, Verdict.PASS), (8, Verdict.PASS), (15, Verdict.UNDETERMINED), (40, Verdict.FAIL)],
)
def test_p95_of_300_samples(slow: int, verdict: Verdict) -> None:
    decision = decide(samples(300, slow=slow), P95_300)
    assert decision.verdict is verdict
    assert (decision.exceedances, decision.requests) == (slow, 300)


def test_too_few_samples_are_said() -> None:
    decision = decide(samples(100), P99_500)
    assert decision.verdict is Verdict.UNDETERMINED
    assert "100 samples are too few, a PASS needs 299" in decision.reason


def test_fast_errors_exceed_every_limit() -> None:
    assert decide(samples(300, errors=60), P95_300).verdict is Verdict.FAIL


def test_what_was_unfinished_counts_only_beyond_the_limit() -> None:
    made = samples(100)
    made.rows["outcome"][-2:] = Outcome.UNFINISHED
    made.rows["done"][-1] = made.rows["due"][-1] + 1.0
    decision = decide(Samples(made.rows, 0.0), P95_300)
    assert (decision.requests, decision.exceedances) == (99, 1)


def test_one_incident_does_not_fail_and_says_why() -> None:
    response = np.full(1000, 0.01)
    response[400:500] = 1.0
    decision = decide(samples_of(np.arange(1000) / 100, response), P99_500)
    assert decision.verdict is Verdict.UNDETERMINED
    assert decision.design_effect > 10
    assert decision.independent.lower > 0.01 >= decision.by_windows.lower


def test_the_same_incident_again_and_again_fails() -> None:
    response = np.full(6000, 0.01)
    for start in range(0, 6000, 500):
        response[start : start + 80] = 1.0
    assert decide(samples_of(np.arange(6000) / 100, response), P99_500).verdict is Verdict.FAIL


def test_no_error_is_tolerated_where_none_is_allowed() -> None:
    assert decide_error_rate(samples(100, errors=1), 0.0).verdict is Verdict.FAIL
    assert decide_error_rate(samples(100), 0.0).verdict is Verdict.PASS
    assert "at most 2.95% do" in decide_error_rate(samples(100), 0.0).reason
    assert decide_error_rate(samples(0), 0.0).verdict is Verdict.UNDETERMINED


def test_an_allowed_error_rate_is_decided_by_its_interval() -> None:
    assert decide_error_rate(samples(300, errors=3), 0.05).verdict is Verdict.PASS
    assert decide_error_rate(samples(300, errors=60), 0.05).verdict is Verdict.FAIL


def test_more_looks_demand_more() -> None:
    assert decide(samples(299), P99_500).verdict is Verdict.PASS
    decision = decide(samples(299), P99_500, looks=3)
    assert decision.verdict is Verdict.UNDETERMINED
    assert "a PASS needs 408" in decision.reason


def test_the_worst_verdict_wins() -> None:
    passed, failed = decide(samples(300), P95_300), decide(samples(300, slow=60), P95_300)
    open_ = decide(samples(100), P99_500)
    assert worst([passed, failed, open_]) is Verdict.FAIL
    assert worst([passed, open_]) is Verdict.UNDETERMINED
    assert worst([passed]) is Verdict.PASS
    assert worst([]) is Verdict.UNDETERMINED


def test_windows_hold_an_incident_and_stay_few() -> None:
    assert window_seconds(4) == 1.0
    assert window_seconds(30) == 3.0
    assert window_seconds(600) == 5.0
    assert window_seconds(86_400) == 86.4


# How often the verdict is wrong: 300 repetitions per row, P99, allowed share 1 %.
REPETITIONS = 300
ALLOWED = 0.01


def _independent(source: np.random.Generator, share: float) -> Windows:
    """3000 requests in 60 windows, each over the limit with probability `share`."""
    return Windows(5.0, np.full(60, 50), source.binomial(50, share, size=60))


def _stalls(source: np.random.Generator, share: float) -> Windows:
    """Stalls of 1 s at random times for 300 s at 50/s; those due in their first 0.7 s are over."""
    due = np.arange(15_000) / 50
    begins = np.cumsum(source.exponential(0.7 / share, size=200))
    over = np.zeros(len(due), bool)
    for begin in begins[begins < 300]:
        over |= (due >= begin) & (due < begin + 0.7)
    index = (due / 5).astype(int)
    return Windows(5.0, np.bincount(index), np.bincount(index, weights=over).astype(np.int64))


def _as_text(table: dict[tuple[str, float], Counter]) -> str:
    lines = ["P99, share over the limit / allowed share -> PASS UNDETERMINED FAIL"]
    for (name, factor), counts in table.items():
        rates = "  ".join(
            f"{counts[verdict] / REPETITIONS:5.3f}"
            for verdict in (Verdict.PASS, Verdict.UNDETERMINED, Verdict.FAIL)
        )
        lines.append(f"  {name:12} {factor:3.1f}   {rates}")
    return "\n".join(lines)


def test_error_rates_by_simulation(record_property: Callable[[str, object], None]) -> None:
    source = np.random.default_rng(3)
    table: dict[tuple[str, float], Counter] = {}
    for name, draw in (("independent", _independent), ("stalls", _stalls)):
        for factor in (0.5, 1.0, 2.0):
            verdicts = [
                decide_windows(draw(source, ALLOWED * factor), ALLOWED).verdict
                for _ in range(REPETITIONS)
            ]
            table[name, factor] = Counter(verdicts)
    record_property("table", _as_text(table))

    def rate(name: str, factor: float, verdict: Verdict) -> float:
        return table[name, factor][verdict] / REPETITIONS

    slack = 0.02  # of 300 repetitions
    assert rate("independent", 1.0, Verdict.PASS) <= 0.05 + slack
    assert rate("independent", 1.0, Verdict.FAIL) <= 0.05 + slack
    assert rate("independent", 2.0, Verdict.PASS) == 0
    assert rate("independent", 0.5, Verdict.FAIL) == 0
    assert rate("independent", 2.0, Verdict.FAIL) >= 0.95
    assert rate("stalls", 1.0, Verdict.PASS) <= 0.10
    assert rate("stalls", 1.0, Verdict.FAIL) <= 0.10
    assert rate("stalls", 2.0, Verdict.PASS) <= 0.02
    assert rate("stalls", 0.5, Verdict.FAIL) <= 0.02
