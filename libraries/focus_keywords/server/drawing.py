"""Draws configurations for this server: what its fibre and recordings, and the client, allow."""

from __future__ import annotations

import time as clock
from collections.abc import Iterator

from focus_engine.contract.configure.configuration import Configuration, View, configuration
from focus_engine.contract.endpoints.recorded_range import DAY, SEARCH_DAYS
from focus_engine.on_use import on_use
from focus_engine.verdict import PreconditionUnmet, ToolError
from focus_keywords.server.configurations import Time, TimeRange, listed_recordings
from focus_keywords.server.server import Server

with on_use(__name__):
    from focus_engine import settings
    from focus_engine.contract.configure import drawn

MOST = 100


class Drawing:
    """Asks the server for its fibre and its recordings at each drawing."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def configurations(
        self, view: View, time: Time, count: int, seed: int, lines: int = 0
    ) -> Iterator[Configuration]:
        """`count` configurations that a client may send.

        With `lines`, the time between two lines is such that so many are soon there.

        Raises ToolError where so many cannot be drawn, PreconditionUnmet without a recording.
        """
        _require_count(count)
        ranges = [None] * count if time is Time.LIVE else self.recorded(count, seed)
        fields = drawn.draw_configurations(view, self._bounds(view), count, seed)
        for time_range, overrides in zip(ranges, fields, strict=True):
            hastened = drawn.hasten(overrides, time_range, lines) if lines else {}
            yield configuration(settings.client_settings(), view, time_range, overrides | hastened)

    def recorded(self, count: int, seed: int) -> list[TimeRange]:
        """`count` ranges of the last year's recordings; raises as `configurations` does."""
        _require_count(count)
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
        fibre = self._server.judge.fibre()
        if view is not View.SINGLECHANNEL:
            options = settings.multichannel_nfft_options(client, required)
        return drawn.ClientBounds(
            highest_channel=max(1, fibre.highest_channel or most.SensorsRange),
            most_channels=most.SensorsRange,
            nfft_options=tuple(options),
            highest_hz=max(1, int(min(most.FrequencyMax, fibre.nyquist_hz or most.FrequencyMax))),
            least_hz=most.FrequencyMinRange,
            durations=tuple(required.display_durations.value),
        )


def _require_count(count: int) -> None:
    if not 1 <= count <= MOST:
        raise ToolError(f"{count} cannot be drawn. Give 1 to {MOST}.")
