"""SciPy judges our own tails, bounds and quantiles over a grid; it is no part of the product."""

from typing import Any

import pytest

from focus_engine.latency.statistics.binomial import (
    beta_cdf,
    binomial_cdf,
    chi_square_cdf,
    count_lower_bound,
    count_upper_bound,
    hypergeometric_tail,
    share_lower_bound,
    share_upper_bound,
    student_quantile,
)

ALPHAS = (0.05, 0.025, 0.05 / 3)
SIZES = (1, 2, 5, 59, 100, 299, 3000, 100_000)
CLOSE = {"rel": 1e-7, "abs": 1e-12}


@pytest.fixture(scope="module")
def stats() -> Any:
    """Imported by whoever runs these tests, not by everybody who collects them."""
    from scipy import stats  # noqa: PLC0415

    return stats


@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize("n", SIZES)
def test_bounds_of_a_share_are_those_of_scipy(stats: Any, n: int, alpha: float) -> None:
    for k in sorted({0, 1, 2, n // 100, n // 20, n // 2, n - 1, n} & set(range(n + 1))):
        found = stats.binomtest(k, n).proportion_ci(1 - 2 * alpha, "exact")
        lower = share_lower_bound(k, n, alpha)
        assert lower == pytest.approx(found.low, **CLOSE), (k, n)
        assert share_upper_bound(k, n, alpha) == pytest.approx(found.high, **CLOSE), (k, n)


@pytest.mark.parametrize("p", [0.001, 0.01, 0.05, 0.5, 0.99])
def test_tails_are_those_of_scipy(stats: Any, p: float) -> None:
    for n in SIZES:
        for k in {0, n // 3, int(n * p), min(n, int(n * p) + 3)}:
            assert binomial_cdf(k, n, p) == pytest.approx(stats.binom.cdf(k, n, p), **CLOSE)
        assert beta_cdf(p, n / 3, n) == pytest.approx(stats.beta.cdf(p, n / 3, n), **CLOSE)


def test_what_rests_on_them_is_that_of_scipy(stats: Any) -> None:
    for count in (1, 2, 3, 6, 20):
        for alpha in ALPHAS:
            lower, upper = stats.gamma.ppf(alpha, count), stats.gamma.ppf(1 - alpha, count + 1)
            assert count_lower_bound(count, alpha) == pytest.approx(lower, rel=1e-4)
            assert count_upper_bound(count, alpha) == pytest.approx(upper, rel=1e-4)
    for degrees in (1, 4, 9, 60):
        for value in (0.5, 4.0, 20.0, 80.0):
            exact = stats.chi2.cdf(value, degrees)
            assert chi_square_cdf(value, degrees) == pytest.approx(exact, rel=1e-3, abs=1e-9)
        quantile = stats.t.ppf(0.95, degrees)
        assert student_quantile(0.95, degrees) == pytest.approx(quantile, rel=1e-6)
    for seen, drawn, marked, total in ((1, 100, 3, 10_000), (10, 2000, 12, 4000), (3, 5, 5, 9)):
        exact = stats.hypergeom.sf(seen - 1, total, marked, drawn)
        assert hypergeometric_tail(seen, drawn, marked, total) == pytest.approx(exact, rel=1e-9)
