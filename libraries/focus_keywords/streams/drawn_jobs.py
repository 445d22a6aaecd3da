"""Keywords that read jobs of configurations from all over what a client may ask for."""

from robot.api.deco import keyword

from focus_engine.contract.configure.configuration import View
from focus_engine.on_use import on_use
from focus_engine.transport.reply import Reply
from focus_engine.verdict import ProductFailure
from focus_keywords.server.configurations import Time
from focus_keywords.server.server import Server
from focus_keywords.streams.session import StreamSession, conclude_reading

with on_use(__name__):
    from focus_engine.streams import judge as judging
    from focus_keywords.server import drawing

FRAMES = 2  # the least of which one comes after another
LINES = 8  # that a range has room for: messages hold several, and the last may be cut


class DrawnJobKeywords:
    """One job at a time: it is read as soon as it is there, and left to end by itself."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._streams = StreamSession(server)

    @keyword
    def drawn_jobs_should_stream(
        self, view: View, time: Time = Time.LIVE, count: int = 12, seed: int = 1
    ) -> int:
        """Start jobs that a client may ask for, drawn all over; every stream must deliver frames.

        `count` (jobs) and `seed` (a whole number) say which.
        They are drawn as by `Drawn Configurations Should Be Accepted`, and their frames judged as
        by `Streams Should Deliver`. Durations are cut where the range would not have room for some
        lines. The first job that is not accepted, or does not deliver, ends it.

        Args:
            view: `multichannel`, `singlechannel` or `waterfall`.
            time: `live`, or `recorded`.
            count: How many jobs, 1 to 100.
            seed: Any whole number; the same one draws the same.

        Returns:
            How many were read.

        Raises:
            ProductFailure: `job of POST /configure with nfftSelection=4096 and …: stream 0 of job
                1-3 should deliver at least 2 frames, but it delivered 0: still open when time was
                up (…).`
            PreconditionUnmet: The server waits for fibre, or knows no finished recording.
            ToolError: `ERROR: 0 cannot be drawn. Give 1 to 100.`; also streams that
                cannot be reached.

        ```robotframework
        Drawn Jobs Should Stream    waterfall    live    count=2
        ```
        """
        drawn = drawing.Drawing(self._server)
        for asked in drawn.configurations(view, time, count, seed, LINES):
            reply = self._server.configure(asked, watched=False)
            self._server.conclude(reply, self._server.judge.accepted(reply))
            self._read(reply)
        return count

    def _read(self, reply: Reply) -> None:
        try:
            reading = self._streams.read(reply.json(), None, FRAMES)
            conclude_reading(reading, judging.judge_delivery(reading, FRAMES))
        except ProductFailure as failure:
            raise ProductFailure(f"job of {reply.request}: {failure}") from failure
