"""Keywords for load and stress."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cached_property
from typing import Any, TypedDict

from robot.api.deco import keyword, library

from focus_engine import __version__
from focus_engine.contract.configure.configuration import View
from focus_engine.load.arrival import Readers
from focus_engine.load.run import LoadRun
from focus_engine.on_use import on_use
from focus_engine.verdict import ToolError
from focus_keywords.durations import CONVERTERS

with on_use(__name__):
    from focus_engine.latency.planning import measurement_spec
    from focus_engine.load import sent as loads
    from focus_engine.load import shapes
    from focus_keywords.load import session


class BreakingStep(TypedDict):
    """The step of a load at which the server broke."""

    number: int
    jobs: int
    reason: str


@library(
    scope="GLOBAL",
    doc_format="MARKDOWN",
    auto_keywords=False,
    version=__version__,
    converters=CONVERTERS,
)
class LoadLibrary:
    """Lay load on a server, and find out where it breaks and whether it recovers.

    A load starts investigations (`POST /configure`). Its shapes are data
    (`variables/load_shapes.yaml`); what it sends comes from the client settings: the default
    channels and the full range, the frequency range, and every NFFT option that a view allows.

    Each step is measured by the sampler of LatencyLibrary in a process of its own, in an open
    loop, and every job is entered in the run's job ledger. A load may have more jobs alive than
    other cases (`load_alive_jobs` of the environment). Between two steps is about half a second
    without requests.

    A case that lays load needs the tags `load` and `exclusive`, else the keyword is an ERROR.

    A step **breaks** the server when

    * more requests failed than thresholds.yaml tolerates of `POST /configure under load`,
    * more answers were slower than its limit than chance explains (95 %), or
    * the cluster has jobs that no answer named.

    The load then stops, so that a broken server is not beaten on.
    """

    def __init__(self, workers: int = 1) -> None:
        """Say how many processes send.

        Args:
            workers: Processes on this machine that each send a share of every load, or how many
                workers of the scheduler of FOCUS_DASK_SCHEDULER do (1: all that it has). More than
                one needs `requirements-load.txt`.

        ```robotframework
        Library    LoadLibrary    workers=4
        ```
        """
        self._workers = workers

    @cached_property
    def _session(self) -> "session.LoadKeywordSession":
        return session.LoadKeywordSession(self._workers)

    @keyword(tags=["Getter"])
    def get_default_load(self) -> list[bytes]:
        """Return the request bodies that a load sends when nothing is said.

        Returns:
            JSON bodies of live configurations (bytes, UTF-8), to be sent with
            `Send Raw Configuration` of FocusServerLibrary.

        Raises:
            ToolError: The client settings cannot be read, for example `ERROR:
                usersettings.json: key 'Defaults.Nfft' is missing. Correct the file.`

        Sends nothing, so nothing undoes it.

        ```robotframework
        ${bodies} =    Get Default Load
        ```
        """
        return self._session.default_bodies()

    @keyword(tags=["Getter"])
    def get_historic_load(self, windows: Sequence[int] | None = None) -> list[bytes]:
        """Return bodies of historic investigations over recordings that exist.

        Args:
            windows: How long they are, in seconds; at most what all windows of the client show
                together. By default 30, 60 and 300, as far as the client shows them.

        Returns:
            JSON bodies (bytes, UTF-8): each window over each of the latest recordings.

        Raises:
            PreconditionUnmet: `PRECONDITION: the server knows no finished recording of 300 s in
                the last 366 days. Record some data, or ask for shorter windows.`
            ToolError: A window is longer than the client shows.

        Asks the server for its recordings and starts nothing.

        ```robotframework
        ${bodies} =    Get Historic Load
        ${load} =    Run Load    steady    ${bodies}    jobs=[5]    step=1 s
        ```
        """
        return self._session.historic_bodies(windows)

    @keyword(tags=["Load"])
    def run_load(
        self,
        shape: str,
        bodies: Any = None,
        *,
        jobs: Sequence[int] = (),
        step: timedelta | None = None,
        readers: Readers | None = None,
    ) -> LoadRun:
        """Lay load on the server, step by step, and return what was found.

        Args:
            shape: Its name in `load_shapes.yaml`: `waves`, `ramp`, `steady`, `spike`, `soak`,
                `read_waves`, `slow_readers`.
            bodies: A body (bytes or dictionary) or a list of them, sent in turn; default
                `Get Default Load`.
            jobs: Investigations at once, per step; default from the shape.
            step: How long a step lasts; default from the shape. Where investigations come
                evenly, at least as long as a job lives.
            readers: Who reads the streams: `none`, `each_stream` or `slow`; default from the
                shape. A job that is read lives longer.

        Returns:
            The load, for the other keywords of this library. It passes whatever happened:
            `Load Should Succeed` judges it.

        Raises:
            NotAllowed: The environment allows no load.
            PreconditionUnmet: A step needs more jobs than the environment lets a load have.
            ToolError: There is no such shape, the server cannot be reached, or a step was not
                sent as planned.

        The log has a table of the steps and two charts; the result (JSON) and the raw samples are
        stored in `load/` beside it. Jobs end by themselves.

        ```robotframework
        ${load} =    Run Load    waves    jobs=[2, 4]    step=300 ms
        ```
        """
        sent = measurement_spec.bodies_of(bodies) or tuple(self._session.default_bodies())
        seconds = None if step is None else step.total_seconds()
        if any(count < 1 for count in jobs) or (seconds is not None and seconds <= 0):
            raise ToolError("a load needs at least 1 investigation per step, and steps above 0 s.")
        changed = shapes.load_shape(shape).changed(tuple(jobs), seconds, readers)
        return self._session.run(changed, sent)

    @keyword(tags=["Assertion"])
    def load_should_succeed(self, load: LoadRun, up_to: int | None = None) -> None:
        """Fail when a step broke the server.

        Args:
            load: From `Run Load`.
            up_to: Judge only steps of at most so many investigations at once.

        Raises:
            ProductFailure: `Load 'waves' breaks the server at step 4 of 5 (30 investigations at
                once): 12 of 30 requests failed (40.0%, at most 5% may): 12 unexpected status (503:
                {"error":"busy"}).`
            Undetermined: What holds had fewer than `up_to` alive at once; or, without it, much
                fewer than a step says: `UNDETERMINED: step 2 of load 'ramp' should have had 30
                investigations alive at once and had 12, so nothing is known of so many. Give a
                longer `step`, or run the load by itself.`
            ToolError: The load never had `up_to` investigations at once, or `up_to` is below 1.

        ```robotframework
        ${load} =    Run Load    waves    jobs=[4]    step=300 ms
        Load Should Succeed    ${load}
        ```
        """
        self._session.conclude(load, up_to)

    @keyword(tags=["Assertion"])
    def load_should_be_carried(
        self, load: LoadRun, time_to_recover: timedelta, up_to: int | None = None
    ) -> None:
        """Judge a load in every respect: it breaks nothing, the server recovers, no job is left.

        As `Load Should Succeed`, `Server Should Recover Within` and `Load Should Leave Nothing
        Behind` together, each also when another one fails. Where no Kubernetes API is given, what
        is left behind is not checked, and the log says so.

        Args:
            load: From `Run Load`.
            time_to_recover: The longest tolerated time until the server serves as usual again.
            up_to: Judge only steps of at most so many investigations at once.

        Raises:
            ProductFailure: All that failed, for example `Load 'waves' breaks the server at step 4
                of 5 (30 investigations at once): 12 of 30 requests failed (40.0%, at most 5% may):
                12 unexpected status (503: {"error":"busy"}).`
            Undetermined: Nothing failed, but fewer investigations were alive at once than
                `up_to`, or than the steps say.
            ToolError: Something could not be asked, for example the Kubernetes API.

        Starts jobs, which end by themselves.

        ```robotframework
        ${load} =    Run Load    waves    jobs=[2, 4]    step=300 ms
        Load Should Be Carried    ${load}    10 s    up_to=4
        ```
        """
        self._session.require_carried(load, up_to, time_to_recover.total_seconds())

    @keyword(tags=["Getter"])
    def get_breaking_step(self, load: LoadRun) -> BreakingStep | None:
        """Return the step at which the server broke.

        Args:
            load: From `Run Load`.

        Returns:
            A dictionary with number (from 1), jobs and reason; None when every step held.

        Raises:
            ToolError: `thresholds.yaml` cannot be read.

        ```robotframework
        ${load} =    Run Load    waves    jobs=[2]    step=300 ms
        ${broken} =    Get Breaking Step    ${load}
        Should Be Equal    ${broken}    ${None}
        ```
        """
        found = self._session.breaking_step(load)
        if found is None:
            return None
        return BreakingStep(number=found.step.number, jobs=found.step.jobs, reason=found.reason)

    @keyword(tags=["Getter"])
    def get_load_result(self, load: LoadRun) -> dict[str, Any]:
        """Return the result of a load as plain data, as it is stored beside the log.

        Args:
            load: From `Run Load`.

        Returns:
            A dictionary: shape, environment, engine, and per step its jobs, counts of requests,
            failures by kind, exceedances by limit, and a histogram of the latencies.

        Raises:
            TypeError: `load` is no load.

        ```robotframework
        ${load} =    Run Load    waves    jobs=[2]    step=300 ms
        ${result} =    Get Load Result    ${load}
        Should Be Equal As Integers    ${result}[steps][0][counts][requests]    2
        ```
        """
        return load.result.as_json()

    @keyword(tags=["Assertion"])
    def load_should_have_sent(
        self, load: LoadRun, view: View, field: str, value: object, *, every: bool = False
    ) -> None:
        """Fail unless one configuration of the load (or each) has a field with a value.

        Args:
            load: From `Run Load`.
            view: `multichannel`, `singlechannel` or `waterfall`.
            field: Dotted path of the field, for example `channels.max`.
            value: The value in the cell language (JSON).
            every: Whether each configuration of the view must have it.

        Raises:
            ProductFailure: `The default load should send nfftSelection 128 in view_type 0, but its
                5 requests sent 256, 512.`

        ```robotframework
        ${load} =    Run Load    waves    jobs=[2]    step=300 ms
        Load Should Have Sent    ${load}    multichannel    channels.min    ${START_CHANNEL}
        ```
        """
        loads.require_sent(load.sent, view.value, field, value, every=every)

    @keyword(tags=["Assertion"])
    def load_should_leave_nothing_behind(self, load: LoadRun) -> None:
        """Wait for the jobs of a load to end; fail when some outlive their time.

        Args:
            load: From `Run Load`.

        Raises:
            ProductFailure: `Load 'ramp': 3 of 90 jobs are still in the cluster 75 s after the
                load, though nobody reads them and a job lives 50 s: grpc-job-4-117, … (started in
                step 2).`
            PreconditionUnmet: No Kubernetes API is given for this system.

        ```robotframework
        ${load} =    Run Load    waves    jobs=[2]    step=300 ms
        Load Should Leave Nothing Behind    ${load}
        ```
        """
        self._session.require_nothing_left(load)

    @keyword(tags=["Assertion"])
    def server_should_recover_within(self, load: LoadRun, time_to_recover: timedelta) -> float:
        """Fail unless the server soon serves as usual again.

        Args:
            load: From `Run Load`; time counts from its last answer.
            time_to_recover: The longest tolerated time until three default configurations in a
                row are each served within the lowest limit of `POST /configure`.

        Returns:
            The time to recover in seconds.

        Raises:
            ProductFailure: `POST /configure should be served again after the load (3 times in a
                row, each within 300 ms), but 10.7 s after its end it answered 200 after 812 ms.`
            ToolError: `ERROR: nothing recovers within 0 s. Give a time above 0 s.`

        Starts jobs, which end by themselves.

        ```robotframework
        ${load} =    Run Load    waves    jobs=[4]    step=300 ms
        ${seconds} =    Server Should Recover Within    ${load}    10 s
        ```
        """
        return self._session.recovered(load, time_to_recover.total_seconds())

    @keyword(tags=["Assertion"])
    def sent_configurations_should_include(
        self, sent: Sequence[Any], view: View, field: str, value: object, *, every: bool = False
    ) -> None:
        """Fail unless one of the sent configurations of a view (or each) has a field with a value.

        Args:
            sent: Decoded request bodies as they went over the wire, from
                `Get Sent Configurations` of FocusServerLibrary.
            view: `multichannel`, `singlechannel` or `waterfall`.
            field: Dotted path of the field, for example `channels.max`.
            value: The value in the cell language (JSON).
            every: Whether each configuration of the view must have it.

        Raises:
            ProductFailure: No such request was sent, for example `The default load should send
                nfftSelection 128 in view_type 0, but its 5 requests sent 256, 512.`

        ```robotframework
        Send Configuration    multichannel
        ${sent} =    Get Sent Configurations
        Sent Configurations Should Include    ${sent}    multichannel
        ...    channels.min    ${START_CHANNEL}
        ```
        """
        loads.require_sent(sent, view.value, field, value, every=every)
