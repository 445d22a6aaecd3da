"""Keywords that add a recording, and remove it."""

from robot.api.deco import keyword

from focus_engine.on_use import on_use
from focus_engine.recordings.added import AddedRecording, add_recording, remove_added

with on_use(__name__):
    from focus_engine import environment as environments


class AddedRecordingKeywords:
    """Change what MongoDB holds, and undo it."""

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
