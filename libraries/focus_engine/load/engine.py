"""Applies a load shape, step by step, through the latency sampler and the job ledger."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from focus_engine.declared.permission import Permission
from focus_engine.environment import SANDBOX, Environment
from focus_engine.kubernetes.jobs import grpc_jobs
from focus_engine.latency.measuring.events import Event, EventKind
from focus_engine.latency.measuring.fleet import Fleet
from focus_engine.latency.measuring.measurement import Measurement
from focus_engine.latency.measuring.session import LatencySession
from focus_engine.latency.planning.measurement_spec import CONFIGURE, MeasurementSpec
from focus_engine.latency.requirements.requirement import LatencyRequirement
from focus_engine.latency.verdict.judgement import certain_samples, invalid, validity_of
from focus_engine.ledger import JobLedger
from focus_engine.load.arrival import Arrival, Readers
from focus_engine.load.counts import alive_at_once, counts_of
from focus_engine.load.readers import ReaderCounts, reader_counts
from focus_engine.load.result import LoadResult, Step
from focus_engine.load.run import LoadRun
from focus_engine.load.shapes import LoadShape
from focus_engine.load.verdict import judged_readers, why_broken
from focus_engine.load.watch import ClusterWatch
from focus_engine.streams.terms import ReaderTerms
from focus_engine.verdict import ToolError, Verdict

if TYPE_CHECKING:  # which loads numpy
    from focus_engine.latency.statistics.samples import Samples

ENGINE = "focus_engine.latency"
POLL_SECONDS = 0.05
MOST_READER_DELAY = 0.5  # seconds between an answer and the connection of its readers
WORTH_SAYING = 0.1  # seconds that the job budget held a request back
SLOW_PAUSE = 0.3  # seconds that a slow reader lets pass after each frame

Say = Callable[[str], None]


class LoadEngine:
    """Lays load on one system. A load may have more jobs alive than other cases.

    With a `fleet` its workers send each step, each its share.
    """

    def __init__(
        self, environment: Environment, ledger: JobLedger, say: Say, fleet: Fleet | None = None
    ) -> None:
        self.environment = environment.with_budget(budget_of(environment))
        self._ledger = ledger
        self._say = say
        self._session = LatencySession(self.environment, ledger, say, fleet)

    def run(
        self,
        shape: LoadShape,
        bodies: Sequence[bytes],
        requirement: LatencyRequirement,
        first_frame: LatencyRequirement,
    ) -> LoadRun:
        """Lay the load on until its end, or until a step breaks the server.

        Raises NotAllowed, PreconditionUnmet where the budget is too small, and ToolError when the
        server cannot be reached at all or a step was not sent as planned.
        """
        environment = self.environment
        environment.require(Permission.LOAD, f"load '{shape.name}'")
        shape.require_budget(environment.file.alive_jobs, environment.name)
        self._say(_announcement(shape, shape.life(environment.job_life)))
        watch = ClusterWatch(grpc_jobs(environment), self._ledger, shared=environment.file.shared)
        measured: list[Measurement] = []
        steps: list[Step] = []
        for number, jobs in enumerate(shape.jobs, start=1):
            self._await_calm(shape)
            turn = sum(step.counts.requests for step in steps)
            measured.append(self._measure(shape, jobs, _rotated(bodies, turn), number))
            steps.append(self._step(shape, measured, watch, (requirement, first_frame)))
            reason = why_broken(steps[-1], requirement)
            _require_certain(measured[-1], steps[-1], requirement, reason)
            self._say(_outcome(steps[-1], shape, reason))
            if reason:
                break
        result = LoadResult(
            shape=shape.name,
            arrival=shape.arrival.value,
            environment=environment.name,
            engine=ENGINE,
            planned=len(shape.jobs),
            steps=tuple(steps),
        )
        return _run(result, measured, shape.life(0.0))

    def close(self) -> None:
        """End what is still being sent."""
        self._session.close()

    def _measure(
        self,
        shape: LoadShape,
        jobs: int,
        bodies: tuple[bytes, ...],
        number: int,
    ) -> Measurement:
        life = shape.life(self.environment.job_life)
        spec = MeasurementSpec(
            endpoint=CONFIGURE,
            bodies=bodies,
            rate=shape.rate(jobs, life),
            duration=shape.step_seconds(life),
            warm_up=0.0,
            readers=self._readers(shape),
        )
        self._session.start(spec)
        if number > 1:  # a server that answered before and is silent now was broken by the load
            self._session.mark(f"step {number}", EventKind.NOTE)
        return self._session.finish()

    def _readers(self, shape: LoadShape) -> ReaderTerms | None:
        if shape.readers is Readers.NONE:
            return None
        return ReaderTerms(
            seconds=shape.reading,
            timeout=self.environment.stream_timeout,
            pause=SLOW_PAUSE if shape.readers is Readers.SLOW else 0.0,
            host=self.environment.stream_host or "",
            only_loopback=self.environment.name == SANDBOX,
        )

    def _step(
        self,
        shape: LoadShape,
        measured: Sequence[Measurement],
        watch: ClusterWatch,
        demanded: tuple[LatencyRequirement, LatencyRequirement],
    ) -> Step:
        samples, seen = measured[-1].samples, watch.look()
        begin = samples.origin - measured[0].samples.origin
        examples = [text for texts in samples.examples.values() for text in texts]
        return Step(
            number=len(measured),
            jobs=shape.jobs[len(measured) - 1],
            reached=alive_at_once(
                _joined(measured), samples.origin, shape.life(self.environment.job_life)
            ),
            begin=begin,
            end=begin + max(found.seconds for found in measured[-1].rounds),
            counts=counts_of(samples, demanded[0].limits),
            started=seen.started,
            unknown=seen.unknown,
            alive=seen.alive,
            example=examples[0] if examples else "",
            readers=read(shape, samples.readings, demanded[1]),
            held_back=_held_back(measured[-1]),
        )

    def _await_calm(self, shape: LoadShape) -> None:
        """Before a wave the jobs of the one before it have ended."""
        if shape.arrival is not Arrival.TOGETHER:
            return
        limit = shape.life(self.environment.job_life) + self.environment.file.request_timeout
        deadline = time.monotonic() + limit
        while self._ledger.alive():
            if time.monotonic() > deadline:
                raise ToolError(
                    f"{self._ledger.alive()} jobs of this run are still alive after {limit:g} s, "
                    "so the next wave would not start from none. Run the load by itself."
                )
            time.sleep(POLL_SECONDS)


def read(
    shape: LoadShape, readings: Sequence[Mapping[str, Any]], demanded: LatencyRequirement
) -> ReaderCounts | None:
    """What the readers of a step found. Raises ToolError when they were late and miss something."""
    if shape.readers is Readers.NONE:
        return None
    paced = 0.0 if shape.readers is Readers.SLOW else shape.reading
    found = judged_readers(reader_counts(readings, demanded.limits, live=paced), demanded)
    late = max((record["own_delay"] for record in readings), default=0.0)
    if found.reason and late > MOST_READER_DELAY:
        raise ToolError(
            f"readers of load '{shape.name}' began to connect up to {late:.1f} s after the "
            f"answer (at most {MOST_READER_DELAY:g} s), so what they found says nothing of the "
            f"server: {found.reason}. Read on a quieter machine, or with more workers."
        )
    return found


def _held_back(measurement: Measurement) -> str:
    """How the job budget kept a step from being sent as it was asked for."""
    waited = measurement.samples.waited
    longest = float(waited.max()) if len(waited) else 0.0
    said = [*measurement.notes]
    if longest > WORTH_SAYING:
        said.append(f"unanswered requests held the job budget for up to {longest:.1f} s")
    return "; ".join(said)


def _require_certain(
    measurement: Measurement, step: Step, requirement: LatencyRequirement, reason: str | None
) -> None:
    """Raise ToolError when the sampler or a busy machine may be what the step shows.

    What is certain all the same comes first: a step that breaks by it stays broken.
    """
    validity = validity_of(measurement, requirement.smallest_limit)
    problems = validity.against(Verdict.FAIL if reason else Verdict.PASS)
    if not problems:
        return
    certain = counts_of(certain_samples(measurement), requirement.limits)
    if why_broken(replace(step, counts=certain), requirement) is None and not step.readers:
        raise invalid(measurement, problems)


def budget_of(environment: Environment) -> int:
    """How many jobs a load may have alive."""
    return environment.file.load_alive_jobs or environment.file.alive_jobs


def _rotated(bodies: Sequence[bytes], turn: int) -> tuple[bytes, ...]:
    """Each step goes on where the one before it stopped, so that short steps send all in turn."""
    first = turn % len(bodies)
    return (*bodies[first:], *bodies[:first])


def _run(result: LoadResult, measured: Sequence[Measurement], reading: float) -> LoadRun:
    samples = _joined(measured)
    bodies = {
        request.body: None
        for one in measured
        if one.plan is not None
        for request in one.plan.requests[: len(one.samples)]
    }
    return LoadRun(
        result=result,
        samples=samples,
        events=tuple(Event(f"{step.jobs}", EventKind.NOTE, step.begin) for step in result.steps),
        rounds=tuple(found for one in measured for found in one.rounds),
        sent=tuple(json.loads(body) for body in bodies if body),
        ended=min(float(samples.rows["done"].max()) + reading, time.perf_counter()),
    )


def _joined(measured: Sequence[Measurement]) -> "Samples":
    samples = measured[0].samples
    for later in measured[1:]:
        samples = samples.joined(later.samples)
    return samples


def _announcement(shape: LoadShape, life: float) -> str:
    seconds = len(shape.jobs) * shape.step_seconds(life)
    if shape.arrival is Arrival.TOGETHER:
        seconds += life * (len(shape.jobs) - 1)
    steps = ", ".join(str(jobs) for jobs in shape.jobs)
    return (
        f"load '{shape.name}' ({shape.purpose}): up to {steps} investigations at once, "
        f"planned {seconds:.0f} s"
    )


def _outcome(step: Step, shape: LoadShape, reason: str | None) -> str:
    median = step.counts.percentile(50)
    latency = "" if median is None else f", P50 {median * 1000:.0f} ms"
    breaks = f": breaks, {reason}" if reason else ""
    held = f" ({step.held_back})" if step.held_back else ""
    return (
        f"step {step.number} of {len(shape.jobs)}, {step.reached} alive at once ({step.jobs} "
        f"wanted): {step.counts.ok} of {step.counts.requests} ok{latency}{held}{breaks}"
    )
