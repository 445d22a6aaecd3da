"""Measuring from the parent's side: start, mark events, finish, extend."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from focus_engine.environment import Environment
from focus_engine.latency.measuring.events import Event, EventKind
from focus_engine.latency.measuring.fleet import Fleet
from focus_engine.latency.measuring.measurement import Measurement
from focus_engine.latency.measuring.shared_run import SharedRun
from focus_engine.latency.measuring.worker_process import Progress, WorkerProcess
from focus_engine.latency.planning.measurement_spec import MeasurementSpec, plan_of, repeated
from focus_engine.latency.planning.plan import JobTerms, MeasurementPlan
from focus_engine.latency.planning.schedule import OpenLoop
from focus_engine.latency.sampler.outcome import Outcome
from focus_engine.latency.sampler.own_limits import UNRESOLVED
from focus_engine.latency.statistics.samples import Samples
from focus_engine.ledger import JobLedger
from focus_engine.verdict import ToolError

PROGRESS_EVERY = 5.0  # seconds between lines on the console
ROOM_POLL_SECONDS = 0.2
RUNNING = "Is the server running, and is its address right?"
OWN = "This machine is at fault: see to its free ports, open files, network and name resolution."
TRUST = (
    "Give the server's CA by REQUESTS_CA_BUNDLE, or set tls.verify to false in the environment's "
    "file."
)

Say = Callable[[str], None]


class UnreachableError(ToolError):
    """Not one request was answered, nor even accepted."""


@dataclass
class Running:
    """A measurement under way; its events carry stamps until it is finished."""

    spec: MeasurementSpec
    plan: MeasurementPlan
    notes: list[str]
    worker: WorkerProcess | SharedRun
    marks: list[tuple[str, EventKind, float]] = field(default_factory=list)


class LatencySession:
    """Measures one system. What is started beside a measurement is meant to be measured with it.

    `say` prints a line on the console. With a `fleet` its workers send, each its share.
    """

    def __init__(
        self, environment: Environment, ledger: JobLedger, say: Say, fleet: Fleet | None = None
    ) -> None:
        self._fleet = fleet
        self._environment = environment
        self._ledger = ledger
        self._say = say
        self._running: dict[str, Running] = {}

    def measure(self, spec: MeasurementSpec) -> Measurement:
        """Measure alone. Raises ToolError while anything else is being measured."""
        self._require_none(self._running)
        self.start(spec)
        return self.finish(spec.endpoint)

    @property
    def busy(self) -> list[str]:
        """The endpoints that are being measured."""
        return list(self._running)

    def start(self, spec: MeasurementSpec) -> None:
        """Begin to measure in the background; the planned time is said before it starts."""
        self._require_none([name for name in self._running if name == spec.endpoint])
        shares = 1 if self._fleet is None else len(self._fleet.members())
        plan, notes = plan_of(spec, self._environment, self._ledger, shares)
        self._say(_announcement(spec.endpoint, plan, notes))
        self._running[spec.endpoint] = Running(spec, plan, notes, self._started(plan))

    def finish(self, endpoint: str | None = None, *, early: bool = False) -> Measurement:
        """Wait for the end (or bring it about now, when `early`) and return what was found.

        Raises UnreachableError when not one request was answered and no event explains it.
        """
        running = self._named(endpoint)
        try:
            if early:
                running.worker.stop()
            samples, rounds = running.worker.outcome(self._progress_of(running.plan))
        finally:
            self._end(running)
        measurement = Measurement(
            endpoint=running.spec.endpoint,
            environment=self._environment.name,
            load=running.plan.shape.describe(),
            samples=samples,
            plan=running.plan,
            rounds=rounds,
            events=[
                Event(name, kind, stamp - samples.origin) for name, kind, stamp in running.marks
            ],
            notes=running.notes,
            same_machine=running.plan.same_machine,
        )
        if not measurement.events:
            _require_an_answer(samples, running.spec.url(self._environment.base_url))
        return measurement

    def mark(self, name: str, kind: EventKind) -> None:
        """Put an event of now on the timeline of every running measurement."""
        # perf_counter is one clock for all processes of a machine, here as in the sampler.
        now = time.perf_counter()
        self._named(next(iter(self._running), None))
        for running in self._running.values():
            running.marks.append((name, kind, now))

    def extend(self, measurement: Measurement, times: int) -> None:
        """Measure on, `times` as long as the first round, and add the samples."""
        if measurement.plan is None or measurement.events:
            raise ToolError(
                f"{measurement.endpoint} cannot be measured on: it has events, or was measured by "
                "something else. Judge it without `extend_up_to`."
            )
        plan = repeated(measurement.plan, times)
        self._say(f"not decided yet; {_announcement(measurement.endpoint, plan, [])}")
        with self._started(plan) as worker:
            samples, rounds = worker.outcome(self._progress_of(plan))
        measurement.rounds.extend(rounds)
        measurement.samples = measurement.samples.joined(samples)

    def give_up(self, endpoint: str) -> None:
        """End one that nobody will finish."""
        self._end(self._running[endpoint])

    def close(self) -> None:
        """End everything that is still being measured."""
        for running in list(self._running.values()):
            self._end(running)

    def _end(self, running: Running) -> None:
        del self._running[running.spec.endpoint]
        running.worker.close()

    def _require_none(self, endpoints: Iterable[str]) -> None:
        for endpoint in endpoints:
            raise ToolError(
                f"{endpoint} is still being measured. Use `Finish Measuring Latency` first."
            )

    def _started(self, plan: MeasurementPlan) -> WorkerProcess | SharedRun:
        if plan.jobs is not None:
            self._await_room(plan.jobs, plan.jobs_at_once)
        if self._fleet is None:
            return WorkerProcess(plan)
        return SharedRun(plan, self._fleet, self._ledger)

    def _await_room(self, jobs: JobTerms, needed: int) -> None:
        """Wait for jobs of earlier cases to end, so that the pace never has to."""
        allowed = jobs.budget - needed
        deadline = time.monotonic() + jobs.wait_limit
        alive = self._ledger.alive()
        if alive > allowed:
            self._say(f"waiting for room in the job budget ({alive} jobs are alive)")
        while alive > allowed:
            if time.monotonic() > deadline:
                raise ToolError(
                    f"{alive} jobs are still alive after {jobs.wait_limit:g} s; measuring needs "
                    f"all but {allowed} of the budget of {jobs.budget}. Run it by itself."
                )
            time.sleep(ROOM_POLL_SECONDS)
            alive = self._ledger.alive()

    def _named(self, endpoint: str | None) -> Running:
        """The running measurement of `endpoint`; None is the only one there is."""
        if not self._running:
            raise ToolError(
                "nothing is being measured. Use `Measure Latency` with `background=True` first."
            )
        if endpoint is None and len(self._running) == 1:
            return next(iter(self._running.values()))
        if endpoint in self._running:
            return self._running[str(endpoint)]
        raise ToolError(
            f"{endpoint or 'no endpoint'} was named to be finished; {', '.join(self._running)} "
            "are being measured. Name one of them."
        )

    def _progress_of(self, plan: MeasurementPlan) -> Callable[[Progress], None]:
        due = [PROGRESS_EVERY]

        def show(progress: Progress) -> None:
            if progress["seconds"] < due[0]:
                return
            due[0] = progress["seconds"] + PROGRESS_EVERY
            counts = (
                f"{progress['shares']} shares are sent"
                if "shares" in progress
                else f"{progress['sent']} sent, {progress['answered']} answered, "
                f"{progress['errors']} failed"
            )
            self._say(f"{progress['seconds']:.0f} of {plan.shape.duration:.0f} s, {counts}")

        return show


def _announcement(endpoint: str, plan: MeasurementPlan, notes: list[str]) -> str:
    shape = plan.shape
    amount = f"{shape.arrivals:.0f} requests, " if isinstance(shape, OpenLoop) else ""
    remarks = "".join(f"; {note}" for note in notes)
    return (
        f"{endpoint}, {shape.describe()}: {amount}planned "
        f"{plan.planned_seconds:.0f} s with {plan.warm_up:g} s of warm-up{remarks}"
    )


def _require_an_answer(samples: Samples, url: str) -> None:
    counts = samples.outcomes()
    unreached = (Outcome.CLIENT, Outcome.UNREACHED)
    if len(samples) and sum(counts[kind] for kind in unreached) == len(samples):
        found = [text for kind in unreached for text in samples.examples.get(kind.name, [])]
        example = found[0] if found else "no example"
        advice = TRUST if "certificate" in example.lower() else RUNNING
        if counts[Outcome.CLIENT] and UNRESOLVED not in example:
            advice = OWN
        raise UnreachableError(
            f"{url} could not be reached by any of {len(samples)} requests ({example}). {advice}"
        )
