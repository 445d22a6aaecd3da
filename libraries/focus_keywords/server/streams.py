"""Keywords that read the gRPC streams of a job and judge what they deliver."""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from enum import Enum
from typing import Any

from robot.api import logger
from robot.api.deco import keyword

from focus_engine.checks.report import Report
from focus_engine.contract.configure.accepted import asked_fields
from focus_engine.contract.configure.configuration import is_live
from focus_engine.contract.endpoints.job_metadata import judge_job_metadata
from focus_engine.environment import Permission
from focus_engine.evidence import Evidence
from focus_engine.streams.frame import Frame
from focus_engine.streams.judge import judge_any_frame, judge_delivery, judge_end, judge_staleness
from focus_engine.streams.port import PortState, port_after_end
from focus_engine.streams.reader import ReadPlan, attached, read_streams
from focus_engine.streams.reading import Reading
from focus_engine.streams.recorded_when import moments_of
from focus_engine.streams.target import StreamTarget, stream_target
from focus_engine.verdict import ProductFailure, ToolError, Undetermined
from focus_keywords.reporting import conclude
from focus_keywords.server.server import Server

Response = dict[str, Any]
LEAST_FRAMES = 3


class Since(Enum):
    """From when a time is counted."""

    CONFIGURE = "configure"
    CONNECT = "connect"


class StreamKeywords:
    """Each takes the answer to an accepted configuration; the connection is closed afterwards.

    Frames are consumed by reading: two readers of one stream share them.
    """

    def __init__(self, server: Server) -> None:
        self._server = server

    @keyword
    def read_stream_frames(
        self,
        response: Response,
        frames: int = LEAST_FRAMES,
        timeout: timedelta | None = None,
        stream: int | None = None,
    ) -> dict[str, Any]:
        """Read frames of a job's streams; each stream read must deliver one at least.

        Args:
            response: The answer to an accepted configuration.
            frames: How many of each stream are read.
            timeout: For connecting and reading; default is the environment's `stream_timeout`.
            stream: Index of the only stream to read; default is all of the job.

        Returns:
            A dictionary: `job_id`, `frames` in all, `seconds_to_connect`,
            `seconds_to_first_frames`, and `streams`, by index: `frames`, `frames_per_second`,
            `missing_rows`, `repeated_rows` and `end`.

        Raises:
            ProductFailure: `stream 2 of job 1-3 should deliver 1 frames, but it delivered 0: still
                open when time was up (DEADLINE_EXCEEDED: Deadline Exceeded).`
            ToolError: The host of the streams cannot be reached.

        ```robotframework
        ${response} =    Configuration Should Be Accepted    multichannel
        ${summary} =    Read Stream Frames    ${response}    frames=5
        Log    ${summary}[streams][${0}][frames_per_second]
        ```
        """
        streams = None if stream is None else (stream,)
        reading = self._read(response, timeout, frames, streams)
        self._conclude(reading, judge_any_frame(reading))
        return reading.summary()

    @keyword(tags=["Getter"])
    def get_stream_frames(
        self,
        response: Response,
        frames: int | None = LEAST_FRAMES,
        timeout: timedelta | None = None,
    ) -> dict[int, tuple[Frame, ...]]:
        """Return frames of all streams of a job with their undecoded buffers; nothing is judged.

        Args:
            response: The answer to an accepted configuration.
            frames: How many of each stream are read; `${None}` for all until the server ends it.
            timeout: For connecting and reading; default is the environment's `stream_timeout`,
                and for all frames the life of a job besides.

        Returns:
            Frames by stream index, for `Frames Should Be Valid`; none of a stream that was silent.

        Raises:
            ProductFailure: `job 1-3 promised its streams at 127.0.0.1:12301, but after 5 s the
                port is still closed.`
            ToolError: The host of the streams cannot be reached.

        ```robotframework
        ${response} =    Configuration Should Be Accepted    multichannel
        ${frames} =    Get Stream Frames    ${response}    frames=2
        Length Should Be    ${frames}[${0}]    2
        ```
        """
        patience = timeout or (self._until_the_end() if frames is None else None)
        reading = self._read(response, patience, frames, with_buffers=True)
        self._conclude(reading, Report())
        return {stream: each.frames for stream, each in reading.streams.items()}

    @keyword
    def streams_should_deliver(
        self, response: Response, frames: int = LEAST_FRAMES, timeout: timedelta | None = None
    ) -> dict[str, Any]:
        """Read all streams of a job; each must deliver frames that are right and in sequence.

        Checked are the channels of each frame (those of the stream in channel_to_stream_index),
        its width (channels x frequencies, or one value per channel), one time and number per
        line, one buffer for all lines, minimum and maximum, and the sequence: every line once, in
        order, without gaps (a live job may have some), times that advance and are those of the
        range that was asked for, or of now; extrema that only widen and are the whole job's. How
        many lines a frame has may change. What the values are is not looked at.

        Args:
            response: The answer to an accepted configuration.
            frames: How many frames each stream must deliver.
            timeout: For connecting and reading; default is the environment's `stream_timeout`.

        Returns:
            The summary, as `Read Stream Frames` returns it.

        Raises:
            ProductFailure: `stream 0 left out 1 row: row 2 came next after row 0. Frames are
                lost, or somebody else reads this stream and takes them away.`
            ToolError: The host of the streams cannot be reached.

        ```robotframework
        ${response} =    Configuration Should Be Accepted    multichannel
        Streams Should Deliver    ${response}    frames=3
        ```
        """
        reading = self._read(response, timeout, frames)
        self._conclude(reading, judge_delivery(reading, frames))
        return reading.summary()

    @keyword
    def streams_should_end_normally(
        self, response: Response, frames: int = LEAST_FRAMES, timeout: timedelta | None = None
    ) -> dict[str, Any]:
        """Read all streams of a historic job to their end; the server must end them by itself.

        A normal end is UNAVAILABLE with GOAWAY, as observed, or OK; a lost connection, another
        status or no end at all is a failure. What came before is judged as by `Streams Should
        Deliver`. A live job has no end while it is read.

        Args:
            response: The answer to an accepted historic configuration.
            frames: How many frames each stream must deliver before it ends.
            timeout: For everything; default is the environment's `stream_timeout` and the life of
                a job.

        Returns:
            The summary, as `Read Stream Frames` returns it.

        Raises:
            ProductFailure: `stream 0 of job 1-3 should be ended by the server (GOAWAY) when the
                job is over, but after 8 frames: the connection was lost (UNAVAILABLE: Socket
                closed).`
            ToolError: The host of the streams cannot be reached.

        ```robotframework
        ${range} =    Get Recorded Time Range    duration=1 min
        ${response} =    Configuration Should Be Accepted    multichannel    time_range=${range}
        Streams Should End Normally    ${response}
        ```
        """
        reading = self._read(response, timeout or self._until_the_end(), frames=None)
        findings = judge_delivery(reading, frames)
        findings.extend(judge_end(reading))
        self._conclude(reading, findings)
        return reading.summary()

    @keyword
    def get_time_to_first_frame(
        self,
        response: Response,
        since: Since = Since.CONFIGURE,
        timeout: timedelta | None = None,
    ) -> float:
        """Return the seconds until every stream of a job has delivered its first frame.

        Args:
            response: The answer to an accepted configuration, just received.
            since: `configure`, from the sending of the configuration, or `connect`, from when the
                client began to connect.
            timeout: For connecting and reading; default is the environment's `stream_timeout`.

        Returns:
            Seconds. From `configure` on they contain whatever the case did between.

        Raises:
            ProductFailure: A stream delivers no frame.
            Undetermined: The job was not configured in this session, so its start is not known.

        ```robotframework
        ${response} =    Configuration Should Be Accepted    multichannel
        ${seconds} =    Get Time To First Frame    ${response}
        Log    ${seconds}
        ```
        """
        reading = self._read(response, timeout, frames=1)
        self._conclude(reading, judge_any_frame(reading))
        seconds = reading.first_frames_after(self._start(reading, since))
        if seconds is None:  # judged just before
            raise ProductFailure(f"a stream of job {reading.target.job_id} delivered no frame.")
        return seconds

    @keyword
    def load_times_should_be_within(self, seconds: list[float], limit: timedelta) -> float:
        """Fail unless the median of the seconds until data showed is within the limit.

        Args:
            seconds: What `Get Time To First Frame` returned, of one job or of several alike.
            limit: Such as `3 s`.

        Returns:
            The median in seconds.

        Raises:
            ProductFailure: `data should show within 3 s of POST /configure, but the median of 3
                jobs took 4.25 s (3.9, 4.25, 6.01).`
            ToolError: `ERROR: there is no time to judge.`

        ```robotframework
        ${response} =    Configuration Should Be Accepted    multichannel
        ${seconds} =    Get Time To First Frame    ${response}
        Load Times Should Be Within    ${{[$seconds]}}    1 minute
        ```
        """
        if not seconds:
            raise ToolError("there is no time to judge.")
        median, allowed = statistics.median(seconds), limit.total_seconds()
        each = ", ".join(f"{one:.3g}" for one in seconds)
        if median > allowed:
            jobs = "the job" if len(seconds) == 1 else f"the median of {len(seconds)} jobs"
            raise ProductFailure(
                f"data should show within {allowed:g} s of POST /configure, but {jobs} took "
                f"{median:.3g} s ({each})."
            )
        logger.info(
            f"Data showed after {median:.3g} s ({each}), at most {allowed:g} s is released."
        )
        return median

    @keyword
    def stream_port_should_not_be_stale(
        self, response: Response, timeout: timedelta | None = None
    ) -> None:
        """Fail when the port of a job delivers the frames of another one.

        Freed ports go to the next job, so a reader that is late or a port that is shared gets
        frames whose channels or width do not fit the configuration.

        Args:
            response: The answer to an accepted configuration.
            timeout: For connecting and reading; default is the environment's `stream_timeout`.

        Raises:
            ProductFailure: `port 12301 should serve job 1-3, but what it delivers fits another
                one: frame 0 of stream 0 has channels 110..142; expected 11..43.`

        ```robotframework
        ${response} =    Configuration Should Be Accepted    multichannel
        Stream Port Should Not Be Stale    ${response}
        ```
        """
        reading = self._read(response, timeout, frames=1)
        self._conclude(reading, judge_staleness(reading))

    @keyword
    def stream_port_should_be_freed(
        self, response: Response, timeout: timedelta | None = None
    ) -> None:
        """Fail unless the port of a job that is over closes, or serves a later job of this run.

        Args:
            response: The answer to a configuration whose job has ended.
            timeout: How long to wait; default is the environment's `stream_timeout` and the life
                of a job, since an unread job ends by itself.

        Raises:
            ProductFailure: `port 12301 of job 1-3 should be free after its end, but it still
                accepts connections 5 s later.`
            Undetermined: The port is open on a system that others use too, or the job's id names no
                slot and other jobs were started.

        ```robotframework
        ${range} =    Get Recorded Time Range    duration=1 min
        ${response} =    Configuration Should Be Accepted    multichannel    time_range=${range}
        Streams Should End Normally    ${response}
        Stream Port Should Be Freed    ${response}
        ```
        """
        target = self._target(response)
        seconds = self._patience(timeout or self._until_the_end())
        judge = self._server.judge
        state = port_after_end(target, judge.ledger, seconds)
        logger.info(f"port {target.port} of job {target.job_id}: {state.value}")
        if state is not PortState.STILL_OPEN:
            return
        others = judge.ledger.job_ids() - {target.job_id}
        if self._server.environment.file.shared or (others and not target.names_slot):
            raise Undetermined(
                f"port {target.port} of job {target.job_id} is open {seconds:g} s after its end, "
                "but it may belong to another job by now: on a shared system to somebody else's, "
                "and an id that names no slot does not tell."
            )
        raise ProductFailure(
            f"port {target.port} of job {target.job_id} should be free after its end, but it still "
            f"accepts connections {seconds:g} s later."
        )

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
        target, seconds = self._target(response), self._patience(timeout)
        with self._held(target, seconds), attached(target, seconds):
            reply = self._server.api.job_metadata(target.job_id)
        self._server.conclude(reply, judge_job_metadata(reply, response))

    def _read(
        self,
        response: Response,
        timeout: timedelta | None,
        frames: int | None,
        streams: tuple[int, ...] | None = None,
        *,
        with_buffers: bool = False,
    ) -> Reading:
        target, seconds = self._target(response), self._patience(timeout)
        with self._held(target, seconds):
            return read_streams(target, ReadPlan(seconds, frames, streams, with_buffers))

    def _target(self, response: Response) -> StreamTarget:
        environment = self._server.environment
        # Reading takes frames away from whoever else reads, so it is no harmless look.
        environment.require(Permission.JOBS, "reading the streams of a job")
        target = stream_target(response, environment)
        body = self._server.api.wire.job_asked(target.job_id)
        if body is None:  # configured elsewhere: when it was recorded is not known
            return target
        asked = asked_fields(body)
        chunk = self._server.judge.required.recording_chunk_seconds.value or 0.0
        moments = moments_of(asked, time.time(), chunk)
        return replace(target, moments=moments, live=is_live(asked))

    def _patience(self, timeout: timedelta | None) -> float:
        if timeout is None:
            return self._server.environment.stream_timeout
        return timeout.total_seconds()

    def _until_the_end(self) -> timedelta:
        """How long a job that nobody keeps may take to be over."""
        environment = self._server.environment
        return timedelta(seconds=environment.stream_timeout + environment.job_life)

    @contextmanager
    def _held(self, target: StreamTarget, seconds: float) -> Iterator[None]:
        """Count the job as alive while it is read: a reader keeps it alive."""
        ledger = self._server.judge.ledger
        ledger.hold(target.job_id, seconds)
        try:
            yield
        finally:
            ledger.hold(target.job_id, 0)

    def _start(self, reading: Reading, since: Since) -> float:
        if since is Since.CONNECT:
            return reading.began
        sent_at = self._server.api.wire.job_sent_at(reading.target.job_id)
        if sent_at is None:
            raise Undetermined(
                f"when job {reading.target.job_id} was configured is not known: it was not in this "
                "session. Count since=connect."
            )
        return sent_at

    def _conclude(self, reading: Reading, findings: Report) -> None:
        evidence = Evidence()
        reading.add_to(evidence)
        conclude(findings, evidence)
