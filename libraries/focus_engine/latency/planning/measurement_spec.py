"""From what a case asks for to a plan that the environment allows and the job budget can carry."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from math import ceil
from typing import Any

from focus_engine.declared.permission import Permission
from focus_engine.environment import SANDBOX, Environment
from focus_engine.latency.planning.load import Load
from focus_engine.latency.planning.plan import (
    AnswerExpectation,
    JobTerms,
    MeasurementPlan,
    PreparedRequest,
    paced,
)
from focus_engine.latency.planning.schedule import ClosedLoop, OpenLoop, Segment, Shape
from focus_engine.latency.requirements.limit import Limit, fewest_for_a_fail
from focus_engine.ledger import JobLedger
from focus_engine.network.credentials import credential_headers
from focus_engine.network.proxies import proxy_of
from focus_engine.streams.terms import ReaderTerms
from focus_engine.verdict import ToolError

CONFIGURE = "POST /configure"
READING = frozenset({"GET", "HEAD"})
GENTLE_RATE = 5.0  # requests per second that any environment takes without being asked
MOST_RATE = 100_000.0  # requests per second; no process sends half of it (`focus.py bench`)
SPIN_BELOW = 0.020  # limits (s) of which 5 % is less than a wait that is not spun may be off
FURTHER_ROUNDS = (1, 2)
DEFAULT_SAMPLES = 300  # P99 needs 299


@dataclass(frozen=True)
class MeasurementSpec:
    """What a case wants measured. Durations are seconds, rates requests per second.

    `endpoint` is "METHOD /path" and the key of the thresholds; `path` replaces its path where that
    has a placeholder. `bodies` are sent in turn.
    """

    endpoint: str
    path: str | None = None
    bodies: tuple[Any, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    load: Load = Load.CONSTANT
    rate: float = 10.0
    to_rate: float | None = None
    steps: tuple[tuple[float, float], ...] = ()
    users: int = 1
    samples: int | None = None
    duration: float | None = None
    warm_up: float = 2.0
    timeout: float | None = None
    expect_statuses: tuple[int, ...] = (200,)
    expect_keys: tuple[str, ...] = ()
    expect_nothing: bool = False  # in the body
    seed: int = 0
    limits: tuple[Limit, ...] = ()
    readers: ReaderTerms | None = None
    jobs: bool = True  # whether the system starts jobs, as a Focus Server does

    @property
    def method(self) -> str:
        return self._parts[0].upper()

    @property
    def starts_jobs(self) -> bool:
        path = self._path.split("?")[0]
        return self.jobs and self.method not in READING and path.endswith("/configure")

    @property
    def _path(self) -> str:
        if self.path is not None:
            return self.path
        path = self._parts[1]
        if "{" in path:
            raise ToolError(f"'{self.endpoint}' has a placeholder: give the real one as `path`.")
        return path

    @property
    def _parts(self) -> tuple[str, str]:
        """Method and path. Raises ToolError for what is no endpoint."""
        method, _, path = self.endpoint.partition(" ")
        if not (method.isalpha() and path.startswith("/")):
            raise ToolError(f"'{self.endpoint}' is no endpoint. Write it as `GET /channels`.")
        return method, path

    def url(self, base_url: str) -> str:
        return base_url + self._path


def plan_of(
    spec: MeasurementSpec, environment: Environment, ledger: JobLedger, shares: int = 1
) -> tuple[MeasurementPlan, list[str]]:
    """The plan and what must be said about it (for instance that the job budget slows it down).

    It is the whole plan also where it will be sent by so many `shares`.

    Raises NotAllowed when the environment does not allow such requests or such a load.
    """
    shape = _shape(spec)
    _require_permissions(spec, shape, environment)
    timeout = environment.file.request_timeout if spec.timeout is None else spec.timeout
    jobs = _job_terms(environment, ledger, timeout, spec.readers) if spec.starts_jobs else None
    notes: list[str] = []
    if jobs and isinstance(shape, OpenLoop):
        asked, shape = shape.peak_rate, paced(shape, jobs, spec.warm_up, shares)
        if shape.peak_rate < asked:
            notes.append(
                f"paced from {asked:.3g}/s to {shape.peak_rate:.3g}/s by the job budget "
                f"({jobs.budget} alive, {jobs.life:g} s each)"
            )
    _require_that_it_can_fail(spec, shape)
    plan = MeasurementPlan(
        requests=_requests(spec, environment.base_url),
        shape=shape,
        expectation=AnswerExpectation(
            spec.expect_statuses, spec.expect_keys, spec.starts_jobs, spec.expect_nothing
        ),
        warm_up=spec.warm_up,
        timeout=timeout,
        verify_tls=environment.file.tls.verify,
        proxy=None if environment.name == SANDBOX else proxy_of(environment.base_url),
        spin=any(limit.seconds < SPIN_BELOW for limit in spec.limits),
        jobs=jobs,
        readers=spec.readers,
    )
    return plan, notes


def _require_that_it_can_fail(spec: MeasurementSpec, shape: Shape) -> None:
    """Refuse what could not FAIL if every request were too slow: it would prove nothing."""
    if not isinstance(shape, OpenLoop) or shape.poisson or not spec.limits:
        return
    requests = ceil(shape.arrivals)
    limit = min(spec.limits, key=lambda one: fewest_for_a_fail(one.percent))
    needed = fewest_for_a_fail(limit.percent)
    if requests < needed:
        raise ToolError(
            f"{spec.endpoint} is to hold {limit.text}, and a measurement of {requests} requests "
            f"cannot fail, even if all of them are slow. Send at least {needed}."
        )


def repeated(plan: MeasurementPlan, times: int) -> MeasurementPlan:
    """The same plan for a further round, `times` as long."""
    return replace(plan, shape=plan.shape.repeated(times))


def extension_rounds(seconds: float, budget: float) -> list[int]:
    """Further rounds, in lengths of the first: FURTHER_ROUNDS, as many as `budget` seconds hold.

    They are fixed before the first look, so that the number of looks is known beforehand; few,
    because each look costs confidence.
    """
    ends = accumulate(times * seconds for times in FURTHER_ROUNDS)
    return [times for times, end in zip(FURTHER_ROUNDS, ends, strict=True) if end <= budget]


def _shape(spec: MeasurementSpec) -> Shape:
    if spec.samples is not None and spec.duration is not None:
        raise ToolError("a measurement ends by `samples` or by `duration`. Give one of them.")
    if spec.warm_up < 0 or (spec.timeout is not None and spec.timeout <= 0):
        timeout = "" if spec.timeout is None else f" and a timeout of {spec.timeout:g} s"
        raise ToolError(
            f"a warm-up of {spec.warm_up:g} s{timeout} cannot be. Give a warm-up of 0 s or more "
            "and a timeout above 0 s."
        )
    if spec.load is Load.CLOSED:
        return _closed_loop(spec)
    shape = OpenLoop(_segments(spec), poisson=spec.load is Load.POISSON, seed=spec.seed)
    if shape.peak_rate > MOST_RATE:
        raise ToolError(
            f"{shape.peak_rate:g} requests per second cannot be sent. Give at most {MOST_RATE:g}."
        )
    return shape


def _closed_loop(spec: MeasurementSpec) -> ClosedLoop:
    if spec.duration is None:
        raise ToolError("a closed loop has no rate, so its end is not known. Give `duration`.")
    return ClosedLoop(spec.users, spec.duration)


def _segments(spec: MeasurementSpec) -> tuple[Segment, ...]:
    if spec.load is Load.STEPS:
        if not spec.steps:
            raise ToolError("load `steps` needs `steps`, for example `[(5, 10), (10, 10)]`.")
        return tuple(Segment(rate, rate, seconds) for rate, seconds in spec.steps)
    if spec.load is Load.RAMP and spec.to_rate is None:
        raise ToolError("load `ramp` goes from `rate` to `to_rate`. Give `to_rate`.")
    end = spec.to_rate if spec.load is Load.RAMP and spec.to_rate is not None else spec.rate
    mean = (spec.rate + end) / 2
    if mean <= 0:
        raise ToolError(f"a rate of {mean:g} per second sends nothing. Give one above 0.")
    samples = DEFAULT_SAMPLES if spec.samples is None else spec.samples
    duration = samples / mean if spec.duration is None else spec.duration
    return (Segment(spec.rate, end, duration),)


def _require_permissions(spec: MeasurementSpec, shape: Shape, environment: Environment) -> None:
    what = f"measuring {spec.endpoint}"
    if spec.method not in READING:
        environment.require(Permission.JOBS, what)
    gentle = isinstance(shape, OpenLoop) and shape.peak_rate <= GENTLE_RATE
    if not gentle and not spec.starts_jobs:  # the job budget keeps the others gentle
        environment.require(Permission.LOAD, f"{what} ({shape.describe()})")


def _job_terms(
    environment: Environment, ledger: JobLedger, timeout: float, readers: ReaderTerms | None
) -> JobTerms:
    """A job that is read lives on while it is read, and its own life begins after that."""
    life = environment.job_life + (readers.seconds if readers else 0.0)
    return JobTerms(
        ledger=str(ledger.path),
        budget=environment.file.alive_jobs,
        life=life,
        answer_limit=timeout,
        wait_limit=life + timeout,
    )


def _requests(spec: MeasurementSpec, base_url: str) -> tuple[PreparedRequest, ...]:
    url = spec.url(base_url)
    if not spec.bodies:
        own = {**credential_headers(), **spec.headers}
        return (PreparedRequest(spec.method, url, tuple(own.items())),)
    headers = {"Content-Type": "application/json", **credential_headers(), **spec.headers}
    return tuple(
        PreparedRequest(spec.method, url, tuple(headers.items()), encoded(body))
        for body in spec.bodies
    )


def encoded(body: Any) -> bytes:
    """A body as it is sent."""
    if isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode("utf-8")
    return json.dumps(body).encode("utf-8")


def bodies_of(value: Any) -> tuple[Any, ...]:
    """One body or a list of them; None is no body at all."""
    if value is None:
        return ()
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def steps_of(pairs: Sequence[Sequence[float]]) -> tuple[tuple[float, float], ...]:
    """`[(rate, seconds), …]` as it comes from a table, checked."""
    try:
        return tuple((float(rate), float(seconds)) for rate, seconds in pairs)
    except (TypeError, ValueError) as error:
        raise ToolError(
            f"steps are {pairs!r}; expected pairs of rate and seconds, as in [(5, 10), (10, 10)]."
        ) from error
