"""The metadata of a historic answer are held against the recordings of that time in MongoDB."""

from copy import deepcopy
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from proof.lies.changes import changed_at, changes_of, paths_of

from focus_engine.recordings.database import open_database
from focus_engine.recordings.played import judge_played, metadata_between
from focus_engine.recordings.survey import RecordingState
from focus_engine.verdict import PreconditionUnmet
from sandbox.recordings.fibre_metadata import layers

START, END = 1_700_000_000, 1_700_000_060
PLAYED = layers("recording", 2000)
OTHER = layers("other", 1000)
LIES = [(path, change) for path, value in paths_of(PLAYED) for change in changes_of(value)]


def failures(told: object, *held: object) -> list[str]:
    return judge_played(told, held, START, END).failures


def test_the_recording_that_fits_best_is_meant() -> None:
    assert failures(deepcopy(PLAYED), OTHER, PLAYED) == []
    [said] = failures({**PLAYED, "version": "TLV-1.2"}, OTHER, PLAYED)
    assert said.endswith('but metadata.version is "TLV-1.2" where MongoDB holds "TLV-1.3".')


@given(st.sampled_from([lie for lie in LIES if lie != ("$", "dropped")]))
def test_whatever_is_changed_is_named_and_no_command_is_shown(lie: tuple[str, str]) -> None:
    path, change = lie
    said = " ".join(failures(changed_at(PLAYED, path, change), PLAYED))
    assert "metadata" + path.removeprefix("$") in said
    assert "unsafe" not in said


@pytest.mark.parametrize(
    ("told", "right"), [(1.5e9, True), ("2026-01-01T00:00:00Z", True), (None, False)]
)
def test_how_a_time_is_written_is_not_judged(told: object, right: bool) -> None:
    stored = {"start_time": datetime(2026, 1, 1, tzinfo=UTC)}
    assert (failures({"start_time": told}, stored) == []) is right


def test_what_cannot_be_compared_is_said() -> None:
    assert "holds no recording of that time" in failures(PLAYED)[0]
    with pytest.raises(PreconditionUnmet, match="has fiber_metadata"):
        judge_played({}, [None], START, END)


def test_the_recordings_of_a_range_are_read(surveyed, environment) -> None:
    seen = surveyed()
    one = next(each for each in seen.recordings if each.state is RecordingState.HISTORIC)
    start, end = int(one.start.timestamp()) + 1, int(one.end.timestamp()) - 1
    with open_database(environment) as database:
        held = metadata_between(database, start, end)
        assert metadata_between(database, 31536000, 31536060) == []
    assert one.uuid in {each["uuid"] for each in held}
