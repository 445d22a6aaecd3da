"""Keywords about how long it takes until a job's data show."""

import statistics
from datetime import timedelta
from enum import Enum

from robot.api import logger
from robot.api.deco import keyword

from focus_engine.on_use import on_use
from focus_engine.verdict import ProductFailure, ToolError
from focus_keywords.server.server import Server
from focus_keywords.streams.session import Response, StreamSession, conclude_reading

with on_use(__name__):
    from focus_engine.streams import judge as judging


class Since(Enum):
    """From when a time is counted."""

    CONFIGURE = "configure"
    CONNECT = "connect"


class LoadTimeKeywords:
    """Seconds from the configuration, or from the connection, to the first frame."""

    def __init__(self, server: Server) -> None:
        self._streams = StreamSession(server)

    @keyword
    def get_time_to_first_frame(
        self,
        response: Response,
        since: Since = Since.CONFIGURE,
        timeout: timedelta | None = None,
    ) -> float:
        """Return the seconds until every stream of a job has delivered its first frame.

        That frame is judged as by `Streams Should Deliver`: what shows early must be the job's.

        Args:
            response: The answer to an accepted configuration, just received.
            since: `configure`, from the sending of the configuration, or `connect`, from when the
                client began to connect.
            timeout: For connecting and reading; default is the environment's `stream_timeout`.

        Returns:
            Seconds. From `configure` on they contain whatever the case did between.

        Raises:
            ProductFailure: A stream delivers no frame, or one that is not as it was promised.
            Undetermined: The job was not configured in this session, so its start is not known.

        ```robotframework
        ${response} =    Configuration Should Be Accepted    multichannel
        ${seconds} =    Get Time To First Frame    ${response}
        Log    ${seconds}
        ```
        """
        reading = self._streams.read(response, timeout, frames=1)
        conclude_reading(reading, judging.judge_delivery(reading, 1))
        seconds = reading.first_frames_after(
            reading.began
            if since is Since.CONNECT
            else self._streams.sent_at(reading.target.job_id)
        )
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
