"""Keywords about the port of a job: whose frames it delivers, and what becomes of it."""

from datetime import timedelta

from robot.api import logger
from robot.api.deco import keyword

from focus_engine.on_use import on_use
from focus_engine.verdict import ProductFailure, Undetermined
from focus_keywords.server.server import Server
from focus_keywords.streams.session import Response, StreamSession, conclude_reading

with on_use(__name__):
    from focus_engine.streams import judge as judging
    from focus_engine.streams import port


class PortKeywords:
    """Each takes the answer to an accepted configuration."""

    def __init__(self, server: Server) -> None:
        self._streams = StreamSession(server)

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
        reading = self._streams.read(response, timeout, frames=1)
        conclude_reading(reading, judging.judge_staleness(reading))

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
        target = self._streams.target(response)
        seconds = self._streams.patience(timeout or self._streams.until_the_end())
        judge = self._streams.server.judge
        state = port.port_after_end(target, judge.ledger, seconds)
        logger.info(f"port {target.port} of job {target.job_id}: {state.value}")
        if state is not port.PortState.STILL_OPEN:
            return
        others = judge.ledger.job_ids() - {target.job_id}
        if self._streams.server.environment.file.shared or (others and not target.names_slot):
            raise Undetermined(
                f"port {target.port} of job {target.job_id} is open {seconds:g} s after its end, "
                "but it may belong to another job by now: on a shared system to somebody else's, "
                "and an id that names no slot does not tell."
            )
        raise ProductFailure(
            f"port {target.port} of job {target.job_id} should be free after its end, but it still "
            f"accepts connections {seconds:g} s later."
        )
