"""Keywords that judge the recordings, and what the server says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from robot.api.deco import keyword

from focus_engine.contract.endpoints.live_state import NO_FIBRE, is_placeholder
from focus_engine.on_use import on_use
from focus_engine.recordings.rules.rule import RecordingsRule
from focus_engine.verdict import PreconditionUnmet
from focus_keywords.recordings.reading import ReadingKeywords
from focus_keywords.reporting import conclude

with on_use(__name__):
    from focus_engine import environment as environments
    from focus_engine import settings
    from focus_engine.recordings import database as databases
    from focus_engine.recordings import fibre, listed, played
    from focus_engine.recordings.rules import judge


class RecordingVerdictKeywords:
    """Hold the recordings against rules, and answers of the server against the recordings."""

    def __init__(self, reading: ReadingKeywords) -> None:
        self._reading = reading

    @keyword(tags=["Assertion"])
    def recordings_should_satisfy(self, rule: RecordingsRule) -> None:
        """Fail unless the recordings that were read last satisfy a rule.

        Args:
            rule: One of the words of the table, such as `uuids are unique`.

        Raises:
            ProductFailure: `There are uuids that are there more than once: 1 (0b8f… (2 times)).`
            PreconditionUnmet: There is no recording at all to judge.
            Undetermined: The rule needs a limit that nobody has agreed yet.
            ToolError: As `Read Recordings`, which it calls when nothing was read yet.

        ```robotframework
        Recordings Should Satisfy    uuids are unique
        ```
        """
        conclude(judge.judge_recordings(rule, self._reading.current, settings.requirements()))

    @keyword
    def listed_recordings_should_be_all(
        self, recordings: Sequence[tuple[float, float | None]], start: int, end: int
    ) -> None:
        """Hold what the server lists of a time range against MongoDB: all are there, no other is.

        Deleted recordings do not count. Times may differ by less than a second.

        Args:
            recordings: What `Recordings Should Lie In Time Range` returned for the range.
            start: Start of the range in epoch seconds.
            end: End of the range in epoch seconds; recordings that ended since are left for later.

        Raises:
            ProductFailure: `POST /recordings_in_time_range from 1764946703 to 1764953903 (epoch
                seconds) should list the 28 recordings that MongoDB holds, but 25 are missing: …`
            PreconditionUnmet: No MongoDB is given, or no base path is in use.
            ToolError: MongoDB cannot be read.

        ```robotframework
        VAR    @{nothing}    @{EMPTY}
        Listed Recordings Should Be All    ${nothing}    31536000    31536060
        ```
        """
        conclude(listed.judge_listed(recordings, self._reading.read(), start, end))

    @keyword(tags=["Assertion"])
    def metadata_should_be_of_a_recording(
        self, metadata: Mapping[str, Any], start: int, end: int
    ) -> None:
        """Hold `metadata` of a historic answer against MongoDB: every field is the recording's.

        Commands in it are compared and never shown. Where several recordings overlap the range, the
        one that fits best is meant; deleted ones and archived paths are not.

        Args:
            metadata: `metadata` of the answer to POST /configure.
            start: Start of the range that was asked for, in epoch seconds.
            end: End of that range, in epoch seconds.

        Raises:
            ProductFailure: `POST /configure from 1764946703 to 1764946763 (epoch seconds) should
                answer the metadata of the recording that is played, but metadata.parent.dx is 1.04
                where MongoDB holds 1.02.`
            PreconditionUnmet: No MongoDB is given, or the recordings of that time have no metadata.
            ToolError: MongoDB cannot be read.

        ```robotframework
        ${start}    ${end} =    Get Recorded Time Range    duration=1 minute
        VAR    &{times}    start_time=${start}    end_time=${end}
        ${answer} =    Configuration Should Be Accepted    waterfall    &{times}
        Metadata Should Be Of A Recording    ${answer}[metadata]    ${start}    ${end}
        ```
        """
        with databases.open_database(environments.load_environment()) as database:
            held = played.metadata_between(database, start, end)
        conclude(played.judge_played(metadata, held, start, end))

    @keyword(tags=["Assertion"])
    def fibre_should_be_as_recorded(self, body: Mapping[str, Any]) -> None:
        """Hold the answer to GET /live_metadata against the newest live recording in MongoDB.

        Compared are dx, fiber_start_meters and fiber_length_meters in metres, prr in Hz and
        fiber_description, each where the recording has it.

        Args:
            body: The answer, decoded.

        Raises:
            ProductFailure: `GET /live_metadata should tell the fibre that is recorded now, but dx
                is 2.02 where the newest live recording in MongoDB holds 1.02.`
            PreconditionUnmet: No MongoDB is given, no recording goes on, the one that does has no
                metadata, or the server waits for the fibre.
            ToolError: MongoDB cannot be read.

        ```robotframework
        ${body} =    Get Live Metadata
        Fibre Should Be As Recorded    ${body}
        ```
        """
        if is_placeholder(body):
            raise PreconditionUnmet(NO_FIBRE)
        with databases.open_database(environments.load_environment()) as database:
            recorded = fibre.fibre_recorded_now(database)
        conclude(fibre.judge_fibre(body, recorded))
