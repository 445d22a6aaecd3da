"""What one measurement sends: a frozen plan that travels to the sampler process as JSON.

Standard library only, because the sampler process must start fast. Durations are seconds.
"""

import json
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass, replace
from math import ceil, inf, sqrt
from typing import Any
from urllib.parse import urlsplit

from focus_engine.latency.planning.schedule import ClosedLoop, OpenLoop, Segment, Shape
from focus_engine.latency.planning.share import Share
from focus_engine.network.addresses import is_loopback
from focus_engine.streams.terms import ReaderTerms

DEFAULT_PORTS = {"http": 80, "https": 443}
# Part of the job budget that a measurement uses, so that its pace never waits for a job to end.
BUDGET_SHARE = 0.9
# A job counts as alive from its request on; answers may take this long without upsetting the pace.
ANSWER_ALLOWANCE = 1.0


@dataclass(frozen=True)
class PreparedRequest:
    """One prepared request; the body is bytes, so nothing is serialised in the measured path."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None


@dataclass(frozen=True)
class AnswerExpectation:
    """The predicate that an answer must meet to count as ok."""

    statuses: tuple[int, ...] = (200,)
    json_keys: tuple[str, ...] = ()
    job_id: bool = False
    nothing: bool = False  # the body is empty

    @property
    def reads_json(self) -> bool:
        return self.job_id or bool(self.json_keys)


@dataclass(frozen=True)
class JobTerms:
    """Where jobs are accounted for and how many may be alive (see `focus_engine.ledger`)."""

    ledger: str
    budget: int
    life: float
    answer_limit: float
    wait_limit: float

    def sustainable_rate(self, *, poisson: bool) -> float:
        """Requests per second that never have to wait for room in the budget."""
        alive = BUDGET_SHARE * self.budget
        if poisson:  # leave three standard deviations of the number alive
            alive = ((sqrt(9 + 4 * alive) - 3) / 2) ** 2
        return alive / (self.life + ANSWER_ALLOWANCE)

    def needed_at(self, rate: float) -> int:
        """How many jobs are alive at once at `rate`."""
        return min(self.budget, ceil(rate * (self.life + ANSWER_ALLOWANCE)))


@dataclass(frozen=True)
class MeasurementPlan:
    """One measurement. Requests are sent in turn; `warm_up` seconds before it are not counted.

    With a `share`, only that share of it is sent, at the time that all shares agreed on.
    """

    requests: tuple[PreparedRequest, ...]
    shape: Shape
    expectation: AnswerExpectation = AnswerExpectation()
    warm_up: float = 0.0
    timeout: float = 10.0
    verify_tls: bool = True
    proxy: str | None = None
    max_in_flight: int = 1000
    spin: bool = False
    jobs: JobTerms | None = None
    share: Share | None = None
    readers: ReaderTerms | None = None

    @property
    def planned_seconds(self) -> float:
        return self.warm_up + self.shape.duration

    @property
    def reading_seconds(self) -> float:
        """How long the streams of the last job may be read after its answer."""
        return self.readers.timeout + self.readers.seconds if self.readers else 0.0

    @property
    def same_machine(self) -> bool:
        """Whether the server runs on the machine of the sampler, and competes for its cores."""
        return self.local_port is not None

    @property
    def local_port(self) -> int | None:
        """The port of a server on the machine of the sampler."""
        if not self.requests:
            return None
        url = urlsplit(self.requests[0].url)
        port = url.port or DEFAULT_PORTS.get(url.scheme)
        return port if is_loopback(url.hostname or "") else None

    @property
    def jobs_at_once(self) -> int:
        """How much room in the job budget is needed at the start, so that the pace never waits."""
        if self.jobs is None or not isinstance(self.shape, OpenLoop):
            return 0  # users of a closed loop wait anyway
        at_pace = self.jobs.needed_at(self.shape.peak_rate)
        return int(min(at_pace, _most_requests(self.shape, self.warm_up)))

    def to_json(self) -> str:
        data = asdict(self)
        for request in data["requests"]:
            body = request["body"]
            request["body"] = None if body is None else b64encode(body).decode("ascii")
        data["open"] = isinstance(self.shape, OpenLoop)
        return json.dumps(data)

    @classmethod
    def from_json(cls, text: str) -> "MeasurementPlan":
        data = json.loads(text)
        shape = _open_loop if data.pop("open") else _closed_loop
        jobs, share = data.pop("jobs"), data.pop("share")
        readers = data.pop("readers")
        expectation = data.pop("expectation")
        return cls(
            requests=tuple(_request(item) for item in data.pop("requests")),
            shape=shape(data.pop("shape")),
            expectation=AnswerExpectation(
                tuple(expectation.pop("statuses")),
                tuple(expectation.pop("json_keys")),
                **expectation,
            ),
            jobs=JobTerms(**jobs) if jobs else None,
            share=Share(**share) if share else None,
            readers=ReaderTerms(**readers) if readers else None,
            **data,
        )


def paced(shape: OpenLoop, jobs: JobTerms, warm_up: float = 0.0, shares: int = 1) -> OpenLoop:
    """The same requests, slowed down as far as the job budget demands, divided among `shares`.

    So few that all of their jobs may be alive at once may come at any pace.
    """
    if _most_requests(shape, warm_up) <= jobs.budget:
        return shape
    smallest = replace(jobs, budget=max(1, jobs.budget // shares))
    factor = shape.peak_rate / (shares * smallest.sustainable_rate(poisson=shape.poisson))
    return shape.slowed(factor) if factor > 1 else shape


def _most_requests(shape: OpenLoop, warm_up: float) -> float:
    """Warm-up included; without a bound where gaps are random."""
    return inf if shape.poisson else ceil(shape.arrivals) + ceil(warm_up * shape.first_rate)


def _request(data: dict[str, Any]) -> PreparedRequest:
    body = data["body"]
    return PreparedRequest(
        method=data["method"],
        url=data["url"],
        headers=tuple((str(name), str(value)) for name, value in data["headers"]),
        body=None if body is None else b64decode(body),
    )


def _open_loop(data: dict[str, Any]) -> Shape:
    segments = tuple(Segment(**part) for part in data["segments"])
    return OpenLoop(segments, poisson=data["poisson"], seed=data["seed"])


def _closed_loop(data: dict[str, Any]) -> Shape:
    return ClosedLoop(**data)
