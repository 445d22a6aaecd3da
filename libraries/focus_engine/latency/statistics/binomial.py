"""Exact binomial tails and Clopper-Pearson bounds, without SciPy.

Everything rests on the regularised incomplete beta function I_x(a, b), evaluated by Lentz's
continued fraction. Counts may be fractional: a design effect turns n requests into fewer
effective ones.
"""

from fractions import Fraction
from functools import lru_cache
from math import comb, exp, inf, isclose, lgamma, log, log1p, sqrt

_TINY = 1e-300
_PRECISION = 1e-12
_MAX_TERMS = 20_000  # the fraction needs about sqrt(max(a, b)) terms: enough for n = 10^8
_BISECTIONS = 60
_RARE = 1_000_000  # events that rare are as good as Poisson


def beta_cdf(x: float, a: float, b: float) -> float:
    """I_x(a, b), the probability that a Beta(a, b) variable is at most x. Needs a, b > 0."""
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return min(1.0, front * _fraction(x, a, b) / a)
    return max(0.0, 1.0 - front * _fraction(1 - x, b, a) / b)


def binomial_cdf(k: float, n: float, p: float) -> float:
    """P(at most k of n), each with probability p."""
    if k < 0:
        return 0.0
    if k >= n:
        return 1.0
    return beta_cdf(1 - p, n - k, k + 1)


def beta_quantile(q: float, a: float, b: float) -> float:
    """The x with I_x(a, b) = q, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if beta_cdf(middle, a, b) < q:
            low = middle
        else:
            high = middle
        if isclose(low, high, rel_tol=1e-10, abs_tol=1e-15):
            break
    return (low + high) / 2


@lru_cache(maxsize=5000)
def share_lower_bound(k: float, n: float, alpha: float) -> float:
    """One-sided Clopper-Pearson: the share is at least this, wrong with probability <= alpha."""
    return 0.0 if k <= 0 else beta_quantile(alpha, k, n - k + 1)


@lru_cache(maxsize=5000)
def share_upper_bound(k: float, n: float, alpha: float) -> float:
    """One-sided Clopper-Pearson: the share is at most this, wrong with probability <= alpha."""
    return 1.0 if k >= n else beta_quantile(1 - alpha, k + 1, n - k)


def count_lower_bound(count: int, alpha: float) -> float:
    """At least so many events are expected where `count` were seen (Poisson)."""
    return share_lower_bound(count, _RARE, alpha) * _RARE


def count_upper_bound(count: int, alpha: float) -> float:
    """At most so many events are expected where `count` were seen (Poisson)."""
    return share_upper_bound(count, _RARE, alpha) * _RARE


def chi_square_cdf(value: float, degrees: int) -> float:
    """P(chi-square of `degrees` is at most `value`), as the limit of a rare event's count."""
    return beta_cdf(min(1.0, value / 2 / _RARE), degrees / 2, _RARE)


def student_quantile(q: float, degrees: int) -> float:
    """The quantile of Student's t for q of at least 0.5."""
    x = beta_quantile(2 * (1 - q), degrees / 2, 0.5)
    return sqrt(degrees * (1 - x) / x) if x > 0 else inf


def hypergeometric_tail(seen: int, drawn: int, marked: int, total: int) -> float:
    """P(at least `seen` of the `marked` of `total` are among `drawn`): Fisher's exact test."""
    most = min(drawn, marked)
    ways = comb(total, drawn)
    hits = (comb(marked, k) * comb(total - marked, drawn - k) for k in range(seen, most + 1))
    return float(Fraction(sum(hits), ways))


def binomial_quantile(q: float, n: int, p: float) -> int:
    """The smallest k with P(at most k of n) >= q."""
    reach = 10 * sqrt(n * p * (1 - p)) + 10
    low, high = max(-1, int(n * p - reach)), min(n, int(n * p + reach))
    while high - low > 1:
        middle = (low + high) // 2
        if binomial_cdf(middle, n, p) >= q:
            high = middle
        else:
            low = middle
    return high


def _fraction(x: float, a: float, b: float) -> float:
    """Lentz's method for the continued fraction of the incomplete beta function."""
    c, d = 1.0, 1.0 / _kept_off_zero(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _MAX_TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d, c = 1 / _kept_off_zero(1 + even * d), _kept_off_zero(1 + even / c)
        value *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d, c = 1 / _kept_off_zero(1 + odd * d), _kept_off_zero(1 + odd / c)
        step = d * c
        value *= step
        if abs(step - 1) < _PRECISION:
            return value
    raise ArithmeticError(
        f"the incomplete beta function did not converge at x={x}, a={a}, b={b} "
        f"within {_MAX_TERMS} terms."
    )


def _kept_off_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
