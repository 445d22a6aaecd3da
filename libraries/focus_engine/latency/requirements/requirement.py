"""What a measurement is held to: the limits of a case, or those of `thresholds.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass

from focus_engine.latency.requirements.limit import Limit, percent_of
from focus_engine.latency.requirements.thresholds import Thresholds
from focus_engine.verdict import ToolError

NOT_JUDGED = "not judged by this case"


@dataclass(frozen=True)
class LatencyRequirement:
    """Limits of percentiles and the tolerated share of errors and timeouts."""

    limits: tuple[Limit, ...]
    error_rate: float

    @property
    def smallest_limit(self) -> float | None:
        return min((limit.seconds for limit in self.limits), default=None)


def requirement_of(
    thresholds: Thresholds, endpoint: str, asked: Mapping[str, float], error_rate: float | None
) -> tuple[LatencyRequirement, list[str]]:
    """The demand and what the log must say beside it (sources, waivers).

    `asked` maps percentile names to seconds; empty means all thresholds of the endpoint. Raises
    ToolError when a case asks for less than the thresholds, or when nothing is demanded at all.
    """
    tolerated, source = _tolerated(thresholds, endpoint, error_rate)
    remarks = [source, *(threshold.text for threshold in thresholds.of(endpoint))]
    if not asked:
        limits = tuple(threshold.limit for threshold in thresholds.of(endpoint))
        if not limits:
            raise ToolError(
                f"nothing is demanded of {endpoint}: give a limit such as `p95=300 ms`, or add it "
                "to variables/thresholds.yaml."
            )
        return LatencyRequirement(limits, tolerated), remarks
    limits = tuple(Limit(percent_of(name), seconds) for name, seconds in asked.items())
    for limit in limits:
        thresholds.refuse_looser(endpoint, limit)
    remarks += [f"{limit.text} (this case)" for limit in limits]
    left_out = thresholds.left_out(endpoint, limits)
    if left_out:
        remarks.append(f"{NOT_JUDGED}: {', '.join(limit.text for limit in left_out)}")
    return LatencyRequirement(limits, tolerated), remarks


def _tolerated(
    thresholds: Thresholds, endpoint: str, error_rate: float | None
) -> tuple[float, str]:
    target = thresholds.error_rate(endpoint)
    share = target.share if target else 0.0
    source = target.source if target else "errors are not tolerated unless a threshold says so"
    if error_rate is not None and not 0 <= error_rate < 1:  # NaN is not either
        raise ToolError(
            f"an error rate of {error_rate:g} demands nothing. Give a share of 0 or more, below 1."
        )
    if error_rate is None:
        return share, f"error rate {share:g} ({source})"
    if target is not None and error_rate > share:
        raise ToolError(
            f"error rate {error_rate:g} is looser than {share:g}, which thresholds.yaml demands "
            f"of {endpoint}. Tighten the case."
        )
    return error_rate, f"error rate {error_rate:g} (this case)"
