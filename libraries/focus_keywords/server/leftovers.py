"""Keywords about what refused requests, and jobs that have ended, leave behind in the cluster."""

from datetime import timedelta

from robot.api import logger
from robot.api.deco import keyword

from focus_engine.evidence import Evidence
from focus_engine.on_use import on_use
from focus_keywords.server.server import Server

with on_use(__name__):
    from focus_engine.kubernetes import job_end


class LeftoverKeywords:
    """Refusals are looked at for a whole suite; each by itself is judged by its own row."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @keyword
    def nothing_should_be_left_behind(self, settle: timedelta | None = None) -> None:
        """Fail when a refused request of this suite left an object in the cluster, also a late one.

        The namespace is watched from the first configuration on: jobs, services, pods, config
        maps, volume claims and every other kind that the account may list. Last case of a suite of
        refusals. Objects of jobs that this run was given, and of these tests, are expected.

        Args:
            settle: How long after the last refusal to look; default `settle` of the environment.

        Raises:
            ProductFailure: `POST /configure with channels.min=0 (row 'Minimum is zero', 12:03:04,
                answered 400) should leave nothing in the cluster, but it left Job grpc-job-3-17
                behind, 1.5 s after its answer.`
            PreconditionUnmet: No request of this suite was refused, or no Kubernetes API is given.
            Undetermined: Others work on this system too, or a watch broke, so that what came and
                went is not known.
            ToolError: The cluster cannot be asked.

        ```robotframework
        Configuration Should Be Rejected    multichannel    channels.min=0
        Nothing Should Be Left Behind    settle=100 ms
        ```
        """
        environment, judge = self._server.environment, self._server.judge
        seconds = settle.total_seconds() if settle else environment.file.settle
        evidence = Evidence()
        try:
            judge.refusals.require_nothing_left(
                seconds, judge.ledger, shared=environment.file.shared, evidence=evidence
            )
        finally:
            logger.info(evidence.to_html(), html=True)

    @keyword
    def job_should_have_left_nothing_behind(
        self, job_id: str, timeout: timedelta | None = None
    ) -> None:
        """Fail while a Job, pod or Service of a job that has ended is in the cluster.

        Where no Kubernetes API is given, or a kind may not be listed, the end of the run counts
        what was not checked.

        Args:
            job_id: Of a job whose streams have ended.
            timeout: How long its objects may take to go; default is the environment's `job_life`
                and `settle`.

        Raises:
            ProductFailure: `job 1-3 has ended and should be gone from the cluster, but Service
                grpc-service-1-3 is still there after 3 s.`
            ToolError: The cluster cannot be asked.

        ```robotframework
        ${range} =    Get Recorded Time Range    duration=1 min
        ${response} =    Configuration Should Be Accepted    multichannel    time_range=${range}
        Streams Should End Normally    ${response}
        Job Should Have Left Nothing Behind    ${response}[job_id]
        ```
        """
        environment = self._server.environment
        allowed = environment.job_life + environment.file.settle
        job_end.require_nothing_left(
            job_id,
            self._server.judge.jobs,
            timeout.total_seconds() if timeout else allowed,
        )
