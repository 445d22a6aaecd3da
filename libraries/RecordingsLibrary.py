"""Keywords for the quality of the recordings in the server's MongoDB."""

from robot.api.deco import library
from robotlibcore import HybridCore

from focus_engine import __version__
from focus_keywords.durations import CONVERTERS
from focus_keywords.recordings.added import AddedRecordingKeywords
from focus_keywords.recordings.reading import ReadingKeywords
from focus_keywords.recordings.verdicts import RecordingVerdictKeywords


@library(scope="GLOBAL", doc_format="MARKDOWN", version=__version__, converters=CONVERTERS)
class RecordingsLibrary(HybridCore):
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
        reading = ReadingKeywords()
        super().__init__([reading, RecordingVerdictKeywords(reading), AddedRecordingKeywords()])
