"""Keywords that keep a reader at a job, for what is asked of the server meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta

from robot.api.deco import keyword

from focus_engine.on_use import on_use
from focus_engine.unchecked import note_unchecked
from focus_keywords.run.owner import Belongings
from focus_keywords.server.server import Server
from focus_keywords.streams.session import Response, StreamSession

with on_use(__name__):
    from focus_engine.contract.endpoints import job_answers, job_metadata
    from focus_engine.streams import reader
    from focus_engine.streams import target as targets

LEAVING_SECONDS = 10.0  # a server may look for readers every few seconds
LEAVING_LIVES = 0.5  # the part in which an unread job is there for certain
POLL_SECONDS = 0.05
END_SECONDS = 0.2  # to hear of an end that came before an answer
NEVER_GIVEN = 999_999_999
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
        self.attached.add(target.job_id, reading.close)
        reading.enter_context(reader.staying(target, patience, seconds))

    @keyword
    def detach_from_jobs(self, *job_ids: str) -> None:
        """End background reading of `Stay Attached To Job`. Does nothing where there is none.

        Args:
            job_ids: Of which jobs, from the answers to configurations; default is of all.

        Raises:
            ToolError: The job ledger cannot be written.

        ```robotframework
        Detach From Jobs    1-3    1-4
        Detach From Jobs
        ```
        """
        for job_id in job_ids:
            self.attached.end(job_id)
        if not job_ids:
            self.attached.close()

    @keyword
    def metadata_should_be_known_while_streaming(
        self, response: Response, timeout: timedelta | None = None
    ) -> None:
        """Attach to a job; /metadata/{job_id} must answer what configure answered, and only then.

        It is asked before as well: what it answers then must not be told from memory afterwards.
        Meanwhile ids near that of the job must be unknown: one character less or more, what only
        reads like it (leading zeros, a sign, a blank, capitals), and the same slot with a counter
        that was never given (not asked where ids name no slot). Soon after
        leaving the job's own id must be so too: within 10 s, and half of a job's life at most,
        because the job must still be there. Where the server ends the streams of a historic job
        with their data, nobody may be reading it by then: not checked.

        Args:
            response: The answer to an accepted configuration.
            timeout: Until the first frame; default is the environment's `stream_timeout`.

        Raises:
            ProductFailure: `GET /metadata/1-3 should answer 200, but the server answered 404: …`;
                also a body that differs from the answer to configure, no frame, or an id that is
                known and must not be.

        ```robotframework
        ${response} =    Configuration Should Be Accepted    multichannel
        Metadata Should Be Known While Streaming    ${response}
        ```
        """
        target, seconds = self._streams.target(response), self._streams.patience(timeout)
        self._streams.server.api.job_metadata(target.job_id)  # which must not be told again
        with (
            self._streams.held(target, seconds),
            reader.staying(target, seconds, seconds) as ends_within,
        ):
            self._expect_known(target, response, ends_within)
            never_given = [f"{target.slot}-{NEVER_GIVEN}"] if target.names_slot else []
            for nearby in [*never_given, *target.ids_nearby]:
                self._expect_unknown(nearby, 0.0, f" while {target.job_id} is read")
        self._expect_forgotten(target.job_id, "its reader")

    @keyword
    def metadata_should_be_known_until_the_last_reader_leaves(
        self, response: Response, timeout: timedelta | None = None
    ) -> None:
        """Attach to a live job twice and leave once; /metadata/{job_id} must still know the job.

        It is asked at once and again when the server has had time to see who left: after 10 s, and
        half of a job's life at most. When the other reader has left, too, who reads the last stream
        alone, the id must be unknown within the same time.

        Args:
            response: The answer to an accepted live configuration.
            timeout: Until the first frames; default is the environment's `stream_timeout`.

        Raises:
            ProductFailure: `GET /metadata/1-3 should answer 200, but the server answered 404: …`;
                also a body that differs from the answer to configure, no frame, or an id that
                stays known.

        ```robotframework
        ${response} =    Configuration Should Be Accepted    multichannel
        Metadata Should Be Known Until The Last Reader Leaves    ${response}
        ```
        """
        target, seconds = self._streams.target(response), self._streams.patience(timeout)
        stay = 2 * seconds + self._leaving_seconds()
        with (
            self._streams.held(target, stay),
            reader.staying(target, seconds, stay, max(target.promises)) as ends_within,
        ):
            with reader.attached(target, seconds):
                pass
            self._expect_known(target, response, ends_within)
            time.sleep(self._leaving_seconds())
            self._expect_known(target, response, ends_within)
        self._expect_forgotten(target.job_id, "its last reader")

    def _leaving_seconds(self) -> float:
        """How long the server may take to see that a reader has left."""
        return min(LEAVING_SECONDS, LEAVING_LIVES * self._streams.server.environment.job_life)

    def _expect_known(
        self, target: targets.StreamTarget, response: Response, ends_within: Callable[[float], bool]
    ) -> None:
        server = self._streams.server
        reply = server.api.job_metadata(target.job_id)
        if not (reply.is_ok or target.live) and ends_within(END_SECONDS):
            # Some servers end the streams of a historic job with their data: nobody reads it then.
            note_unchecked("metadata of a played job", "its streams had ended when it was asked")
            return
        server.conclude(reply, job_metadata.judge_job_metadata(reply, response))

    def _expect_forgotten(self, job_id: str, who: str) -> None:
        left = self._leaving_seconds()
        self._expect_unknown(job_id, left, f" {left:g} s after {who} left")

    def _expect_unknown(self, job_id: str, seconds: float, when: str) -> None:
        server, deadline = self._streams.server, time.monotonic() + seconds
        while True:
            reply = server.api.job_metadata(job_id)
            report = job_answers.judge_unknown_job(reply, server.judge.required, when)
            if not report.failures or time.monotonic() >= deadline:
                return server.conclude(reply, report)
            time.sleep(POLL_SECONDS)
