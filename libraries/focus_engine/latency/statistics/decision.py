"""PASS, FAIL or UNDETERMINED by counting the requests that exceed a limit.

Three pictures of the exceedance share are bounded and the widest one decides. The first takes
requests as independent (Clopper-Pearson). The second resamples whole time windows, and widens
Clopper-Pearson by the design effect seen between them. The third, where the windows differ by more
than chance explains, counts incidents: runs of bad windows, which come and go like rare events.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from focus_engine.latency.requirements.limit import Limit, needed_samples
from focus_engine.latency.statistics.binomial import (
    chi_square_cdf,
    count_lower_bound,
    count_upper_bound,
    share_lower_bound,
    share_upper_bound,
)
from focus_engine.latency.statistics.samples import Floats, Mask, Samples
from focus_engine.verdict import Verdict

ALPHA = 0.05
RESAMPLES = 1000
BOOTSTRAP_SEED = 20251022  # a verdict must not change when it is taken twice
LONGEST_WINDOW, SHORTEST_WINDOW = 5.0, 0.05
WINDOWS_WANTED = 10
MOST_WINDOWS = 1000
INCIDENTS_FOR_FAIL = 3  # one or two do not tell how often they come, unless
LASTING_SHARE = 0.5  # so much of the measurement is bad: then it is the server's usual state
CLUSTERED = 0.95  # windows that differ more than chance does so often hold incidents

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Bounds:
    """One-sided bounds of a share, each wrong with probability at most alpha."""

    lower: float
    upper: float

    def wider(self, other: "Bounds") -> "Bounds":
        return Bounds(min(self.lower, other.lower), max(self.upper, other.upper))


@dataclass(frozen=True)
class Windows:
    """Requests and exceedances per time window; windows without requests are left out."""

    seconds: float
    requests: Counts
    exceedances: Counts

    def bad(self, allowed: float) -> Mask:
        """The windows with more exceedances than `allowed` of their requests."""
        return np.asarray(self.exceedances > allowed * self.requests)


@dataclass(frozen=True)
class Decision:
    """A verdict with everything that led to it; each of `looks` is held to ALPHA / `looks`."""

    verdict: Verdict
    text: str  # what was demanded
    reason: str
    requests: int
    exceedances: int
    allowed_share: float
    independent: Bounds
    by_windows: Bounds
    by_incidents: Bounds | None  # None: the windows differ no more than chance explains
    windows: int
    bad_windows: int
    incidents: int
    window_seconds: float
    design_effect: float
    looks: int

    @property
    def share(self) -> float:
        return self.exceedances / self.requests if self.requests else 0.0

    @property
    def decisive(self) -> Bounds:
        wide = self.independent.wider(self.by_windows)
        return wide if self.by_incidents is None else wide.wider(self.by_incidents)


def decide(samples: Samples, limit: Limit, looks: int = 1) -> Decision:
    """The verdict on one limit; `looks` is how often the samples may be judged in all."""
    counted = samples.counted(limit.seconds)
    over = samples.over(limit.seconds)[counted]
    windows = _windows(samples.due[counted], over)
    needed = needed_samples(limit.percent, ALPHA / looks)
    return _judged(windows, limit.allowed_share, limit.text, looks, needed)


def decide_error_rate(samples: Samples, allowed: float, looks: int = 1) -> Decision:
    """The verdict on the share of errors and timeouts; an allowed share of 0 means none at all."""
    windows = _windows(samples.due[samples.known], samples.failed[samples.known])
    text = f"error rate <= {allowed:.3g}" if allowed else "no errors"
    decision = _judged(windows, allowed, text, looks, needed=1)
    if allowed > 0:
        return decision
    return _none_allowed(decision)


def worst(decisions: Sequence[Decision]) -> Verdict:
    """FAIL when one limit fails, PASS when all hold, else UNDETERMINED."""
    verdicts = {decision.verdict for decision in decisions}
    if Verdict.FAIL in verdicts:
        return Verdict.FAIL
    return Verdict.PASS if verdicts == {Verdict.PASS} else Verdict.UNDETERMINED


def window_seconds(duration: float) -> float:
    """Long enough to hold an incident, short enough that there are some to compare."""
    usual = min(LONGEST_WINDOW, max(SHORTEST_WINDOW, duration / WINDOWS_WANTED))
    return max(usual, duration / MOST_WINDOWS)


def _windows(due: Floats, over: Mask) -> Windows:
    if len(due) == 0:
        nothing = np.zeros(0, np.int64)
        return Windows(SHORTEST_WINDOW, nothing, nothing)
    seconds = window_seconds(float(due[-1] - due[0]))
    index = ((due - due[0]) / seconds).astype(np.int64)
    requests = np.bincount(index)
    exceedances = np.bincount(index, weights=over).astype(np.int64)
    used = requests > 0
    return Windows(seconds, requests[used], exceedances[used])


def _judged(windows: Windows, allowed: float, text: str, looks: int, needed: int) -> Decision:
    requests, exceedances = int(windows.requests.sum()), int(windows.exceedances.sum())
    alpha = ALPHA / looks
    effect = _design_effect(windows)
    bad = windows.bad(allowed)
    decision = Decision(
        verdict=Verdict.UNDETERMINED,
        text=text,
        reason="",
        requests=requests,
        exceedances=exceedances,
        allowed_share=allowed,
        independent=_independent(exceedances, requests, alpha),
        by_windows=_resampled(windows, alpha).wider(
            _independent(exceedances / effect, requests / effect, alpha)
        ),
        by_incidents=_by_incidents(windows, bad, alpha) if _clustered(windows, effect) else None,
        windows=len(windows.requests),
        bad_windows=int(np.count_nonzero(bad)),
        incidents=_runs(bad),
        window_seconds=windows.seconds,
        design_effect=effect,
        looks=looks,
    )
    if requests and decision.decisive.upper <= allowed:
        decision = replace(decision, verdict=Verdict.PASS)
    elif decision.decisive.lower > allowed:
        decision = replace(decision, verdict=Verdict.FAIL)
    return replace(decision, reason=_reason(decision, needed))


def _none_allowed(decision: Decision) -> Decision:
    """No share can be proven to be zero: one error is a FAIL, none is a PASS with its bound."""
    bound = decision.decisive.upper
    if decision.exceedances:
        verdict, reason = Verdict.FAIL, f"{decision.exceedances} of {decision.requests} failed"
    elif decision.requests:
        verdict = Verdict.PASS
        reason = f"none of {decision.requests} failed (at most {bound:.2%} do)"
    else:
        verdict, reason = Verdict.UNDETERMINED, "there are no samples"
    return replace(decision, verdict=verdict, reason=reason)


def _independent(k: float, n: float, alpha: float) -> Bounds:
    if n <= 0:
        return Bounds(0.0, 1.0)
    return Bounds(share_lower_bound(k, n, alpha), share_upper_bound(k, n, alpha))


def _design_effect(windows: Windows) -> float:
    """Variance of the share between windows over that of independent requests, at least 1."""
    count, n = len(windows.requests), float(windows.requests.sum())
    share = float(windows.exceedances.sum()) / n if n else 0.0
    if count < 2 or not 0 < share < 1:  # noqa: PLR2004 - a variance takes two
        return 1.0
    residuals = windows.exceedances - share * windows.requests
    between = float(residuals @ residuals) / n**2 * count / (count - 1)
    return max(1.0, between / (share * (1 - share) / n))


def _clustered(windows: Windows, effect: float) -> bool:
    """Whether exceedances come in incidents: the windows differ more than chance explains."""
    degrees = len(windows.requests) - 1
    return degrees > 0 and chi_square_cdf(effect * degrees, degrees) > CLUSTERED


def _runs(bad: Mask) -> int:
    """How many runs of adjacent bad windows there are."""
    return int(np.count_nonzero(bad & ~np.concatenate([[False], bad[:-1]])))


def _by_incidents(windows: Windows, bad: Mask, alpha: float) -> Bounds:
    """Bounds of the share if each run of bad windows is one incident of a rare kind.

    A few incidents bound it from below by nothing, unless they last for most of the measurement.
    """
    requests, incidents = float(windows.requests.sum()), _runs(bad)
    within = float(windows.exceedances[bad].sum())
    beside = float(windows.exceedances.sum()) - within
    if incidents == 0:
        return Bounds(beside / requests, beside / requests)
    upper = (beside + within * count_upper_bound(incidents, alpha) / incidents) / requests
    if np.count_nonzero(bad) >= LASTING_SHARE * len(bad):
        return Bounds((beside + within) / requests, min(1.0, upper))
    if incidents < INCIDENTS_FOR_FAIL:
        return Bounds(0.0, min(1.0, upper))
    lower = (beside + within * count_lower_bound(incidents, alpha) / incidents) / requests
    return Bounds(lower, min(1.0, upper))


def _resampled(windows: Windows, alpha: float) -> Bounds:
    """Block bootstrap: the share over windows drawn with replacement."""
    count = len(windows.requests)
    if count == 0:
        return Bounds(0.0, 1.0)
    source = np.random.default_rng(BOOTSTRAP_SEED)
    drawn = source.multinomial(count, np.full(count, 1 / count), size=RESAMPLES)
    shares = (drawn @ windows.exceedances) / (drawn @ windows.requests)
    lower, upper = np.quantile(shares, [alpha, 1 - alpha])
    return Bounds(float(lower), float(upper))


def _reason(decision: Decision, needed: int) -> str:
    n, k, decisive = decision.requests, decision.exceedances, decision.decisive
    allowed, incidents = decision.allowed_share, decision.incidents
    share = f"{k / n:.2%}" if n else "no share"
    seen = f"{k} of {n} requests exceed it ({share}, allowed {allowed:.2%})"
    between = f"the share lies between {decisive.lower:.2%} and {decisive.upper:.2%}"
    if decision.verdict is not Verdict.UNDETERMINED:
        return f"{seen}; {between}"
    if n < needed:
        return f"{seen}; {n} samples are too few, a PASS needs {needed}"
    if decision.independent.lower > allowed and decision.by_incidents is not None:
        times = f"{incidents} incident{'s' if incidents > 1 else ''}"
        return (
            f"{seen}, in {times} ({decision.bad_windows} of {decision.windows} windows of "
            f"{decision.window_seconds:.3g} s): so few do not tell how often they come"
        )
    return f"{seen}; {between}, which is on both sides of what is allowed"
