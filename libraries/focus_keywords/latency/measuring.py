"""Keywords that measure latency, and what they found."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from typing import Any

from robot.api.deco import keyword

from focus_engine.latency.measuring.events import EventKind
from focus_engine.latency.measuring.measurement import LatencySummary, Measurement
from focus_engine.latency.planning.load import Load
from focus_engine.latency.requirements.limit import percent_of
from focus_engine.on_use import on_use
from focus_engine.service import Service
from focus_engine.verdict import ToolError

with on_use(__name__):
    from focus_engine.latency.planning import measurement_spec
    from focus_keywords import subject
    from focus_keywords.latency import session as sessions

SECOND = timedelta(seconds=1)


class MeasuringKeywords:
    """Send requests at a load. The session opens, and numpy loads, with the first measurement."""

    def __init__(self, service: Service, workers: int) -> None:
        self._service = service
        self._workers = workers

    @cached_property
    def session(self) -> "sessions.LatencyKeywordSession":
        """What all keywords of the library share."""
        under_test = subject.subject_of(self._service)
        return sessions.LatencyKeywordSession(under_test, self._workers)

    def end_of(self, item: str) -> None:
        """End what `item` (the full name of a case or a suite) measures in the background."""
        if "session" in self.__dict__:
            self.session.end_of(item)

    def close(self) -> None:
        """End whatever is still being measured."""
        if "session" in self.__dict__:
            self.session.close()

    @keyword(tags=["Measuring"])
    def measure_latency(
        self,
        endpoint: str,
        bodies: Any = None,
        *,
        path: str | None = None,
        headers: Mapping[str, str] | None = None,
        load: Load = Load.CONSTANT,
        rate: float = 10.0,
        to_rate: float | None = None,
        steps: Sequence[Sequence[float]] = (),
        users: int = 1,
        samples: int | None = None,
        duration: timedelta | None = None,
        warm_up: timedelta = 2 * SECOND,
        timeout: timedelta | None = None,
        expect_status: int = 200,
        expect_keys: Sequence[str] = (),
        seed: int | None = None,
        background: bool = False,
    ) -> Measurement | None:
        """Send requests to an endpoint at a load and return what was measured.

        Args:
            endpoint: Method and path, `GET /channels`; also the key of `thresholds.yaml`.
            bodies: A body (dictionary, text or bytes), or a list of them to be sent in turn.
            path: Replaces the path of `endpoint` where that has a placeholder.
            headers: Further request headers.
            load: `constant`, `poisson` (random gaps), `ramp` (from `rate` to `to_rate`), `steps`,
                or `closed` (`users` who each wait for the answer).
            rate: Requests per second; above 0. The job budget may lower it, which is said.
            to_rate: Requests per second at the end of a `ramp`.
            steps: Pairs of rate and seconds, for load `steps`.
            users: Users of a `closed` load; 1 or more.
            samples: How many requests; default 300, which P99 needs. Not with `duration`.
            duration: How long to send; needed by load `closed`.
            warm_up: Sent before at the same rate, shown and not counted.
            timeout: After which a request counts as timed out; default from the environment.
            expect_status: The status of an ok answer.
            expect_keys: Keys that the JSON object of an ok answer has, with something in each;
                default: what `GET /channels`, `GET /live_metadata` and `GET /metadata/{job_id}`
                always tell; `GET /ack` tells nothing, and a body of its own is a wrong one.
            seed: Of `poisson` gaps; default FOCUS_SEED, or 0.
            background: Return at once (None); `Finish Measuring Latency` then ends it. Several
                endpoints that are begun so are measured together.

        Returns:
            The measurement, for the other keywords of this library.

        Raises:
            ToolError: The server is unreachable, the arguments contradict each other, or the
                measurement could not fail: `ERROR: GET /channels is to hold P95 <= 300 ms, and a
                measurement of 1 requests cannot fail, even if all of them are slow. Send at least
                2.`
            NotAllowed: The environment does not allow such requests or such a load.

        The raw samples are stored in `latency/` beside the log; P50, P95 and P99 become metadata
        of the test. Jobs that it starts end by themselves.

        ```robotframework
        ${measured} =    Measure Latency    GET /channels    rate=50    samples=60    warm_up=200 ms
        Log    ${measured}
        ```
        """
        spec = measurement_spec.MeasurementSpec(
            endpoint=endpoint,
            path=path,
            bodies=measurement_spec.bodies_of(bodies),
            headers=dict(headers or {}),
            load=load,
            rate=rate,
            to_rate=to_rate,
            steps=measurement_spec.steps_of(steps),
            users=users,
            samples=samples,
            duration=None if duration is None else duration.total_seconds(),
            warm_up=warm_up.total_seconds(),
            timeout=None if timeout is None else timeout.total_seconds(),
            expect_statuses=(expect_status,),
            expect_keys=tuple(expect_keys),
            seed=self.session.seed if seed is None else seed,
        )
        if not background:
            return self.session.measure(spec)
        self.session.start(spec)
        return None

    @keyword(tags=["Measuring"])
    def finish_measuring_latency(
        self, early: bool = False, endpoint: str | None = None
    ) -> Measurement:
        """Wait for the end of a measurement in the background and return what was measured.

        A measurement that a case or the set-up of a suite leaves running is ended with it, with a
        warning.

        Args:
            early: End it now; what was sent so far is the result.
            endpoint: Which one, where several are measured together; default: the only one.

        Returns:
            The measurement, as from `Measure Latency`.

        Raises:
            ToolError: `ERROR: nothing is being measured. Use `Measure Latency` with
                `background=True` first.`

        ```robotframework
        Measure Latency    GET /channels    rate=50    duration=1 min    warm_up=0 s
        ...    background=True
        Sleep    1 s    # here something is done to the system
        ${measured} =    Finish Measuring Latency    early=True
        ```
        """
        return self.session.finish(endpoint, early=early)

    @keyword(tags=["Measuring"])
    def get_latency_of_body(self, measured: Measurement, body: Any) -> Measurement:
        """Return the part of a measurement that has one of the bodies that were sent in turn.

        It is judged as any other, and can be measured on with that body alone.

        Args:
            measured: From `Measure Latency` with several `bodies`, of one round.
            body: One of them.

        Returns:
            A measurement of its requests, for the other keywords of this library.

        Raises:
            ToolError: `ERROR: POST /configure was not measured with {"view_type": 7}. Give a body
                that `Measure Latency` was given.`

        ```robotframework
        VAR    &{one}    view_type=0
        VAR    &{other}    view_type=1
        ${both} =    Measure Latency    POST /configure    ${{[$one, $other]}}    rate=20
        ...    samples=20    warm_up=0 s
        ${measured} =    Get Latency Of Body    ${both}    ${other}
        Should Be Equal As Integers    ${measured.summary()}[requests]    10
        ```
        """
        return self.session.of_body(measured, body)

    @keyword(tags=["Measuring"])
    def mark_event(self, name: str, kind: EventKind = EventKind.NOTE) -> None:
        """Put what happens now on the timeline of the measurement in the background.

        Args:
            name: What happens, as it is drawn.
            kind: `begin` and `end` of an outage separate before, during and after; `note` only
                shows.

        Raises:
            ToolError: `ERROR: nothing is being measured. Use `Measure Latency` with
                `background=True` first.`

        ```robotframework
        Measure Latency    GET /channels    rate=50    duration=1 min    warm_up=0 s
        ...    background=True
        Mark Event    queue is restarted
        Sleep    1 s    # the system goes on
        ${measured} =    Finish Measuring Latency    early=True
        ```
        """
        self.session.mark(name, kind)

    @keyword(tags=["Measuring"])
    def collect_latencies(
        self, endpoint: str, latencies: Sequence[float], every: timedelta | None = None
    ) -> Measurement:
        """Make a measurement of latencies that something else measured, to be judged alike.

        Args:
            endpoint: What was measured; the key of `thresholds.yaml`.
            latencies: Seconds, in the order in which they were measured; all of ok answers.
            every: The time from one to the next, which tells incidents from single values;
                default: each was begun when the one before it had ended.

        Returns:
            The measurement, as from `Measure Latency`.

        Raises:
            ToolError: `ERROR: there are no latencies of job to first frame to collect.`

        ```robotframework
        @{seconds} =    Evaluate    [0.8 + 0.001 * i for i in range(100)]
        ${measured} =    Collect Latencies    job to first frame    ${seconds}
        Latency Should Be Within    ${measured}    p95=5 s
        ```
        """
        if not latencies:
            raise ToolError(f"there are no latencies of {endpoint} to collect.")
        pace = None if every is None else every.total_seconds()
        return self.session.collect(endpoint, latencies, pace)

    @keyword(tags=["Getter"])
    def get_latency_percentile(self, measured: Measurement, percentile_name: str) -> float:
        """Return a percentile of the ok answers.

        Args:
            measured: From `Measure Latency`.
            percentile_name: `P50`, `P95`, `P99.9` …

        Returns:
            Milliseconds; a latency that was measured, never an interpolated one. Where the
            samples are too few to bound it (P95 takes 59, P99 299), the log says so.

        Raises:
            ToolError: `ERROR: there is no P95: not one request was answered as expected. See the
                outcomes in the log.`

        ```robotframework
        ${measured} =    Measure Latency    GET /channels    rate=50    samples=20    warm_up=0 s
        ${median} =    Get Latency Percentile    ${measured}    P50
        Should Be True    0 < ${median} < 10000
        ```
        """
        return self.session.percentile(measured, percent_of(percentile_name))

    @keyword(tags=["Getter"])
    def get_latency_summary(self, measured: Measurement) -> LatencySummary:
        """Return the counts and percentiles of a measurement as plain numbers.

        Args:
            measured: From `Measure Latency`.

        Returns:
            A dictionary with requests, ok, errors, timeouts, error_rate, p50, p95, p99, max …

        Raises:
            TypeError: `measured` is no measurement.

        ```robotframework
        ${measured} =    Measure Latency    GET /channels    rate=50    samples=20    warm_up=0 s
        ${summary} =    Get Latency Summary    ${measured}
        Should Be Equal As Integers    ${summary}[errors]    0
        ```
        """
        return measured.summary()
