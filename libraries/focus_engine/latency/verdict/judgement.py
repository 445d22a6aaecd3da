"""The verdict on a measurement: is the run valid, do its limits hold, must it go on?"""

from collections.abc import Callable, Sequence

from focus_engine.latency.measuring.events import Phase
from focus_engine.latency.measuring.generator import complaints
from focus_engine.latency.measuring.measurement import Measurement
from focus_engine.latency.planning.measurement_spec import extension_rounds
from focus_engine.latency.planning.schedule import ClosedLoop
from focus_engine.latency.requirements.limit import Limit
from focus_engine.latency.requirements.requirement import Requirement
from focus_engine.latency.statistics.decision import (
    Decision,
    Verdict,
    decide,
    decide_error_rate,
    worst,
)
from focus_engine.latency.verdict.phases import Recovery, part
from focus_engine.verdict import ProductFailure, ToolError, Undetermined, join_sentences

Extend = Callable[[Measurement, int], None]


def judge(
    measurement: Measurement, requirement: Requirement, phase: Phase = Phase.WHOLE
) -> list[Decision]:
    """A decision per limit, then one on the error rate. Raises ToolError for an invalid run."""
    _require_judgeable(measurement, requirement)
    samples = part(measurement.samples, measurement.events, phase)
    decisions = [decide(samples, limit, measurement.looks) for limit in requirement.limits]
    decisions.append(decide_error_rate(samples, requirement.error_rate, measurement.looks))
    return decisions


def judge_until_decided(
    measurement: Measurement, requirement: Requirement, budget: float, extend: Extend
) -> list[Decision]:
    """Judge, and measure on for up to `budget` seconds while it is undetermined.

    The looks are counted beforehand, and each is held to alpha / looks.
    """
    plan = measurement.plan
    rounds = extension_rounds(plan.shape.duration, budget) if plan else []
    measurement.looks = max(measurement.looks, 1 + len(rounds))
    decisions = judge(measurement, requirement)
    for times in rounds:
        if worst(decisions) is not Verdict.UNDETERMINED:
            break
        extend(measurement, times)
        decisions = judge(measurement, requirement)
    return decisions


def conclude(measurement: Measurement, decisions: Sequence[Decision], phase: Phase) -> None:
    """Raise ProductFailure or Undetermined with a sentence per limit that did not hold."""
    verdict = worst(decisions)
    if verdict is Verdict.PASS:
        _require_open_loop(measurement)
        return
    where = "" if phase is Phase.WHOLE else f" {phase.value} the outage"
    sentences = [
        f"{measurement.endpoint}{where}: expected {decision.text}, but {decision.reason}."
        for decision in decisions
        if decision.verdict is verdict
    ]
    if verdict is Verdict.FAIL:
        raise ProductFailure(join_sentences(sentences))
    raise Undetermined(join_sentences([*sentences[:2], _advice(measurement)]))


def _require_open_loop(measurement: Measurement) -> None:
    """A failure of a closed loop stands; that it holds a limit says nothing."""
    if measurement.plan is not None and isinstance(measurement.plan.shape, ClosedLoop):
        raise Undetermined(
            f"{measurement.endpoint}: every limit held in a closed loop, whose users send nothing "
            "while the server stalls, so its percentiles hide the stall. Measure with an open load."
        )


def _advice(measurement: Measurement) -> str:
    rounds = len(measurement.rounds)
    after = f" after {rounds} rounds" if rounds > 1 else ""
    return f"Not decided{after}: measure longer, or allow more with `extend_up_to`."


def require_valid(measurement: Measurement, smallest_limit: float | None) -> None:
    """Raise ToolError when the requests were not sent as planned."""
    problems = complaints(measurement.rounds, smallest_limit)
    if problems:
        raise ToolError(
            f"the measurement of {measurement.endpoint} is invalid and says nothing about the "
            f"server: {'; '.join(problems)}. Measure on a quieter machine or at a lower rate."
        )


def conclude_recovery(
    measurement: Measurement, found: Recovery, limit: Limit, tolerated: float, hold: float
) -> float:
    """The time to recover in seconds. Raises ProductFailure when it is later than `tolerated`."""
    expected = (
        f"{measurement.endpoint}: expected {limit.text} to hold {tolerated:g} s after the outage"
    )
    if found.seconds is None and found.watched <= tolerated:
        raise Undetermined(
            f"{expected}, but it was watched for {found.watched:.1f} s only. Measure longer."
        )
    if found.seconds is None:
        raise ProductFailure(
            f"{expected}, but it did not hold again in the {found.watched:.1f} s that followed."
        )
    if found.seconds > tolerated:
        raise ProductFailure(f"{expected}, but it held only after {found.seconds:g} s.")
    held = found.watched - found.seconds
    if held < hold:
        raise Undetermined(
            f"{expected}; it did after {found.seconds:g} s, but was seen to hold for {held:.1f} s "
            f"of {hold:g} s. Measure longer."
        )
    return found.seconds


def _require_judgeable(measurement: Measurement, requirement: Requirement) -> None:
    require_valid(measurement, requirement.smallest_limit)
    timeout = measurement.timeout
    for limit in requirement.limits:
        if timeout is not None and limit.seconds > timeout:
            raise ToolError(
                f"{limit.text} cannot be judged: requests were given up after "
                f"{timeout * 1000:g} ms. Measure with a `timeout` above the limit."
            )
