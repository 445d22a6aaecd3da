"""Keywords that build and send configurations without judging the answer."""

import time
from datetime import timedelta
from enum import Enum
from typing import Any

from robot.api.deco import keyword

from focus_engine.contract.configure.configuration import View, configuration
from focus_engine.contract.endpoints.recorded_range import (
    DAY,
    Recording,
    choose_gap,
    find_ongoing_range,
    find_range,
    recordings_from,
)
from focus_engine.contract.endpoints.server_contract import judge_recordings
from focus_engine.on_use import on_use
from focus_engine.transport.reply import JSON, Reply
from focus_keywords.server.server import Server, log_reply

with on_use(__name__):
    from focus_engine import settings
    from focus_engine.transport import client

TimeRange = tuple[int, int]


class Time(Enum):
    """Which data a configuration asks for."""

    LIVE = "live"
    RECORDED = "recorded"


SEARCHED_DAYS = 28  # for a gap between recordings


class ConfigurationKeywords:
    """Building and sending; what comes back is judged by other keywords."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @keyword
    def build_configuration(
        self, view: View, time_range: TimeRange | None = None, **overrides: Any
    ) -> dict[str, Any]:
        """Return a valid configuration made of the client settings, changed by the overrides.

        Args:
            view: `multichannel`, `singlechannel` or `waterfall`.
            time_range: Start and end in epoch seconds (historic); default None is live.
            overrides: Fields by dotted path in the language of the tables.

        Returns:
            The configuration as a dictionary; nothing is sent.

        Raises:
            ToolError: `ERROR: field 'view_type' is abc, which is neither JSON nor the word
                missing. Text needs quotes: "abc".`

        ```robotframework
        ${configuration} =    Build Configuration    multichannel    channels.max=50
        Log    ${configuration}[channels]
        ```
        """
        return dict(configuration(settings.client_settings(), view, time_range, overrides).fields)

    @keyword
    def send_configuration(
        self, view: View, time_range: TimeRange | None = None, **overrides: Any
    ) -> Reply:
        """Send one POST /configure and return the answer of any status, unjudged.

        A job that it starts is entered in the job ledger and ends by itself.

        Args:
            view: `multichannel`, `singlechannel` or `waterfall`.
            time_range: Start and end in epoch seconds (historic); default None is live.
            overrides: Fields by dotted path in the language of the tables.

        Returns:
            The reply, with `status`, `headers`, `text`, `seconds` and the `sent` bytes.

        Raises:
            ToolError: The server is unreachable or the job budget stays used up.
            NotAllowed: The environment allows no jobs.

        ```robotframework
        ${reply} =    Send Configuration    multichannel    channels.min=1    channels.max=50
        Response Status Should Be    ${reply}    200
        ```
        """
        asked = configuration(settings.client_settings(), view, time_range, overrides)
        return log_reply(self._server.judge.watched(asked.to_body(), JSON, asked.description))

    @keyword
    def send_raw_configuration(self, body: bytes | str, content_type: str = JSON) -> Reply:
        """Send exactly these bytes to POST /configure and return the answer of any status.

        A job that it starts is entered in the job ledger and ends by itself.

        Args:
            body: Bytes, or text that is sent as UTF-8; it need not be JSON.
            content_type: How the body is declared, such as `application/json; charset=utf-8`.

        Returns:
            The reply, unjudged.

        Raises:
            ToolError: The server is unreachable or the job budget stays used up.
            NotAllowed: The environment allows no jobs.

        ```robotframework
        ${reply} =    Send Raw Configuration    {"channels":
        Response Status Should Be    ${reply}    422
        ```
        """
        sent = body.encode() if isinstance(body, str) else body
        return log_reply(self._server.judge.watched(sent, content_type, ""))

    @keyword
    def get_recorded_time_range(self, duration: timedelta | None = None) -> TimeRange:
        """Return a time range that was really recorded, inside one finished recording.

        It is searched within the last year, the latest recording first.

        Args:
            duration: Length, such as `2 min`; default is the client's DisplayTimeAxisDuration.

        Returns:
            Start and end in epoch seconds, for `time_range=`.

        Raises:
            PreconditionUnmet: `PRECONDITION: the server knows no finished recording of at least
                30 s in the last 366 days. …`
            ProductFailure: The recordings cannot be asked for.

        ```robotframework
        ${range} =    Get Recorded Time Range    duration=1 min
        ${reply} =    Send Configuration    multichannel    time_range=${range}
        Response Should Be Accepted Configuration    ${reply}
        ```
        """
        default = settings.client_settings().Defaults.DisplayTimeAxisDuration
        seconds = default if duration is None else int(duration.total_seconds())
        return find_range(self._search, seconds, time.time())

    @keyword
    def get_time_range_of(self, time: Time) -> TimeRange | None:
        """Return what `time_range=` of other keywords takes, for a word of a table.

        Args:
            time: `live`, or `recorded` for a minute of a finished recording.

        Returns:
            None for `live`, else start and end in epoch seconds.

        Raises:
            PreconditionUnmet: The server knows no finished recording of a minute.

        ```robotframework
        ${range} =    Get Time Range Of    recorded
        Configuration Should Be Accepted    multichannel    time_range=${range}
        ```
        """
        return None if time is Time.LIVE else self.get_recorded_time_range(timedelta(minutes=1))

    @keyword
    def get_time_range_that_is_being_recorded(self, duration: timedelta) -> TimeRange:
        """Return the first part of a recording that still goes on, a while after its start.

        Args:
            duration: Length, such as `1 min`.

        Returns:
            Start and end in epoch seconds.

        Raises:
            PreconditionUnmet: `PRECONDITION: no recording goes on that began at least … s ago.`
            ProductFailure: The recordings cannot be asked for.

        ```robotframework
        ${range} =    Get Time Range That Is Being Recorded    duration=1 min
        Configuration Should Be Accepted    multichannel    time_range=${range}
        ```
        """
        return find_ongoing_range(self._search, int(duration.total_seconds()), time.time())

    @keyword
    def get_gap_between_recordings(self) -> list[int]:
        """Return a time in which nothing was recorded, between two recordings of the last days.

        Returns:
            The end of the one and the start of the next recording in epoch seconds, a minute or
            more apart; an empty list where there is no such pair.

        Raises:
            ProductFailure: The recordings cannot be asked for.

        ```robotframework
        ${gap} =    Get Gap Between Recordings
        Should Be True    ${gap}[1] - ${gap}[0] >= 60
        ```
        """
        now = time.time()
        found = choose_gap(self._search(int(now) - SEARCHED_DAYS * DAY, int(now)), now)
        return list(found or ())

    def _search(self, start: int, end: int) -> list[Recording]:
        return listed_recordings(self._server, start, end)


def listed_recordings(server: Server, start: int, end: int) -> list[Recording]:
    """What the server lists between two instants (epoch seconds). Raises ProductFailure."""
    reply = log_reply(server.api.recordings_in_time_range(start, end))
    recordings = client.recordings_of(reply) if reply.is_ok else None
    judge_recordings(reply, recordings).conclude()
    return recordings_from(recordings or [])
