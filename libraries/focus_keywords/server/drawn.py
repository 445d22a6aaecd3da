"""Keywords that draw configurations from all over what a client may ask for."""

from robot.api.deco import keyword

from focus_engine.contract.configure.configuration import View
from focus_engine.on_use import on_use
from focus_keywords.server.configurations import Time, TimeRange
from focus_keywords.server.server import Server

with on_use(__name__):
    from focus_keywords.server import drawing


class DrawnKeywords:
    """What a table tries value by value, these try in company."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @keyword
    def drawn_configurations_should_be_accepted(
        self, view: View, time: Time = Time.LIVE, count: int = 12, seed: int = 1
    ) -> int:
        """Send configurations that a client may send, drawn all over; each must keep the contract.

        `count` (configurations) and `seed` (a whole number) say which.
        Channels, window, NFFT, duration and frequencies take their edges and values between them,
        in other company each time. Recorded ones lie in the oldest, latest and longest recording
        of the last year and in others, at the beginning, middle and end. The first that is not
        accepted, or whose answer breaks the contract, ends it. The same seed draws the same.

        Args:
            view: `multichannel`, `singlechannel` or `waterfall`.
            time: `live`, or `recorded`.
            count: How many, 1 to 100.
            seed: Any whole number.

        Returns:
            How many were accepted.

        Raises:
            ProductFailure: `POST /configure with channels {"min":1,"max":3} and … should be
                accepted (200), but the server answered 500: …`
            PreconditionUnmet: The server waits for fibre, or knows no finished recording.
            ToolError: `ERROR: 0 cannot be drawn. Give 1 to 100.`

        ```robotframework
        Drawn Configurations Should Be Accepted    waterfall    live    count=2
        ```
        """
        for asked in drawing.Drawing(self._server).configurations(view, time, count, seed):
            reply = self._server.configure(asked, watched=False)
            self._server.conclude(reply, self._server.judge.accepted(reply))
        return count

    @keyword(tags=["Getter"])
    def get_recorded_time_ranges(self, count: int = 6, seed: int = 1) -> list[TimeRange]:
        """Return time ranges that were really recorded, from all over the last year.

        The oldest, latest and longest finished recordings are among them, their beginnings, middles
        and ends; one range begins in a recording and goes on over others.

        Args:
            count: How many, 1 to 100.
            seed: Any whole number; the same draws the same.

        Returns:
            Pairs of start and end in epoch seconds, for `time_range=`.

        Raises:
            PreconditionUnmet: `PRECONDITION: the server knows no finished recording of the last 366
                days. Record some data.`
            ToolError: `ERROR: 0 cannot be drawn. Give 1 to 100.`

        ```robotframework
        @{ranges} =    Get Recorded Time Ranges    3
        Configuration Should Be Accepted    multichannel    time_range=${ranges}[0]
        ```
        """
        return drawing.Drawing(self._server).recorded(count, seed)
