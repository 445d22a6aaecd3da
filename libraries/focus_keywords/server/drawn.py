"""Keywords that draw configurations from all over what a client may ask for."""

from __future__ import annotations

import time as clock

from robot.api.deco import keyword

from focus_engine.contract.configure.configuration import View, configuration
from focus_engine.contract.endpoints.recorded_range import DAY, SEARCH_DAYS
from focus_engine.contract.endpoints.server_contract import live_prr
from focus_engine.contract.json_types import is_int
from focus_engine.on_use import on_use
from focus_engine.verdict import PreconditionUnmet, ToolError
from focus_keywords.server.configurations import Time, TimeRange, listed_recordings
from focus_keywords.server.server import Server

with on_use(__name__):
    from focus_engine import settings
    from focus_engine.contract.configure import drawn

MOST = 100


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
        _require_count(count)
        ranges = [None] * count if time is Time.LIVE else self._recorded(count, seed)
        fields = drawn.draw_configurations(view, self._bounds(view), count, seed)
        for time_range, overrides in zip(ranges, fields, strict=True):
            asked = configuration(settings.client_settings(), view, time_range, overrides)
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
        _require_count(count)
        return self._recorded(count, seed)

    def _recorded(self, count: int, seed: int) -> list[TimeRange]:
        now = clock.time()
        recordings = listed_recordings(self._server, int(now) - SEARCH_DAYS[-1] * DAY, int(now))
        ranges = drawn.draw_recorded(recordings, now, count, seed)
        if not ranges:
            raise PreconditionUnmet(
                f"the server knows no finished recording of the last {SEARCH_DAYS[-1]} days. "
                "Record some data."
            )
        return ranges

    def _bounds(self, view: View) -> drawn.ClientBounds:
        client, required = settings.client_settings(), self._server.judge.required
        most, options = client.Constraints, client.Options.nfftSingleChannel
        highest = (self._server.api.channels().json_or_none() or {}).get("highest_channel")
        prr = live_prr(self._server.api.live_metadata()) or 0
        nyquist = int(prr * required.frequency_max_fraction_of_prr.value) or most.FrequencyMax
        if view is not View.SINGLECHANNEL:
            options = settings.multichannel_nfft_options(client, required)
        return drawn.ClientBounds(
            highest_channel=highest if is_int(highest) else most.SensorsRange,
            most_channels=most.SensorsRange,
            nfft_options=tuple(options),
            highest_hz=min(most.FrequencyMax, nyquist),
            least_hz=most.FrequencyMinRange,
            durations=tuple(required.display_durations.value),
        )


def _require_count(count: int) -> None:
    if not 1 <= count <= MOST:
        raise ToolError(f"{count} cannot be drawn. Give 1 to {MOST}.")
