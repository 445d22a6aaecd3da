"""Keywords that judge a load: what broke, what recovered, what is left."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, TypedDict

from robot.api.deco import keyword

from focus_engine.contract.configure.configuration import View
from focus_engine.load.run import LoadRun
from focus_engine.on_use import on_use
from focus_keywords.load.running import LoadKeywords

with on_use(__name__):
    from focus_engine.load import sent as loads


class BreakingStep(TypedDict):
    """The step of a load at which the server broke."""

    number: int
    jobs: int
    reason: str


class LoadVerdictKeywords:
    """Judge what a load found."""

    def __init__(self, running: LoadKeywords) -> None:
        self._running = running

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
        self._running.session.conclude(load, up_to)

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
        self._running.session.require_carried(load, up_to, time_to_recover.total_seconds())

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
        found = self._running.session.breaking_step(load)
        if found is None:
            return None
        return BreakingStep(number=found.step.number, jobs=found.step.jobs, reason=found.reason)

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
        self._running.session.require_nothing_left(load)

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
        return self._running.session.recovered(load, time_to_recover.total_seconds())

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
