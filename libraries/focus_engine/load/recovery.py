"""After a load: does the server answer as usual again, and how soon?"""

import time
from dataclasses import dataclass

from focus_engine.environment import Environment
from focus_engine.latency.measuring.measurement import Measurement
from focus_engine.latency.measuring.session import LatencySession, Say, UnreachableError
from focus_engine.latency.planning.measurement_spec import CONFIGURE, MeasurementSpec
from focus_engine.latency.requirements.limit import Limit
from focus_engine.ledger import JobLedger
from focus_engine.load.engine import budget_of
from focus_engine.verdict import ProductFailure

PROBES = 3  # configurations that must all be served as usual
PROBES_PER_SECOND = 20.0
PAUSE_SECONDS = 0.5


@dataclass(frozen=True)
class Probe:
    """What is sent to find out, and what a usual answer is."""

    body: bytes
    limit: Limit

    def spec(self) -> MeasurementSpec:
        return MeasurementSpec(
            endpoint=CONFIGURE,
            bodies=(self.body,),
            rate=PROBES_PER_SECOND,
            samples=PROBES,
            warm_up=0.0,
        )


def recover(
    environment: Environment,
    ledger: JobLedger,
    probe: Probe,
    *,
    since: float,
    tolerated: float,
    say: Say,
) -> float:
    """Seconds from `since` (perf_counter) until every probe was served as usual again.

    Raises ProductFailure when that took longer than `tolerated` seconds.
    """
    # Beside the load's own budget, so that its last jobs do not hold up the question.
    session = LatencySession(environment.with_budget(budget_of(environment) + PROBES), ledger, say)
    while True:
        seen = _probed(session, probe)
        seconds = max(0.0, seen.begin - since)
        if seen.trouble is None and seconds <= tolerated:
            return seconds
        if seconds > tolerated or time.perf_counter() - since > tolerated:
            raise ProductFailure(_sentence(probe, tolerated, seconds, seen.trouble))
        time.sleep(PAUSE_SECONDS)


@dataclass(frozen=True)
class _Seen:
    begin: float
    trouble: str | None


def _probed(session: LatencySession, probe: Probe) -> _Seen:
    begin = time.perf_counter()
    try:
        measured = session.measure(probe.spec())
    except UnreachableError as error:  # for this question that is an answer
        return _Seen(begin, error.sentence)
    return _Seen(measured.samples.origin, _trouble(measured, probe.limit))


def _trouble(measured: Measurement, limit: Limit) -> str | None:
    samples = measured.samples
    failed = int(samples.failed.sum())
    if failed:
        examples = [text for texts in samples.examples.values() for text in texts]
        return f"{failed} of {len(samples)} failed ({examples[0] if examples else 'no answer'})"
    slowest = float(samples.response.max())
    if slowest > limit.seconds:
        return f"the slowest took {slowest * 1000:.0f} ms"
    return None


def _sentence(probe: Probe, tolerated: float, seconds: float, trouble: str | None) -> str:
    what = (
        f"the server should answer {CONFIGURE} as usual (all of {PROBES}, each within "
        f"{probe.limit.seconds * 1000:g} ms) {tolerated:g} s after the load"
    )
    if trouble is None:
        return f"{what}, but it did only after {seconds:.1f} s."
    return f"{what}, but {seconds:.1f} s after it {trouble}."
