"""Keywords that judge POST /recordings_in_time_range."""

import time
from typing import Any

from robot.api.deco import keyword

from focus_engine.checks.report import Report
from focus_engine.contract.cell_syntax import read_cell
from focus_engine.contract.endpoints.recorded_range import Recording, recordings_from
from focus_engine.contract.endpoints.server_contract import judge_recordings
from focus_engine.evidence import compact
from focus_engine.on_use import on_use
from focus_engine.reading.missing import MISSING
from focus_engine.transport.reply import Reply
from focus_keywords.server.server import Server

with on_use(__name__):
    from focus_engine.contract.configure import rejection
    from focus_engine.contract.endpoints import recordings_contract
    from focus_engine.transport import client

TIMES = ("start_time", "end_time")


class RecordingsKeywords:
    """Times are epoch seconds, UTC."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @keyword
    def recordings_should_lie_in_time_range(self, start: int, end: int) -> list[Recording]:
        """Ask for the recordings between two instants; each must overlap the range.

        Checked are the shape (a bare list or an object with `recordings`), that each ends after it
        starts and lies in the past, that each overlaps the range, and that they come in the order
        of their start.

        Args:
            start: Epoch seconds (not milliseconds).
            end: Epoch seconds (not milliseconds).

        Returns:
            Pairs of start and end in epoch seconds; the end is None while it is being recorded.

        Raises:
            ProductFailure: `POST /recordings_in_time_range with … should answer recordings of that
                range (epoch seconds), but one is [1764946703000,1764953903000].`
            NotAllowed: The environment is production, which is read-only (this is a POST).

        ```robotframework
        ${recordings} =    Recordings Should Lie In Time Range    1764946703    1764953903
        Log    ${recordings}
        ```
        """
        reply, recordings, findings = self._ask(start, end)
        findings.extend(
            recordings_contract.judge_within_range(reply, recordings, start, end, time.time())
        )
        self._server.conclude(reply, findings)
        return recordings

    @keyword
    def recording_of_time_range_should_be_found(self, start: int, end: int) -> None:
        """Ask for the recordings between two instants; one of them must hold the whole range.

        Args:
            start: Epoch seconds, inside a recording.
            end: Epoch seconds, inside the same recording.

        Raises:
            ProductFailure: `POST /recordings_in_time_range with … should name the recording that
                holds this range, but the server answered 200: []`

        ```robotframework
        ${start}    ${end} =    Get Recorded Time Range
        Recording Of Time Range Should Be Found    ${start}    ${end}
        ```
        """
        reply, recordings, findings = self._ask(start, end)
        findings.extend(recordings_contract.judge_holds(reply, recordings, start, end))
        self._server.conclude(reply, findings)

    @keyword
    def recordings_request_should_be_rejected(
        self, start_time: Any = "missing", end_time: Any = "missing"
    ) -> None:
        """Ask for the recordings of an invalid range; it must be rejected properly.

        Proper is: status 400 or 422 and a JSON body that names one of the times.

        Args:
            start_time: A cell in the language of the tables; default leaves the key out. Both
                `start_time` and `end_time` (epoch seconds, UTC).
            end_time: A cell in the language of the tables; default leaves the key out.

        Raises:
            ProductFailure: `POST /recordings_in_time_range with the body … should be rejected (400
                or 422), but the server accepted it: 200: []`

        ```robotframework
        Recordings Request Should Be Rejected    start_time=1764953903    end_time=1764946703
        ```
        """
        cells = dict(zip(TIMES, (start_time, end_time), strict=True))
        values = {name: read_cell(name, cell) for name, cell in cells.items()}
        body = {name: value for name, value in values.items() if value is not MISSING}
        reply = self._server.api.recordings_raw(compact(body).encode())
        required = self._server.judge.required
        self._server.conclude(
            reply, rejection.judge_rejection(reply, rejection.names_of(TIMES), required)
        )

    def _ask(self, start: int, end: int) -> tuple[Reply, list[Recording], Report]:
        reply = self._server.api.recordings_in_time_range(start, end)
        listed = client.recordings_of(reply) if reply.is_ok else None
        findings = judge_recordings(reply, listed)
        return reply, [] if findings.failures else recordings_from(listed or []), findings
