"""Keywords about single jobs: what the server says and makes of one, and when it has ended."""

from typing import Any

from robot.api.deco import keyword

from focus_engine.on_use import on_use
from focus_engine.unchecked import GIVE_A_CLUSTER, NO_CLUSTER
from focus_engine.verdict import PreconditionUnmet, ToolError, Undetermined
from focus_keywords.reporting import conclude
from focus_keywords.server.server import Server

with on_use(__name__):
    from focus_engine.contract.configure import accepted, job_objects
    from focus_engine.contract.endpoints import job_answers
    from focus_engine.kubernetes import job_end

GRACE_SECONDS = 30.0  # the cleanup looks every ten seconds, and pods take a while to go


class JobKeywords:
    """Jobs end by themselves; nothing here ends one."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @keyword
    def job_should_be_unknown(self, job_id: str) -> None:
        """Ask /metadata/{job_id}; the answer must be the agreed one for a job that is not known.

        That is `unknown_job_status` with exactly `unknown_job_text` of the requirements. A job
        that nobody reads is not known either.

        Args:
            job_id: Such as `3-12`; any other text is sent as it is.

        Raises:
            ProductFailure: `GET /metadata/0-0 should answer 404, but the server answered 200: …`
            ToolError: The server is unreachable, or there is no id: that is another path.

        ```robotframework
        Job Should Be Unknown    0-0
        ```
        """
        if not job_id.strip():
            raise ToolError('no job is named. Write its id, or any other text such as "0-0".')
        reply = self._server.api.job_metadata(job_id)
        self._server.conclude(
            reply, job_answers.judge_unknown_job(reply, self._server.judge.required)
        )

    @keyword
    def job_should_run_as_configured(self, response: dict[str, Any]) -> None:
        """Judge what the cluster holds of a job: its Jobs, their pods and its Service.

        The Service must be a NodePort that opens the `stream_port`, the label `job-name` of each
        pod must name its Job, and the command of the job must repeat what was asked: channels,
        frequencies, NFFT (the server may double it) and times (they may be padded). What is missing
        may come until the environment's `stream_timeout`.

        Args:
            response: The answer to an accepted configuration.

        Raises:
            ProductFailure: `Service grpc-service-1-3 should be a NodePort, but its type is
                ClusterIP.`
            PreconditionUnmet: No Kubernetes API is given.
            Undetermined: The job was not configured in this session, or may have ended meanwhile.
            ToolError: The cluster cannot be asked.

        ```robotframework
        ${response} =    Configuration Should Be Accepted    multichannel
        Job Should Run As Configured    ${response}
        ```
        """
        judge, job_id = self._server.judge, str(response["job_id"])
        if judge.jobs is None:
            raise PreconditionUnmet(f"{NO_CLUSTER}. {GIVE_A_CLUSTER}")
        started = judge.api.wire.started(job_id)
        if started is None:
            raise Undetermined(f"what job {job_id} was asked for is not known: not in this session")
        life = judge.ledger.certain_life_left(job_id)
        # Half of its life at most: what is missing then is missing while the job lives.
        limit = min(life / 2, self._server.environment.stream_timeout)
        found = job_objects.objects_of_job(judge.jobs.cluster, job_id, limit)
        if found.missing() and judge.ledger.certain_life_left(job_id) <= 0:
            raise Undetermined(f"job {job_id} may have ended before it was looked at. Repeat it.")
        port, asked = int(response["stream_port"]), accepted.asked_fields(started.body)
        conclude(job_objects.judge_job_objects(found, asked, port))

    @keyword
    def next_job_should_have_a_new_id(self, response: dict[str, Any], *job_ids: str) -> None:
        """Judge the id of a job that was configured when other jobs had ended.

        It is none of theirs; where ids name a counter, it goes on, unless it began anew below all
        of them: that is noted, because a restarted server may do so.

        Args:
            response: The answer to the configuration that came last.
            job_ids: Ids of jobs that had ended by then.

        Raises:
            ProductFailure: `job_id 1-3 was given again, to a job that began after that one's end.`;
                also `job 2-3 began when job 1-3 had ended, so it should count on from 3.`

        ```robotframework
        ${response} =    Configuration Should Be Accepted    multichannel
        Next Job Should Have A New Id    ${response}    1-0
        ```
        """
        conclude(job_answers.judge_next_id(str(response["job_id"]), job_ids))

    @keyword
    def wait_until_jobs_have_ended(self, *job_ids: str) -> None:
        """Wait until these jobs, which nobody reads, have ended by themselves.

        Seen in the cluster; where no Kubernetes API is given, the life that the environment's
        file states is waited for.

        Args:
            job_ids: Ids from the answers to configurations.

        Raises:
            ProductFailure: `job 3-12 should have ended by itself within 80 s (nobody reads it),
                but its grpc-job is still in the cluster.`
            ToolError: The cluster cannot be asked.

        ```robotframework
        ${response} =    Configuration Should Be Accepted    multichannel
        Wait Until Jobs Have Ended    ${response}[job_id]
        ```
        """
        life = self._server.environment.job_life
        job_end.wait_for_end(
            frozenset(job_ids), self._server.judge.jobs, life, life + GRACE_SECONDS
        )
