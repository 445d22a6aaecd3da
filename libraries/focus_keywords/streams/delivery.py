"""Keywords that read the gRPC streams of a job and judge what they deliver."""

from datetime import timedelta
from typing import Any

from robot.api.deco import keyword

from focus_engine.checks.report import Report
from focus_engine.on_use import on_use
from focus_engine.streams.frame import Frame
from focus_engine.verdict import ToolError
from focus_keywords.server.server import Server
from focus_keywords.streams.session import (
    LEAST_FRAMES,
    Response,
    StreamSession,
    Summary,
    conclude_reading,
)

with on_use(__name__):
    from focus_engine.streams import judge as judging
    from focus_engine.streams import judge_rows


LONGER_THAN_UNREAD, LONG = 1.2, 6  # lives
LONG_SECONDS = 120.0  # enough for any, where lives are long


class DeliveryKeywords:
    """Each takes the answer to an accepted configuration; the connection is closed afterwards.

    Frames are consumed by reading: two readers of one stream share them.
    """

    def __init__(self, server: Server) -> None:
        self._streams = StreamSession(server)

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
            `missing_rows`, `repeated_rows`, `last_row` and `end`.

        Raises:
            ProductFailure: `stream 2 of job 1-3 should deliver 1 frames, but it delivered 0: still
                open when time was up (DEADLINE_EXCEEDED: Deadline Exceeded).`
            ToolError: The host of the streams cannot be reached; also `job 1-3 has no stream 9; it
                has [0, 1, 2].`

        ```robotframework
        ${response} =    Configuration Should Be Accepted    multichannel
        ${summary} =    Read Stream Frames    ${response}    frames=5
        Log    ${summary}[streams][${0}][frames_per_second]
        ```
        """
        streams = None if stream is None else (stream,)
        target = self._streams.target(response)
        if stream is not None and not target.has(stream):
            raise ToolError(
                f"job {target.job_id} has no stream {stream}; it has {list(target.promises)}."
            )
        reading = self._streams.read(response, timeout, frames, streams)
        conclude_reading(reading, judging.judge_any_frame(reading))
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
        patience = timeout or (self._streams.until_the_end() if frames is None else None)
        reading = self._streams.read(response, patience, frames, with_buffers=True)
        conclude_reading(
            reading, judging.judge_staleness(reading) if judging.may_be_over(reading) else Report()
        )
        return {stream: each.frames for stream, each in reading.streams.items()}

    @keyword
    def streams_should_deliver(
        self,
        response: Response,
        frames: int = LEAST_FRAMES,
        timeout: timedelta | None = None,
        after: Summary | None = None,
    ) -> dict[str, Any]:
        """Read all streams of a job; each must deliver frames that are right and in sequence.

        Checked are the channels of each frame (those of the stream in channel_to_stream_index),
        its width (channels x frequencies, or one value per channel), one time and number per
        line, one buffer for all lines, minimum and maximum, and the sequence: every line once, in
        order, without gaps (a live job may have some), times that advance and are those of the
        range that was asked for, from its begin on, or of now, and of a row of a historic job the
        same in each stream; extrema that only widen and are the whole job's. Values must be finite,
        within their frame's extrema and not all those of the frame before, where the profile in
        force names the type of the view.
        How many lines a frame has may change.

        Args:
            response: The answer to an accepted configuration.
            frames: How many frames each stream must deliver.
            timeout: For connecting and reading; default is the environment's `stream_timeout`.
            after: The summary of who read this job before: no row may come again. Default is
                that nobody did.

        Returns:
            The summary, as `Read Stream Frames` returns it.

        Raises:
            ProductFailure: `stream 0 left out 1 row: row 2 came next after row 0. Frames are
                lost, or somebody else reads this stream and takes them away.`; also `stream 0 of
                job 1-3 was read up to row 2, so its next reader should be served later rows, but
                row 0 came.`
            ToolError: The host of the streams cannot be reached.

        ```robotframework
        ${response} =    Configuration Should Be Accepted    multichannel
        Streams Should Deliver    ${response}    frames=3
        ```
        """
        reading = self._streams.read(response, timeout, frames)
        findings = judging.judge_delivery(reading, frames)
        if after is not None:
            last_rows = {stream: each["last_row"] for stream, each in after["streams"].items()}
            findings.extend(judge_rows.judge_resumed(reading, last_rows))
        conclude_reading(reading, findings)
        return reading.summary()

    @keyword
    def streams_should_go_on(
        self,
        response: Response,
        duration: timedelta | None = None,
        timeout: timedelta | None = None,
    ) -> dict[str, Any]:
        """Read all streams of a live job for longer than an unread one lives; they must go on.

        Each stream must still deliver a frame when the duration is over, and its times may gain no
        more on the clock than 1 s and a tenth. What came is judged as by `Streams Should Deliver`.

        Args:
            response: The answer to an accepted live configuration.
            duration: How long to read; default is six times the environment's `job_life`, but at
                most 2 minutes, or a fifth more than one life where that is longer.
            timeout: For the frame that comes after it; default is the environment's
                `stream_timeout`.

        Returns:
            The summary, as `Read Stream Frames` returns it.

        Raises:
            ProductFailure: `stream 0 of live job 1-3 should go on while it is read, but after 0.9 s
                and 20 frames no more came, within 1.2 s and the time to wait: still open when time
                was up (DEADLINE_EXCEEDED: Deadline Exceeded).`
            ToolError: The host of the streams cannot be reached.

        ```robotframework
        ${response} =    Configuration Should Be Accepted    singlechannel
        Streams Should Go On    ${response}    duration=500 ms
        ```
        """
        life = self._streams.server.environment.job_life
        long = max(LONGER_THAN_UNREAD * life, min(LONG * life, LONG_SECONDS))
        seconds = duration.total_seconds() if duration else long
        reading = self._streams.read(response, timeout, frames=1, at_least=seconds)
        findings = judging.judge_delivery(reading, 1)
        findings.extend(judging.judge_going_on(reading, seconds))
        conclude_reading(reading, findings)
        return reading.summary()

    @keyword
    def streams_should_end_normally(
        self, response: Response, frames: int = LEAST_FRAMES, timeout: timedelta | None = None
    ) -> dict[str, Any]:
        """Read all streams of a historic job to their end; the server must end them by itself.

        A normal end is UNAVAILABLE with GOAWAY, as observed, or OK; a lost connection, another
        status or no end at all is a failure. What came before is judged as by `Streams Should
        Deliver`, and every stream must hold the same rows: they are parts of one recording. A live
        job has no end while it is read.

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
        reading = self._streams.read(
            response, timeout or self._streams.until_the_end(), frames=None
        )
        findings = judging.judge_delivery(reading, frames)
        findings.extend(judging.judge_end(reading))
        findings.extend(judge_rows.judge_played(reading))
        conclude_reading(reading, findings)
        return reading.summary()

    @keyword
    def unknown_stream_should_be_refused(
        self, response: Response, stream: int | None = None, timeout: timedelta | None = None
    ) -> None:
        """Ask for a stream that the job does not have; the server must refuse it and send no frame.

        A refusal is any status but UNAVAILABLE, which is what a lost connection ends with.

        Args:
            response: The answer to an accepted configuration.
            stream: Index to ask for; default is the first above those of the job.
            timeout: For connecting and the refusal; default is the environment's `stream_timeout`.

        Raises:
            ProductFailure: `job 1-3 has the streams 0 to 2, so stream 3 should be refused, but it
                delivered 1 frame: as many frames as were asked for.`
            ToolError: The host of the streams cannot be reached; also `job 1-3 has a stream 2, so
                nobody can say that it should be refused.`

        ```robotframework
        ${response} =    Configuration Should Be Accepted    multichannel
        Unknown Stream Should Be Refused    ${response}    stream=-1
        ```
        """
        target = self._streams.target(response)
        asked = max(target.promises) + 1 if stream is None else stream
        if target.has(asked):
            raise ToolError(
                f"job {target.job_id} has a stream {asked}, so nobody can say that it should be "
                "refused."
            )
        reading = self._streams.read(response, timeout, frames=1, streams=(asked,))
        conclude_reading(reading, judging.judge_refusal(reading))
