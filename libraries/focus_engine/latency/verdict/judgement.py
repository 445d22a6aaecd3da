"""The verdict on a measurement: do its limits hold, may the run say so, must it go on?

Validity never outranks evidence. Requests that took too long from when they were sent, whatever
the sampler did meanwhile, FAIL first; only then it is asked whether the run was sent as planned.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from focus_engine.latency.measuring.events import Phase
from focus_engine.latency.measuring.generator import (
    LEAST_ACHIEVED,
    busy_complaints,
    busy_words,
    certain_slack,
    core_wait,
    lag_complaints,
    pace_complaints,
)
from focus_engine.latency.measuring.measurement import Measurement
from focus_engine.latency.planning.measurement_spec import extension_rounds
from focus_engine.latency.planning.schedule import ClosedLoop
from focus_engine.latency.requirements.limit import Limit
from focus_engine.latency.requirements.requirement import LatencyRequirement
from focus_engine.latency.sampler.outcome import Outcome
from focus_engine.latency.statistics.decision import Decision, decide, decide_error_rate, worst
from focus_engine.latency.verdict.phases import LimitRestored, part
from focus_engine.verdict import ProductFailure, ToolError, Undetermined, Verdict, join_sentences

if TYPE_CHECKING:
    from focus_engine.latency.statistics.samples import Samples

Extend = Callable[[Measurement, int], None]
BUSY_SECONDS = 0.02  # a wait for a core that moves a percentile of some hundred ms
INCIDENTS_SEEN = 3  # what comes less often than so many times in a measurement may be missed


@dataclass(frozen=True)
class Validity:
    """What the run itself is to blame for; each is a list of sentences.

    `pace` voids every verdict, `lag` and `busy` a FAIL: a server that is fast enough although we
    were late, or although the machine was busy, is fast enough. `lag` also voids what is open
    because of requests that it made late itself.
    """

    pace: list[str]
    lag: list[str]
    busy: list[str]

    def against(self, verdict: Verdict) -> list[str]:
        if verdict is Verdict.PASS:
            return self.pace
        if verdict is Verdict.UNDETERMINED:
            return [*self.pace, *self.lag]
        return [*self.pace, *self.lag, *self.busy]


def validity_of(measurement: Measurement, smallest_limit: float | None) -> Validity:
    """How far the run may be trusted to judge limits of at least `smallest_limit` seconds."""
    rounds = measurement.rounds
    return Validity(
        pace=pace_complaints(rounds),
        lag=lag_complaints(rounds, smallest_limit),
        busy=busy_complaints(rounds, smallest_limit) if measurement.same_machine else [],
    )


def certain_samples(measurement: Measurement) -> "Samples":
    """The samples with only that in them which neither sampler nor machine can have caused."""
    slack = certain_slack(measurement.rounds) if measurement.same_machine else 0.0
    return measurement.samples.certain(slack)


def judge(
    measurement: Measurement, requirement: LatencyRequirement, phase: Phase = Phase.WHOLE
) -> list[Decision]:
    """A decision per limit, then one on the error rate. Raises ToolError for an invalid run."""
    _require_judgeable(measurement, requirement)
    decisions = _decisions(measurement, requirement, phase, measurement.samples)
    problems = validity_of(measurement, requirement.smallest_limit).against(worst(decisions))
    if not problems:
        return decisions
    certain = _decisions(measurement, requirement, phase, certain_samples(measurement))
    if worst(certain) is Verdict.FAIL:
        return certain
    open_anyhow = worst(decisions) is Verdict.UNDETERMINED and _over(decisions) <= _over(certain)
    if open_anyhow and not pace_complaints(measurement.rounds):
        return decisions
    raise invalid(measurement, problems)


def judge_until_decided(
    measurement: Measurement, requirement: LatencyRequirement, budget: float, extend: Extend
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
        _require_the_load(measurement)
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


def coverage(measurement: Measurement) -> str:
    """What a PASS of this measurement speaks of, and what it does not."""
    due = measurement.samples.due
    seconds = float(due[-1] - due[0]) if len(due) else 0.0
    return (
        f"seen for {seconds:.3g} s: incidents that come less often than every "
        f"{seconds / INCIDENTS_SEEN:.3g} s are not covered"
    )


def _decisions(
    measurement: Measurement, requirement: LatencyRequirement, phase: Phase, samples: "Samples"
) -> list[Decision]:
    judged = part(samples, measurement.events, phase)
    decisions = [decide(judged, limit, measurement.looks) for limit in requirement.limits]
    errors = decide_error_rate(judged, requirement.error_rate, measurement.looks)
    return [*decisions, replace(errors, reason=f"{errors.reason}{_commonest_failure(judged)}")]


def _commonest_failure(samples: "Samples") -> str:
    """How most of those failed that did, with an example; nothing where none did."""
    counts = {
        kind: count
        for kind, count in samples.outcomes().items()
        if kind is not Outcome.OK and not kind.is_unknown and count
    }
    if not counts:
        return ""
    kind = max(counts, key=counts.__getitem__)
    example = next(iter(samples.examples.get(kind.name, [])), "")
    return f", most by: {kind.words}{f' ({example})' if example else ''}"


def _over(decisions: Sequence[Decision]) -> int:
    return sum(decision.exceedances for decision in decisions)


def _require_open_loop(measurement: Measurement) -> None:
    """A failure of a closed loop stands; that it holds a limit says nothing."""
    if measurement.plan is not None and isinstance(measurement.plan.shape, ClosedLoop):
        raise Undetermined(
            f"{measurement.endpoint}: every limit held in a closed loop, whose users send nothing "
            "while the server stalls, so its percentiles hide the stall. Measure with an open load."
        )


def _require_the_load(measurement: Measurement) -> None:
    """Limits that held at less than the load that was asked for are not shown to hold at it."""
    if measurement.events:  # an outage is meant to hold answers back
        return
    let_through = min((item.let_through for item in measurement.rounds), default=1.0)
    if let_through < LEAST_ACHIEVED:
        raise Undetermined(
            f"{measurement.endpoint}: every limit held, but answers came so late that only "
            f"{let_through:.0%} of the load could be sent: they held the job budget. Ask for less "
            "per second, or for fewer samples."
        )


def _advice(measurement: Measurement) -> str:
    rounds = measurement.looked
    after = f" after {rounds} rounds" if rounds > 1 else ""
    if measurement.same_machine and core_wait(measurement.rounds) > BUSY_SECONDS:
        return (
            f"Not decided{after}: {busy_words(measurement.rounds)}. Measure on a quieter machine."
        )
    return f"Not decided{after}: measure longer, or allow more with `extend_up_to`."


def require_pace(measurement: Measurement) -> None:
    """Raise ToolError when this was not the load that was asked for, by the sampler's own fault."""
    problems = pace_complaints(measurement.rounds)
    if problems:
        raise invalid(measurement, problems)


def invalid(measurement: Measurement, problems: Sequence[str]) -> ToolError:
    return ToolError(
        f"the measurement of {measurement.endpoint} is invalid and says nothing about the "
        f"server: {'; '.join(problems)}. Measure on a quieter machine or at a lower rate."
    )


def conclude_recovery(
    measurement: Measurement, found: LimitRestored, limit: Limit, tolerated: float, hold: float
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
    if found.first_seen > tolerated:
        raise Undetermined(
            f"{expected}, but after {found.seconds:g} s the next request came after "
            f"{found.first_seen:.1f} s only. Measure at a higher rate, or tolerate more."
        )
    held = found.watched - found.first_seen
    if held < hold:
        raise Undetermined(
            f"{expected}; it did after {found.seconds:g} s, but was seen to hold for {held:.1f} s "
            f"of {hold:g} s. Measure longer."
        )
    return found.seconds


def _require_judgeable(measurement: Measurement, requirement: LatencyRequirement) -> None:
    timeout = measurement.timeout
    for limit in requirement.limits:
        if timeout is not None and limit.seconds > timeout:
            raise ToolError(
                f"{limit.text} cannot be judged: requests were given up after "
                f"{timeout * 1000:g} ms. Measure with a `timeout` above the limit."
            )
