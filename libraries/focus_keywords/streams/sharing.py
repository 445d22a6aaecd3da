"""Keywords that read the streams of a job by two at once."""

from datetime import timedelta

from robot.api.deco import keyword

from focus_engine.on_use import on_use
from focus_engine.unchecked import note_unchecked
from focus_engine.verdict import ProductFailure
from focus_keywords.server.server import Server
from focus_keywords.streams.session import (
    LEAST_FRAMES,
    Response,
    StreamSession,
    Summary,
    conclude_reading,
    conclude_readings,
)

with on_use(__name__):
    from focus_engine.streams import judge as judging
    from focus_engine.streams import judge_rows

TOGETHER_SECONDS = 1.0  # however late one of them connects


class SharedStreamKeywords:
    """Each reads with two connections; what one of them reads, the other does not get."""

    def __init__(self, server: Server) -> None:
        self._streams = StreamSession(server)

    @keyword
    def streams_should_be_shared_by_two_readers(
        self, response: Response, frames: int = LEAST_FRAMES, timeout: timedelta | None = None
    ) -> None:
        """Read all streams of a live job by two at once; both must be served, no row twice.

        They read for a second at least. What came to each is judged as by `Streams Should Deliver`.

        Args:
            response: The answer to an accepted live configuration.
            frames: How many frames each stream must deliver to each reader.
            timeout: For connecting and reading; default is the environment's `stream_timeout`.

        Raises:
            ProductFailure: `the 2 readers of stream 0 of job 1-3 should share its rows, but 26 of
                27 came to more than one of them, row 1 first.`
            ToolError: The host of the streams cannot be reached.

        ```robotframework
        ${response} =    Configuration Should Be Accepted    multichannel
        Streams Should Be Shared By Two Readers    ${response}
        ```
        """
        readings = self._streams.read_by_two(response, timeout, frames, TOGETHER_SECONDS)
        findings = judge_rows.judge_shared(readings)
        for reading in readings:
            findings.extend(judging.judge_delivery(reading, frames))
        conclude_readings(readings, findings)

    @keyword
    def streams_should_end_for_two_readers(
        self, response: Response, timeout: timedelta | None = None
    ) -> None:
        """Read all streams of a historic job by two, to the end; the server must end them for both.

        What is a normal end, and what is not, is said by `Streams Should End Normally`. The frames
        are shared, so that one of the two may get none.

        Args:
            response: The answer to an accepted historic configuration.
            timeout: For everything; default is the environment's `stream_timeout` and the life of
                a job.

        Raises:
            ProductFailure: `stream 0 of job 1-3 should be ended by the server (GOAWAY) when the
                job is over, but after 4 frames: still open when time was up (…).`
            ToolError: The host of the streams cannot be reached.

        ```robotframework
        ${range} =    Get Recorded Time Range    duration=1 min
        ${response} =    Configuration Should Be Accepted    multichannel    time_range=${range}
        Streams Should End For Two Readers    ${response}
        ```
        """
        patience = timeout or self._streams.until_the_end()
        readings = self._streams.read_by_two(response, patience, frames=None, at_least=0.0)
        findings = judge_rows.judge_shared(readings)
        for reading in readings:
            findings.extend(judging.judge_end(reading))
        conclude_readings(readings, findings)

    @keyword
    def streams_should_not_be_played_again(
        self, response: Response, after: Summary, timeout: timedelta | None = None
    ) -> None:
        """Read all streams of a historic job by its next reader; no row may come a second time.

        Rows that the reader before has left may come, or none: what was sent to one who leaves is
        lost. Where the job is over by then, that is noted as not checked.

        Args:
            response: The answer to an accepted historic configuration.
            after: The summary of who read this job before.
            timeout: How long to read; default is the environment's `stream_timeout`.

        Raises:
            ProductFailure: `stream 0 of job 1-3 was read up to row 2, so its next reader should be
                served later rows, but row 0 came.`
            ToolError: The host of the streams cannot be reached.

        ```robotframework
        ${range} =    Get Recorded Time Range    duration=1 min
        ${response} =    Configuration Should Be Accepted    multichannel    time_range=${range}
        ${before} =    Streams Should Deliver    ${response}    frames=3
        Streams Should Not Be Played Again    ${response}    after=${before}
        ```
        """
        try:
            reading = self._streams.read(response, timeout, frames=None)
        except ProductFailure as over:
            note_unchecked("rows of a job that is read again", str(over))
            return
        last_rows = {stream: each["last_row"] for stream, each in after["streams"].items()}
        conclude_reading(reading, judge_rows.judge_resumed(reading, last_rows))
