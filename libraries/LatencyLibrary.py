"""Keywords that measure latency and judge it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from robot.api.deco import keyword, library
from robot.errors import VariableError
from robot.libraries.BuiltIn import BuiltIn

from focus_engine import __version__
from focus_engine.declared.permission import Permission
from focus_engine.latency.measuring.events import EventKind, Phase
from focus_engine.latency.measuring.measurement import LatencySummary, Measurement
from focus_engine.latency.planning.load import Load
from focus_engine.latency.requirements.limit import percent_of
from focus_engine.on_use import on_use
from focus_engine.service import Service
from focus_engine.verdict import ToolError
from focus_keywords.durations import CONVERTERS

with on_use(__name__):
    from focus_engine.latency.planning import measurement_spec
    from focus_keywords import subject
    from focus_keywords.latency import session


SECOND = timedelta(seconds=1)


@library(
    scope="GLOBAL",
    doc_format="MARKDOWN",
    auto_keywords=False,
    version=__version__,
    converters=CONVERTERS,
)
class LatencyLibrary:
    """Measure how long a server takes, from a process of its own, and decide whether it holds.

    One keyword measures one phase; no Robot keyword runs per request. Loads other than `closed`
    are open loops: requests are due at fixed times whatever the server does, and a latency counts
    from the due time, so that a stall is seen by every request that a user would have sent
    during it. A `closed` load (users who wait) is for capacity; its percentiles hide stalls.

    Requests are never repeated, and redirects are not followed. Percentiles are of ok answers
    only, and each is a latency that really happened. In verdicts errors and timeouts count as
    exceedances of every limit.

    | verdict | when |
    |---|---|
    | PASS | the share of requests over the limit is at most what is allowed, with 95 % confidence |
    | FAIL | it is above, for certain (95 %): for half of the time, or again and again |
    | UNDETERMINED | neither, also after measuring on for `extend_up_to` |
    | ERROR | what seems slow may be this machine: late, short of requests, out of CPU or files |

    Evidence comes first: requests that took too long from when they were sent FAIL, however the
    sampler fared. Waiting for unanswered requests is the server's time, not the sampler's.

    `POST /configure` starts jobs. Each is entered in the job ledger, and the environment's budget
    of live jobs sets the pace: the planned time is printed before it starts.

    A case that measures needs the tags `latency` and `exclusive`, else the keyword is an ERROR:
    beside other cases it would measure them.

    ## Another service

    With `base_url` the library measures any HTTP service, without a file of an environment:

    ```text
    *** Settings ***
    Library    LatencyLibrary    base_url=http://127.0.0.1:8080
    ...    thresholds=${CURDIR}/thresholds.yaml
    Test Tags    latency    exclusive
    ```

    More than 5 requests per second, or users who wait, need `allow=['load']`, other methods than
    GET and HEAD `allow=['jobs']`. Nothing is then taken from `variables/`, and no request is taken
    for one that starts a job.

    Durations are Robot times (`300 ms`, `2 s`), rates are requests per second, latencies that
    keywords return are milliseconds.
    """

    ROBOT_LISTENER_API_VERSION = 3

    def __init__(
        self,
        *,
        base_url: str = "",
        thresholds: Path | None = None,
        allow: Sequence[Permission] = (),
        name: str = "",
        timeout: timedelta = 10 * SECOND,
        verify_tls: bool = True,
        workers: int = 1,
    ) -> None:
        """Without arguments the Focus Server is measured that the environment declares.

        Args:
            base_url: Address of another service, `https://HOST/path`.
            thresholds: Its limits, a file of the form of `variables/thresholds.yaml`; default
                none, and cases then give the limits.
            allow: What may be done beyond gentle GET: `load`, `jobs` (any method).
            name: What messages and baselines call it; default its host.
            timeout: After which a request counts as timed out.
            verify_tls: Whether its certificate must be trusted.
            workers: Processes on this machine that each send a share of every measurement, or how
                many workers of the scheduler of FOCUS_DASK_SCHEDULER do (1: all that it has). More
                than one needs `requirements-load.txt`.
        """
        self._workers = workers
        self._suite: Any = None
        self.ROBOT_LIBRARY_LISTENER = self
        self._service = Service(
            base_url=base_url,
            name=name,
            allow=tuple(allow),
            timeout=timeout.total_seconds(),
            verify_tls=verify_tls,
            thresholds=thresholds,
        )

    def start_suite(self, data: Any, result: Any) -> None:  # noqa: ARG002 - Robot passes both
        """Remember what is selected to run, for `Get Cells Of Cases`."""
        self._suite = data

    def end_test(self, data: Any, result: Any) -> None:  # noqa: ARG002 - Robot passes both
        """End what the case measures in the background."""
        self._end_of(str(data.full_name))

    def end_suite(self, data: Any, result: Any) -> None:  # noqa: ARG002 - Robot passes both
        """End what the suite's set-up measures in the background."""
        self._end_of(str(data.full_name))

    def close(self) -> None:
        """End whatever is still being measured."""
        if "_session" in self.__dict__:
            self._session.close()

    def _end_of(self, item: str) -> None:
        if "_session" in self.__dict__:  # else nothing was measured, and numpy is not loaded
            self._session.end_of(item)

    @cached_property
    def _session(self) -> "session.LatencyKeywordSession":
        under_test = subject.subject_of(self._service)
        return session.LatencyKeywordSession(under_test, self._workers)

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
            seed=self._session.seed if seed is None else seed,
        )
        if not background:
            return self._session.measure(spec)
        self._session.start(spec)
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
        return self._session.finish(endpoint, early=early)

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
        return self._session.of_body(measured, body)

    @keyword(tags=["Getter"])
    def get_cells_of_cases(self, keyword_name: str) -> list[list[Any]]:
        """Return the cells of the cases that will run, so that a set-up can measure them together.

        Args:
            keyword_name: What the cases call, or what their template is.

        Returns:
            The arguments of each call, in the order of the cases of the suite and of those below
            it; of cases that were not selected there are none. Variables are replaced where they
            are known now.

        Raises:
            TypeError: `keyword_name` is no text.

        ```robotframework
        @{rows} =    Get Cells Of Cases    Log
        Log    ${rows}
        ```
        """
        calls = [call for case in self._suite.all_tests for call in case.body]
        cells = [call.args for call in calls if _is_call(call, keyword_name)]
        return [[*map(_replaced, row)] for row in cells]

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
        self._session.session.mark(name, kind)

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
        return self._session.collect(endpoint, latencies, pace)

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
        return self._session.percentile(measured, percent_of(percentile_name))

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

    @keyword(tags=["Assertion"])
    def latency_should_be_within(
        self,
        measured: Measurement,
        *,
        p50: timedelta | None = None,
        p90: timedelta | None = None,
        p95: timedelta | None = None,
        p99: timedelta | None = None,
        error_rate: float | None = None,
        phase: Phase = Phase.WHOLE,
        extend_up_to: timedelta = 0 * SECOND,
    ) -> None:
        """Fail unless the limits hold; without limits those of `thresholds.yaml`.

        Args:
            measured: From `Measure Latency`.
            p50: Limit of P50. The same for `p90`, `p95` and `p99`. None may be looser than
                `thresholds.yaml` demands, of this or of a higher percentile; only a waiver there
                can loosen it. The log names the targets that the case leaves out.
            p90: Limit of P90.
            p95: Limit of P95.
            p99: Limit of P99.
            error_rate: Tolerated share of errors and timeouts, 0 to below 1; default from
                `thresholds.yaml`, else 0.
            phase: `whole`, or `before`, `during` or `after` the outage that events mark.
            extend_up_to: Measure on for at most this long while the verdict is open. The
                confidence is corrected for looking repeatedly.

        Raises:
            ProductFailure: `POST /configure: expected P95 <= 300 ms, but 52 of 300 requests exceed
                it (17.33%, allowed 5.00%); the share lies between 12.52% and 22.99%.`
                `GET /channels: expected no errors, but 40 of 40 failed, most by: wrong body (no
                'lowest_channel' in 200: {}).`
            Undetermined: The samples decide neither way, or the limits held in a `closed` load,
                whose users wait while the server stalls.
            ToolError: A limit is looser than the threshold, a waiver has ended, or the run itself
                was at fault and nothing that is certain breaks a limit: `ERROR: the measurement of
                GET /channels is invalid and says nothing about the server: requests were sent at
                80.0% of the rate that was offered (at least 99%): 80 of 100, the last ones 0.50 s
                late. Measure on a quieter machine or at a lower rate.`

        ```robotframework
        ${measured} =    Measure Latency    GET /channels    rate=100    samples=100    warm_up=0 s
        Latency Should Be Within    ${measured}    p95=300 ms    extend_up_to=10 s
        ```
        """
        asked = {"P50": p50, "P90": p90, "P95": p95, "P99": p99}
        limits = {name: limit.total_seconds() for name, limit in asked.items() if limit is not None}
        self._session.judge(measured, limits, error_rate, phase, extend_up_to.total_seconds())

    @keyword(tags=["Assertion"])
    def latency_should_recover_within(
        self,
        measured: Measurement,
        time_to_recover: timedelta,
        *,
        p95: timedelta,
        window: timedelta = SECOND,
        hold: timedelta = 5 * SECOND,
    ) -> float:
        """Fail unless P95 holds again soon after the end of the outage, and keeps holding.

        Args:
            measured: From `Finish Measuring Latency`, with an `end` event.
            time_to_recover: The longest tolerated time from the `end` event.
            p95: The limit that must hold again.
            window: The time to recover is the start of the first window of this length from which
                on all windows hold.
            hold: How long it must have held when the measurement ended.

        Returns:
            The time to recover in seconds.

        Raises:
            ProductFailure: `GET /channels: expected P95 <= 300 ms to hold 10 s after the outage,
                but it held only after 14 s.`
            Undetermined: It held for less than `hold` before the measurement ended.
            ToolError: The measurement has no `end` event, or a time cannot be judged: `ERROR:
                windows of 0 s, 10 s to recover and 5 s to hold cannot be judged. Give windows
                above 0 s, and nothing below 0 s.`

        ```robotframework
        Measure Latency    GET /channels    rate=50    duration=1 min    warm_up=0 s
        ...    background=True
        Mark Event    outage    begin
        Mark Event    outage ends    end
        Sleep    2 s    # the server recovers
        ${measured} =    Finish Measuring Latency    early=True
        Latency Should Recover Within    ${measured}    1 s    p95=300 ms    hold=1 s
        ```
        """
        return self._session.recovered(
            measured,
            time_to_recover.total_seconds(),
            p95.total_seconds(),
            window.total_seconds(),
            hold.total_seconds(),
        )

    @keyword(tags=["Baseline"])
    def save_latency_baseline(self, measured: Measurement) -> str:
        """Store a measurement as what later ones of the same environment are compared with.

        Args:
            measured: From `Measure Latency`. It replaces an earlier baseline of the same
                environment, endpoint and load.

        Returns:
            The path of the file, under FOCUS_BASELINES (default: `baselines/` in the project).

        Raises:
            ToolError: `ERROR: a measurement without a single ok answer is no baseline.`

        ```robotframework
        ${measured} =    Measure Latency    GET /channels    rate=50    samples=60    warm_up=0 s
        Save Latency Baseline    ${measured}
        ```
        """
        return str(self._session.save_baseline(measured))

    @keyword(tags=["Assertion", "Baseline"])
    def compare_latency_with_baseline(
        self, measured: Measurement, percentile_name: str = "P95", tolerance: float = 0.1
    ) -> float:
        """Fail when a percentile is slower than the baseline's by more than the tolerance.

        Args:
            measured: From `Measure Latency`.
            percentile_name: `P50`, `P95` …
            tolerance: Tolerated slowdown as a share; 0.1 is 10 %.

        Returns:
            How many times the baseline's the percentile is.

        Raises:
            ProductFailure: Slower for certain: `GET /channels: P95 is 48.1 ms, 1.60 times the
                30.1 ms of 2026-11-01T10:00:00+00:00 (interval 1.48 to 1.71, tolerated 1.10).`
                Also when more requests failed than in the baseline.
            PreconditionUnmet: There is no baseline of this environment, endpoint and load.
            ToolError: Too few samples or time windows.

        ```robotframework
        ${measured} =    Measure Latency    GET /channels    rate=20    samples=100    warm_up=0 s
        Save Latency Baseline    ${measured}
        Compare Latency With Baseline    ${measured}    P50    tolerance=0.2
        ```
        """
        return self._session.compare(measured, percent_of(percentile_name), tolerance)


def _replaced(cell: Any) -> Any:
    try:
        return BuiltIn().replace_variables(cell)
    except VariableError:  # only the file of the case knows it
        return cell


def _is_call(item: Any, name: str) -> bool:
    return str(getattr(item, "name", "")).lower() == name.lower()
