"""Keywords that read the recordings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from robot.api import logger
from robot.api.deco import keyword

from focus_engine.arrays.message import ArrayMessage
from focus_engine.evidence import Evidence
from focus_engine.on_use import on_use
from focus_engine.recordings.rules.rule import Hidden

with on_use(__name__):
    from focus_engine import environment as environments
    from focus_engine import settings
    from focus_engine.arrays.metadata import message
    from focus_engine.recordings import database as databases
    from focus_engine.recordings import ranges
    from focus_engine.recordings import survey as surveys

NEWEST = 50  # documents per base path: they are large


class ReadingKeywords:
    """Read the recordings, and keep what was read last."""

    def __init__(self) -> None:
        self._seen: surveys.Survey | None = None

    @property
    def current(self) -> surveys.Survey:
        """What was read last; it is read when nothing was."""
        return self._seen or self.read()

    def read(self) -> surveys.Survey:
        """Read all recordings, and log what was found."""
        with databases.open_database(environments.load_environment()) as database:
            self._seen = surveys.survey(database)
        _log(self._seen)
        return self._seen

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
        return self._counts(self.read())

    @keyword(tags=["Getter"])
    def get_ranges_over_recordings(self) -> list[tuple[int, int]]:
        """Return time ranges of every length over what was recorded, as it was read last.

        Returns:
            Pairs of start and end in epoch seconds: each length from a minute to all, at the start,
            middle and end; and around, inside and at the end of the oldest recording of each base
            path and state, and of the longest.

        Raises:
            PreconditionUnmet: `PRECONDITION: MongoDB holds no recording that began a while
                ago.`; also where no MongoDB is given.
            ToolError: MongoDB cannot be read.

        ```robotframework
        @{ranges} =    Get Ranges Over Recordings
        Should Not Be Empty    ${ranges}
        ```
        """
        return ranges.ranges_over(self.current)

    @keyword(tags=["Getter"])
    def get_time_range_of_hidden_recording(self, why: Hidden) -> tuple[int, int]:
        """Return a time range in which there is only a recording that the server must not play.

        Args:
            why: `deleted`, or `archived`: its base path is.

        Returns:
            Start and end in epoch seconds.

        Raises:
            PreconditionUnmet: `PRECONDITION: MongoDB holds no recording that is deleted and lies in
                no other's time.`; also where no MongoDB is given.
            ToolError: MongoDB cannot be read.

        ```robotframework
        ${start}    ${end} =    Get Time Range Of Hidden Recording    deleted
        Should Be True    ${start} < ${end}
        ```
        """
        return ranges.range_of_hidden(self.read(), why)

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
        return self._counts(self.current)

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
        return [part.guid for part in self.current.collections]

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
