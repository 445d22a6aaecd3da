"""The verdict on a measurement: is the run valid, do its limits hold, must it go on?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from focus.latency.decision import (
    Decision,
    Limit,
    Verdict,
    decide,
    decide_error_rate,
    worst,
)
from focus.latency.events import Period, part
from focus.latency.generator import complaints
from focus.latency.measurement import Measurement
from focus.latency.order import extension_rounds
from focus.verdict import ProductFailure, ToolError, Undetermined, join_sentences

Extend = Callable[[Measurement, int], None]


@dataclass(frozen=True)
class Demand:
    """What a measurement is held to; `error_rate` None judges no error rate."""

    limits: tuple[Limit, ...]
    error_rate: float | None

    @property
    def smallest_limit(self) -> float | None:
        return min((limit.seconds for limit in self.limits), default=None)


def judge(
    measurement: Measurement, demand: Demand, period: Period = Period.WHOLE
) -> list[Decision]:
    """A decision per limit, then one on the error rate. Raises ToolError for an invalid run."""
    _require_judgeable(measurement, demand)
    samples = part(measurement.samples, measurement.events, period)
    decisions = [decide(samples, limit, measurement.looks) for limit in demand.limits]
    if demand.error_rate is not None:
        decisions.append(decide_error_rate(samples, demand.error_rate, measurement.looks))
    return decisions


def judge_until_decided(
    measurement: Measurement, demand: Demand, budget: float, extend: Extend
) -> list[Decision]:
    """Judge, and measure on for up to `budget` seconds while it is undetermined.

    The looks are counted beforehand, and each is held to alpha / looks.
    """
    plan = measurement.plan
    rounds = extension_rounds(plan.shape.duration, budget) if plan else []
    measurement.looks = max(measurement.looks, 1 + len(rounds))
    decisions = judge(measurement, demand)
    for times in rounds:
        if worst(decisions) is not Verdict.UNDETERMINED:
            break
        extend(measurement, times)
        decisions = judge(measurement, demand)
    return decisions


def conclude(measurement: Measurement, decisions: Sequence[Decision], period: Period) -> None:
    """Raise ProductFailure or Undetermined with a sentence per limit that did not hold."""
    verdict = worst(decisions)
    if verdict is Verdict.PASS:
        return
    where = "" if period is Period.WHOLE else f" {period.value} the outage"
    sentences = [
        f"{measurement.endpoint}{where}: expected {decision.text}, but {decision.reason}."
        for decision in decisions
        if decision.verdict is verdict
    ]
    if verdict is Verdict.FAIL:
        raise ProductFailure(join_sentences(sentences))
    raise Undetermined(join_sentences([*sentences[:2], _advice(measurement)]))


def _advice(measurement: Measurement) -> str:
    rounds = len(measurement.rounds)
    after = f" after {rounds} rounds" if rounds > 1 else ""
    return f"Not decided{after}: measure longer, or allow more with `extend_up_to`."


def _require_judgeable(measurement: Measurement, demand: Demand) -> None:
    problems = complaints(measurement.rounds, demand.smallest_limit)
    if problems:
        raise ToolError(
            f"the measurement of {measurement.endpoint} is invalid and says nothing about the "
            f"server: {'; '.join(problems)}. Measure on a quieter machine or at a lower rate."
        )
    timeout = measurement.timeout
    for limit in demand.limits:
        if timeout is not None and limit.seconds > timeout:
            raise ToolError(
                f"{limit.text} cannot be judged: requests were given up after "
                f"{timeout * 1000:g} ms. Measure with a `timeout` of at least 4 times the limit."
            )


def with_source(limits: Sequence[Limit], source: str) -> tuple[Limit, ...]:
    return tuple(replace(limit, source=source) for limit in limits)
