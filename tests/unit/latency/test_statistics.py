"""Bounds and percentiles against known tables and brute force."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest

from focus_engine.latency.requirements.limit import needed_samples, percent_of, rank_of
from focus_engine.latency.statistics.binomial import (
    beta_cdf,
    binomial_cdf,
    binomial_quantile,
    share_lower_bound,
    share_upper_bound,
)
from focus_engine.latency.statistics.percentiles import (
    interval_ranks,
    percentile,
    percentiles,
)
from focus_engine.verdict import ToolError

P95, P99 = Fraction(95), Fraction(99)


@pytest.mark.parametrize(("n", "p"), [(1, 0.3), (20, 0.05), (59, 0.95), (300, 0.01)])
def test_the_binomial_tail_equals_the_sum_of_its_terms(n: int, p: float) -> None:
    for k in range(0, n + 1, max(1, n // 10)):
        exact = sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k + 1))
        assert binomial_cdf(k, n, p) == pytest.approx(exact, abs=1e-10)


def test_the_beta_function_is_symmetric_and_bounded() -> None:
    assert beta_cdf(0.3, 2.5, 7) == pytest.approx(1 - beta_cdf(0.7, 7, 2.5), abs=1e-12)
    assert (beta_cdf(-1, 2, 3), beta_cdf(2, 2, 3)) == (0.0, 1.0)


def test_a_binomial_quantile_is_the_smallest_that_reaches_it() -> None:
    for q in (0.025, 0.5, 0.975):
        k = binomial_quantile(q, 300, 0.95)
        assert binomial_cdf(k - 1, 300, 0.95) < q <= binomial_cdf(k, 300, 0.95)


@pytest.mark.parametrize(
    ("percent", "n", "passes_up_to", "fails_from"),
    [
        (95, 59, 0, 7),
        (95, 100, 1, 10),
        (95, 300, 8, 22),
        (95, 1000, 38, 63),
        (95, 10_000, 463, 537),
        (99, 299, 0, 7),
        (99, 500, 1, 10),
        (99, 1000, 4, 16),
        (99, 3000, 20, 40),
        (99, 10_000, 83, 118),
    ],
)
def test_clopper_pearson_against_published_values(
    percent: int, n: int, passes_up_to: int, fails_from: int
) -> None:
    allowed = 1 - percent / 100
    assert share_upper_bound(passes_up_to, n, 0.05) <= allowed
    assert share_upper_bound(passes_up_to + 1, n, 0.05) > allowed
    assert share_lower_bound(fails_from, n, 0.05) > allowed
    assert share_lower_bound(fails_from - 1, n, 0.05) <= allowed


def test_p99_of_100_samples_never_passes_and_fails_from_four() -> None:
    assert share_upper_bound(0, 100, 0.05) > 0.01
    assert share_lower_bound(4, 100, 0.05) > 0.01 >= share_lower_bound(3, 100, 0.05)


@pytest.mark.parametrize(
    ("percent", "needed"),
    [("P50", 5), ("P90", 29), ("P95", 59), ("P99", 299), ("P99.9", 2995)],
)
def test_needed_samples(percent: str, needed: int) -> None:
    assert needed_samples(percent_of(percent)) == needed


@pytest.mark.parametrize("text", ["P0", "100", "median", "", "P1/0", "1e-999999999", "p9_5"])
def test_what_is_no_percentile_is_refused(text: str) -> None:
    with pytest.raises(ToolError, match="is no percentile"):
        percent_of(text)


def test_percentiles_equal_numpys_inverted_cdf() -> None:
    source = np.random.default_rng(1)
    # Not 1000: numpy takes 0.999 * 1000 for more than 999 and returns the value after it.
    for count in (1, 2, 10, 59, 60, 100, 997):
        values = source.lognormal(size=count)
        for found in percentiles(values):
            expected = np.percentile(values, float(found.percent), method="inverted_cdf")
            assert found.value == expected


def test_ranks_do_not_suffer_from_floating_point() -> None:
    assert rank_of(Fraction("99.9"), 1000) == 999
    assert rank_of(P95, 100) == 95
    assert rank_of(P95, 101) == 96


def test_the_interval_of_a_median_is_the_textbook_one() -> None:
    assert interval_ranks(Fraction(50), 20) == (6, 15)


def test_too_few_samples_leave_the_interval_open_and_say_how_many_it_takes() -> None:
    found = percentile(np.arange(1.0, 51.0), P95)
    assert (found.upper, found.enough, found.needed) == (None, False, 59)


def test_intervals_cover_the_true_percentile() -> None:
    source = np.random.default_rng(2)
    true = np.exp(0.5 * 1.2815515655446004)  # P90 of a lognormal with sigma 0.5
    hits = 0
    for _ in range(400):
        found = percentile(source.lognormal(0, 0.5, size=200), Fraction(90))
        assert found.lower is not None
        assert found.upper is not None
        hits += found.lower <= true <= found.upper
    assert hits >= 0.93 * 400


def test_no_values_have_no_percentile() -> None:
    assert percentiles(np.array([])) == []
    with pytest.raises(ToolError, match="there is no P95: not one request"):
        percentile(np.array([]), P95)
