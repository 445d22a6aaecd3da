"""Keywords that keep a reader at a job, for what is asked of the server meanwhile."""

from contextlib import ExitStack
from datetime import timedelta

from robot.api.deco import keyword

from focus_engine.on_use import on_use
from focus_keywords.run.owner import Belongings
from focus_keywords.server.server import Server
from focus_keywords.streams.session import Response, StreamSession

with on_use(__name__):
    from focus_engine.contract.endpoints import job_metadata
    from focus_engine.streams import reader

TEN_MINUTES = timedelta(minutes=10)


class AttachmentKeywords:
    """A job that is read lives on, and only then does /metadata/{job_id} know it."""

    def __init__(self, server: Server) -> None:
        self._streams = StreamSession(server)
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
            ProductFailure: `stream 0 of job 1-3 should deliver a frame within 5 s, but none
                came.`
            ToolError: The host of the streams cannot be reached.

        ```robotframework
        ${response} =    Configuration Should Be Accepted    singlechannel
        Stay Attached To Job    ${response}    duration=1 min
        Get Job Metadata    ${response}[job_id]
        Detach From Jobs
        ```
        """
        target, patience = self._streams.target(response), self._streams.patience(timeout)
        seconds = duration.total_seconds()
        reading = ExitStack()
        reading.enter_context(self._streams.held(target, seconds))
        self.attached.add(reading, reading.close)
        reading.enter_context(reader.staying(target, patience, seconds))

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

    @keyword
    def metadata_should_be_known_while_streaming(
        self, response: Response, timeout: timedelta | None = None
    ) -> None:
        """Attach to a job; /metadata/{job_id} must then answer exactly what configure answered.

        Args:
            response: The answer to an accepted configuration.
            timeout: Until the first frame; default is the environment's `stream_timeout`.

        Raises:
            ProductFailure: `GET /metadata/1-3 should answer 200, but the server answered 404: …`;
                also a body that differs from the answer to configure, or no frame.

        ```robotframework
        ${response} =    Configuration Should Be Accepted    multichannel
        Metadata Should Be Known While Streaming    ${response}
        ```
        """
        target, seconds = self._streams.target(response), self._streams.patience(timeout)
        with self._streams.held(target, seconds), reader.attached(target, seconds):
            reply = self._streams.server.api.job_metadata(target.job_id)
        self._streams.server.conclude(reply, job_metadata.judge_job_metadata(reply, response))
