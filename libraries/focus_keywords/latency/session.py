"""What LatencyLibrary's keywords share: the measuring session, thresholds and evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any

from focus_engine.given import folder_given, seed_given
from focus_engine.latency.measuring.events import EventKind, Phase
from focus_engine.latency.measuring.fleet import fleet_given
from focus_engine.latency.measuring.measurement import Measurement
from focus_engine.latency.measuring.session import LatencySession
from focus_engine.latency.planning.measurement_spec import MeasurementSpec, encoded
from focus_engine.latency.requirements.limit import Limit, percent_of
from focus_engine.latency.requirements.requirement import NOT_JUDGED, requirement_of
from focus_engine.latency.requirements.thresholds import Thresholds
from focus_engine.latency.statistics.baseline import (
    baseline_path,
    compare,
    make_baseline,
    read_baseline,
    store_baseline,
)
from focus_engine.latency.statistics.percentiles import percentile
from focus_engine.latency.statistics.samples import samples_of
from focus_engine.latency.verdict.judgement import (
    certain_samples,
    conclude,
    conclude_recovery,
    judge,
    judge_until_decided,
    require_pace,
    validity_of,
)
from focus_engine.latency.verdict.phases import recovery
from focus_engine.ledger import run_ledger
from focus_engine.paths import PROJECT
from focus_engine.verdict import ProductFailure, ToolError
from focus_keywords.latency.log import RunLog
from focus_keywords.run.owner import Belongings
from focus_keywords.run.tags import MEASUREMENT, require_tags
from focus_keywords.subject import SystemUnderTest

BASELINES = PROJECT / "baselines"


class LatencyKeywordSession:
    """Opens nothing until the first measurement."""

    def __init__(self, subject: SystemUnderTest, workers: int = 1) -> None:
        self._subject = subject
        self._log = RunLog()
        self._fleet = fleet_given(workers)
        self._session: LatencySession | None = None
        self._background = Belongings()

    @property
    def session(self) -> LatencySession:
        if self._session is None:
            environment = self._subject.environment()
            self._session = LatencySession(environment, run_ledger(), self._log.say, self._fleet)
        return self._session

    @property
    def seed(self) -> int:
        return seed_given(0)

    def measure(self, spec: MeasurementSpec) -> Measurement:
        return self._logged(self._fresh_session().measure(self._limited(spec)))

    def start(self, spec: MeasurementSpec) -> None:
        """Measure in the background, until the case or the set-up that asked for it ends."""
        self._fresh_session().start(self._limited(spec))
        self._background.add(spec.endpoint, partial(self._end, spec.endpoint))

    def finish(self, endpoint: str | None, *, early: bool) -> Measurement:
        measured = self.session.finish(endpoint, early=early)
        self._background.remove(measured.endpoint)
        return self._logged(measured)

    def mark(self, name: str, kind: EventKind) -> None:
        """Put what happens now on the timeline of what is measured in the background."""
        self.session.mark(name, kind)

    def of_body(self, measured: Measurement, body: Any) -> Measurement:
        return self._logged(measured.of_body(encoded(body)))

    def end_of(self, item: str) -> None:
        """End what `item` (the full name of a case or a suite) started and nobody finished."""
        self._background.end_of(item)

    def _end(self, endpoint: str) -> None:
        if endpoint in self.session.busy:
            self._log.warn(f"{endpoint} was still being measured when its case ended; ended.")
            self.session.give_up(endpoint)

    def close(self) -> None:
        if self._session is not None:
            self._session.close()

    def _fresh_session(self) -> LatencySession:
        require_tags("a measurement", MEASUREMENT)
        if self._session is not None and not self._session.busy:
            self._session = None  # the next system may have another address
        return self.session

    def _limited(self, spec: MeasurementSpec) -> MeasurementSpec:
        """The spec with the limits that it will be held to, and what its answers must hold."""
        limits = tuple(item.limit for item in self._thresholds().of(spec.endpoint))
        return replace(self._subject.completed(spec), limits=limits)

    def _logged(self, measured: Measurement) -> Measurement:
        """Show what was found. A run that was not sent as planned is judged by who judges it."""
        self._log.measurement(measured, self._limits_shown(measured))
        validity = validity_of(measured, self._smallest_limit(measured.endpoint))
        for problem in [*validity.pace, *validity.lag]:
            self._log.say(f"{measured.endpoint}: {problem}")
        return measured

    def collect(
        self, endpoint: str, latencies: Sequence[float], every: float | None
    ) -> Measurement:
        gaps = latencies[:-1] if every is None else [every] * (len(latencies) - 1)
        due = list(accumulate(gaps, initial=0.0))
        measured = Measurement(
            endpoint=endpoint,
            environment=self._subject.name,
            load="measured one by one",
            samples=samples_of(due, latencies),
        )
        self._log.measurement(measured, self._limits_shown(measured))
        return measured

    def judge(
        self,
        measured: Measurement,
        asked: Mapping[str, float],
        error_rate: float | None,
        phase: Phase,
        extend_up_to: float,
    ) -> None:
        """Log how every limit was decided, then pass or raise the verdict."""
        thresholds = self._thresholds()
        requirement, remarks = requirement_of(thresholds, measured.endpoint, asked, error_rate)
        shown = self._limits_shown(measured)
        if extend_up_to and phase is Phase.WHOLE:
            rounds = len(measured.rounds)
            decisions = judge_until_decided(
                measured, requirement, extend_up_to, self.session.extend
            )
            if len(measured.rounds) > rounds:
                shown = [*requirement.limits]
                self._log.measurement(measured, shown)
        elif extend_up_to:
            raise ToolError(f"the time {phase.value} an outage cannot be extended afterwards.")
        else:
            decisions = judge(measured, requirement, phase)
        if shown != [*requirement.limits]:  # the case has limits of its own
            self._log.timeline(measured, requirement.limits)
        self._log.decisions(decisions, remarks)
        conclude(measured, decisions, phase)
        self._log.passed(measured, [text for text in remarks if text.startswith(NOT_JUDGED)])

    def percentile(self, measured: Measurement, percent: Fraction) -> float:
        """Milliseconds. Raises ToolError where nothing was ok."""
        require_pace(measured)
        found = percentile(measured.samples.ok_response, percent)
        self._log.say(f"{measured.endpoint}: {found.name} {found.words}")
        return found.value * 1000

    def recovered(
        self, measured: Measurement, tolerated: float, p95: float, window: float, hold: float
    ) -> float:
        if window <= 0 or min(tolerated, hold) < 0:
            raise ToolError(
                f"windows of {window:g} s, {tolerated:g} s to recover and {hold:g} s to hold "
                "cannot be judged. Give windows above 0 s, and nothing below 0 s."
            )
        limit = Limit(percent_of("P95"), p95)
        self._thresholds().refuse_looser(measured.endpoint, limit)
        require_pace(measured)
        found = recovery(certain_samples(measured), measured.events, limit, window)
        return conclude_recovery(measured, found, limit, tolerated, hold)

    def save_baseline(self, measured: Measurement) -> Path:
        require_pace(measured)
        path = _baseline_path(measured)
        baseline = make_baseline(
            measured.samples.certain(), measured.environment, measured.endpoint, measured.load
        )
        store_baseline(path, baseline)
        return path

    def compare(self, measured: Measurement, percent: Fraction, tolerance: float) -> float:
        require_pace(measured)
        baseline = read_baseline(
            _baseline_path(measured), measured.environment, measured.endpoint, measured.load
        )
        found = compare(measured.samples.certain(), baseline, percent, tolerance)
        self._log.say(f"{measured.endpoint}: {found.text}")
        if found.regressed:
            raise ProductFailure(f"{measured.endpoint}: {found.text}.")
        return found.ratio

    def _smallest_limit(self, endpoint: str) -> float | None:
        """Seconds; None where thresholds.yaml says nothing of the endpoint."""
        limits = [item.limit.seconds for item in self._thresholds().of(endpoint)]
        return min(limits, default=None)

    def _limits_shown(self, measured: Measurement) -> list[Limit]:
        return [item.limit for item in self._thresholds().of(measured.endpoint)]

    def _thresholds(self) -> Thresholds:
        return self._subject.thresholds()


def _baseline_path(measured: Measurement) -> Path:
    folder = folder_given("FOCUS_BASELINES", BASELINES, made=True)
    return baseline_path(folder, measured.environment, measured.endpoint, measured.load)
