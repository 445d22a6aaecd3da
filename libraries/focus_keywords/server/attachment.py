"""Keywords that keep a reader at a job, for what is asked of the server meanwhile."""

from contextlib import ExitStack
from datetime import timedelta
from typing import Any

from robot.api.deco import keyword

from focus_engine.environment import Permission
from focus_engine.streams.reader import staying
from focus_engine.streams.target import stream_target
from focus_keywords.run.owner import Belongings
from focus_keywords.server.server import Server

Response = dict[str, Any]
TEN_MINUTES = timedelta(minutes=10)


class AttachmentKeywords:
    """A job that is read lives on, and only then does /metadata/{job_id} know it."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.attached = Belongings()

    @keyword
    def stay_attached_to_job(
        self,
        response: Response,
        duration: timedelta = TEN_MINUTES,
        timeout: timedelta | None = None,
    ) -> None:
        """Read the first stream of a job in the background, so that the job lives on.

        `Detach From Jobs` ends it, and at the latest the end of the case (or of the suite whose
        set-up attached). The job is counted as alive while it is read.

        Args:
            response: The answer to an accepted configuration.
            duration: How long at most.
            timeout: Until the first frame; default is the environment's `stream_timeout`.

        Raises:
            ProductFailure: `stream 0 of job 1-3 should deliver a frame within 5 s, but: …`
            ToolError: The host of the streams cannot be reached.

        ```robotframework
        ${response} =    Configuration Should Be Accepted    singlechannel
        Stay Attached To Job    ${response}    duration=1 min
        Get Job Metadata    ${response}[job_id]
        Detach From Jobs
        ```
        """
        environment, ledger = self._server.environment, self._server.judge.ledger
        environment.require(Permission.JOBS, "reading the streams of a job")
        target = stream_target(response, environment)
        patience = environment.stream_timeout if timeout is None else timeout.total_seconds()
        ledger.hold(target.job_id, duration.total_seconds())
        reading = ExitStack()
        reading.callback(ledger.hold, target.job_id, 0)
        self.attached.add(reading, reading.close)
        reading.enter_context(staying(target, patience, duration.total_seconds()))

    @keyword
    def detach_from_jobs(self) -> None:
        """End all background reading of `Stay Attached To Job`. Does nothing where there is none.

        Raises:
            ToolError: The job ledger cannot be written.

        ```robotframework
        Detach From Jobs
        ```
        """
        self.attached.close()
