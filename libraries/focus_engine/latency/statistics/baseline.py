"""Comparison with a stored measurement of the same environment: the interval of a ratio.

A baseline keeps the latencies with their due times, because the interval is found by resampling
time windows of both measurements: incidents must count as incidents, here as in the verdict.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from math import inf, sqrt
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from focus_engine.datafile import Record, read_large_json
from focus_engine.given import write_named
from focus_engine.latency.requirements.limit import needed_samples, percent_name
from focus_engine.latency.statistics.binomial import hypergeometric_tail, student_quantile
from focus_engine.latency.statistics.decision import BOOTSTRAP_SEED, window_seconds
from focus_engine.latency.statistics.percentiles import percentile
from focus_engine.latency.statistics.samples import Floats, Samples
from focus_engine.paths import slug
from focus_engine.verdict import PreconditionUnmet, ProductFailure, ToolError

MOST_KEPT = 20_000
RESAMPLES = 500
ALPHA = 0.05
NORMAL_95 = 1.6449
FEWEST_WINDOWS = 5
SHORTEST_WINDOW = 1.0  # seconds; in shorter ones what is slow for a while would count twice
MICROSECONDS = 1e6
MILLISECONDS = 1e3


class Baseline(Record):
    """A stored measurement. `due_ms` and `response_us` are of the ok answers, in due order."""

    environment: str
    endpoint: str
    load: str
    at: str
    requests: int
    errors: int
    due_ms: list[int]
    response_us: Annotated[list[int], Field(min_length=1)]


@dataclass(frozen=True)
class Comparison:
    """How many times slower than the baseline; `lower` and `upper` enclose it at 90 %."""

    percent: Fraction
    now: float
    then: float
    ratio: float
    lower: float
    upper: float
    tolerance: float
    then_at: str

    @property
    def regressed(self) -> bool:
        """Slower for certain: wrong with probability at most 5 %."""
        return self.lower > 1 + self.tolerance

    @property
    def text(self) -> str:
        return (
            f"{percent_name(self.percent)} is {self.now * 1000:.1f} ms, {self.ratio:.2f} times the "
            f"{self.then * 1000:.1f} ms of {self.then_at} (interval {self.lower:.2f} to "
            f"{self.upper:.2f}, tolerated {1 + self.tolerance:.2f})"
        )


def baseline_path(folder: Path, environment: str, endpoint: str, load: str) -> Path:
    return folder / environment / f"{slug(f'{endpoint} {load}')}.json"


def make_baseline(samples: Samples, environment: str, endpoint: str, load: str) -> Baseline:
    """Thinned evenly to MOST_KEPT latencies. Raises ToolError when nothing was answered."""
    due, response = samples.due[samples.ok], samples.ok_response
    if len(response) == 0:
        raise ToolError("a measurement without a single ok answer is no baseline.")
    step = -(-len(response) // MOST_KEPT)
    return Baseline(
        environment=environment,
        endpoint=endpoint,
        load=load,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        requests=int(np.count_nonzero(samples.known)),
        errors=int(np.count_nonzero(samples.failed)),
        due_ms=(due[::step] * MILLISECONDS).astype(np.int64).tolist(),
        response_us=(response[::step] * MICROSECONDS).astype(np.int64).tolist(),
    )


def store_baseline(path: Path, baseline: Baseline) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_named(path, baseline.model_dump_json(), lambda _: True)  # the folder is for these alone


def read_baseline(path: Path, environment: str, endpoint: str, load: str) -> Baseline:
    """Raises PreconditionUnmet when there is none, ToolError when it is of something else."""
    if not path.is_file():
        raise PreconditionUnmet(
            f"environment '{environment}' has no baseline of {endpoint} under this load. Store one "
            "with `Save Latency Baseline` after a run that you trust."
        )
    found = read_large_json(path, Baseline)
    if (found.environment, found.endpoint, found.load) != (environment, endpoint, load):
        raise ToolError(
            f"{path} is the baseline of {found.endpoint} ({found.load}) in '{found.environment}', "
            f"not of {endpoint} ({load}) in '{environment}'. Store it anew."
        )
    return found


def compare(
    samples: Samples, baseline: Baseline, percent: Fraction, tolerance: float
) -> Comparison:
    """The ratio of a percentile to the baseline's, with its interval.

    Raises ProductFailure when more requests failed than in the baseline, and ToolError when either
    side has too few samples for the percentile, or `tolerance` tolerates everything.
    """
    if not 0 <= tolerance < inf:
        raise ToolError(
            f"a tolerance of {tolerance:g} demands nothing that can be told. Give a share of 0 or "
            "more; 0.1 is 10 %."
        )
    _require_no_more_errors(samples, baseline)
    then = np.asarray(baseline.response_us) / MICROSECONDS
    then_due = np.asarray(baseline.due_ms) / MILLISECONDS
    now, now_due = samples.ok_response, samples.due[samples.ok]
    needed = needed_samples(percent)
    if min(len(now), len(then)) < needed:
        raise ToolError(
            f"{percent_name(percent)} needs {needed} samples on both sides; there are {len(now)} "
            f"now and {len(then)} in the baseline. Measure longer, or compare a lower percentile."
        )
    value_now, value_then = percentile(now, percent).value, percentile(then, percent).value
    ratio = np.log(value_now / value_then)
    apart = _deviations(now, now_due, percent) - _deviations(then, then_due, percent, seed=1)
    lower, upper = np.exp(ratio + np.quantile(apart, [ALPHA, 1 - ALPHA]))
    return Comparison(
        percent=percent,
        now=value_now,
        then=value_then,
        ratio=value_now / value_then,
        lower=float(lower),
        upper=float(upper),
        tolerance=tolerance,
        then_at=baseline.at,
    )


def _require_no_more_errors(samples: Samples, baseline: Baseline) -> None:
    """Fast errors must not pass for a fast server; both sides are samples (Fisher's test)."""
    failed = int(np.count_nonzero(samples.failed))
    requests = int(np.count_nonzero(samples.known))
    errors, total = failed + baseline.errors, requests + baseline.requests
    if failed and hypergeometric_tail(failed, requests, errors, total) <= ALPHA:
        raise ProductFailure(
            f"{baseline.endpoint}: {failed} of {requests} requests failed; in the baseline of "
            f"{baseline.at} {baseline.errors} of {baseline.requests} did."
        )


def _deviations(values: Floats, due: Floats, percent: Fraction, seed: int = 0) -> Floats:
    """How far the percentile of a redrawn measurement lies from the one that was measured, in log.

    A few windows vary less when they are redrawn than other ones would, so deviations are
    stretched as Student's t stretches the normal distribution.
    """
    found, windows = _resampled(values, due, percent, seed)
    logs = np.log(found)
    stretch = sqrt(windows / (windows - 1)) * student_quantile(1 - ALPHA, windows - 1) / NORMAL_95
    return np.asarray((logs - np.log(percentile(values, percent).value)) * stretch)


def _resampled(values: Floats, due: Floats, percent: Fraction, seed: int) -> tuple[Floats, int]:
    """The percentile of RESAMPLES redrawn measurements, whole time windows at a time; how many.

    A redrawn measurement is a weight per window; the percentile is read off the sorted values by
    cumulated weight, so nothing is copied or sorted again.
    """
    seconds = max(SHORTEST_WINDOW, window_seconds(float(due[-1] - due[0])))
    index = ((due - due[0]) / seconds).astype(np.int64)
    _, index = np.unique(index, return_inverse=True)
    windows = int(index.max()) + 1
    if windows < FEWEST_WINDOWS:
        raise ToolError(
            f"a comparison resamples at least {FEWEST_WINDOWS} time windows, and a side has "
            f"{windows}. Measure for {FEWEST_WINDOWS} s or longer."
        )
    order = np.argsort(values)
    ordered, window_of = values[order], index[order]
    source = np.random.default_rng(BOOTSTRAP_SEED + seed)
    drawn: NDArray[np.int64] = source.multinomial(
        windows, np.full(windows, 1 / windows), size=RESAMPLES
    )
    found = np.empty(RESAMPLES)
    for number, weights in enumerate(drawn):
        below = np.cumsum(weights[window_of])
        found[number] = ordered[np.searchsorted(below, float(percent / 100) * below[-1])]
    return found, windows
