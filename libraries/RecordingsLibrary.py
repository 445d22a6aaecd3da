"""Keywords for the quality of the recordings in the server's MongoDB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from robot.api import logger
from robot.api.deco import keyword, library

from focus_engine import __version__
from focus_engine.arrays.message import ArrayMessage
from focus_engine.contract.endpoints.live_state import NO_FIBRE, is_placeholder
from focus_engine.evidence import Evidence
from focus_engine.on_use import on_use
from focus_engine.recordings.added import AddedRecording, add_recording, remove_added
from focus_engine.recordings.rules import RecordingsRule, judge_recordings
from focus_engine.verdict import PreconditionUnmet
from focus_keywords.durations import CONVERTERS
from focus_keywords.reporting import conclude

with on_use(__name__):
    from focus_engine import environment as environments
    from focus_engine import settings
    from focus_engine.arrays.metadata import message
    from focus_engine.recordings import database as databases
    from focus_engine.recordings import fibre, listed, played
    from focus_engine.recordings import survey as surveys

NEWEST = 50  # documents per base path: they are large


@library(scope="GLOBAL", doc_format="MARKDOWN", version=__version__, converters=CONVERTERS)
class RecordingsLibrary:
    """Judge the recordings as MongoDB holds them: `base_paths` → one collection per GUID.

    The address comes from `FOCUS_MONGO_URI` and is never logged. A user that may only read is
    enough for all but `Add Recording`, and every operation ends within the environment's time-out.
    Times are compared with the database's own clock, time zone aware.

    ```robotframework
    *** Settings ***
    Library    RecordingsLibrary

    *** Test Cases ***
    Recordings Can Be Found Fast
        Read Recordings
        Recordings Should Satisfy    start_time indexed
    ```

    ## Words

    A recording is *deleted* when it says so, else *live* while its end_time is missing or null,
    else *historic*. *Stale* is live for longer than `live_recording_hours_max` of the
    requirements; all of them are counted. *Unrecognised* are the folders in
    `<GUID>-unrecognized_recordings`. A path without `is_archive` is not archived. Recordings may
    overlap: they were seen to.
    """

    def __init__(self) -> None:
        self._seen: surveys.Survey | None = None

    @keyword
    def read_recordings(self) -> dict[str, int]:
        """Read all recordings once, for the keywords that judge them; log what was found.

        Returns:
            How many are `historic`, `live`, `deleted`, `stale` (among the live) and
            `unrecognised`.

        Raises:
            PreconditionUnmet: `PRECONDITION: no MongoDB is given for environment 'staging'. Set
                FOCUS_MONGO_URI.`
            ToolError: `ERROR: MongoDB cannot be read: connection refused. Is FOCUS_MONGO_URI right
                and the database up?`

        ```robotframework
        ${counts} =    Read Recordings
        Should Be True    ${counts}[historic] > 0
        ```
        """
        return self._counts(self._read())

    @keyword(tags=["Getter"])
    def get_recording_counts(self) -> dict[str, int]:
        """Return how many recordings there are by state, as they were read last.

        Returns:
            `historic`, `live`, `deleted`, `stale` (among the live) and `unrecognised`.

        Raises:
            ToolError: As `Read Recordings`, which it calls when nothing was read yet.

        ```robotframework
        ${counts} =    Get Recording Counts
        Should Be True    ${counts}[live] >= ${counts}[stale]
        ```
        """
        return self._counts(self._current)

    @keyword(tags=["Getter"])
    def get_recording_collections(self) -> list[str]:
        """Return the names of the collections that hold recordings: the GUIDs of `base_paths`.

        Returns:
            The names; `<GUID>-unrecognized_recordings` is never among them.

        Raises:
            ToolError: As `Read Recordings`, which it calls when nothing was read yet.

        ```robotframework
        ${names} =    Get Recording Collections
        Should Not Be Empty    ${names}
        ```
        """
        return [part.guid for part in self._current.collections]

    @keyword(tags=["Getter"])
    def get_recording_metadata(self, limit: int = NEWEST) -> list[ArrayMessage]:
        """Return `fiber_metadata` of the recordings that started last, without the commands in it.

        Args:
            limit: How many at most below each base path.

        Returns:
            Messages for `Metadata Should Satisfy`; none of recordings that have no metadata.

        Raises:
            PreconditionUnmet: `PRECONDITION: no MongoDB is given for environment 'staging'. Set
                FOCUS_MONGO_URI.`
            ToolError: As `Read Recordings`.

        ```robotframework
        ${messages} =    Get Recording Metadata    limit=3
        Should Not Be Empty    ${messages}
        ```
        """
        with databases.open_database(environments.load_environment()) as database:
            found = surveys.newest_metadata(database, limit)
        logger.info(f"metadata of {len(found)} recordings, the newest {limit} of each base path")
        return [
            message.message_of_metadata(each, f"recording {uuid}") for uuid, each in found.items()
        ]

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
        conclude(judge_recordings(rule, self._current, settings.requirements()))

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
        conclude(listed.judge_listed(recordings, self._read(), start, end))

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

    @keyword(tags=["TestData"])
    def add_recording(self) -> AddedRecording:
        """Add a finished recording of one minute, as if it had just been indexed.

        It is a copy of the oldest recording of the path in use, two hours before it, marked with
        the run. The address must be the database's own (`FOCUS_MONGO_URI`), not one that an outage
        cuts off.

        Returns:
            The recording: `uuid`, and `start` and `end` in epoch seconds.

        Raises:
            NotAllowed: The environment does not allow `disruptive`.
            PreconditionUnmet: No MongoDB is given, or it has nothing to copy.
            ToolError: `ERROR: MongoDB refused to answer: code 13 (Unauthorized). May the user …`

        `Remove Added Recordings` undoes it; after 30 minutes that of any other run does.

        ```robotframework
        ${recording} =    Add Recording
        Should Be True    ${recording.end} > ${recording.start}
        Remove Added Recordings
        ```
        """
        return add_recording(environments.load_environment())

    @keyword(tags=["TestData"])
    def remove_added_recordings(self) -> int:
        """Remove the recordings that this run added, and those that another left behind.

        Returns:
            How many there were.

        Raises:
            NotAllowed: The environment does not allow `disruptive`.
            ToolError: MongoDB cannot be written.

        ```robotframework
        Remove Added Recordings
        ```
        """
        return remove_added(environments.load_environment())

    @property
    def _current(self) -> surveys.Survey:
        return self._seen or self._read()

    def _read(self) -> surveys.Survey:
        with databases.open_database(environments.load_environment()) as database:
            self._seen = surveys.survey(database)
        _log(self._seen)
        return self._seen

    def _counts(self, seen: surveys.Survey) -> dict[str, int]:
        hours = settings.requirements().live_recording_hours_max.value
        return seen.counts(timedelta(hours=hours))


def _log(seen: surveys.Survey) -> None:
    evidence = Evidence()
    evidence.add(
        "Collections of recordings",
        ["GUID", "archived", "recordings", "shortest s", "longest s", "unrecognised", "indexes"],
        [
            [
                part.guid,
                part.archived,
                len(part.recordings),
                *_span([each.duration for each in part.recordings if each.duration]),
                part.unrecognised,
                ", ".join("+".join(index.fields) for index in part.indexes),
            ]
            for part in seen.collections
        ],
    )
    logger.info(evidence.to_html(), html=True)


def _span(durations: Sequence[timedelta]) -> tuple[str, str]:
    if not durations:
        return ("", "")
    return (f"{min(durations).total_seconds():g}", f"{max(durations).total_seconds():g}")
