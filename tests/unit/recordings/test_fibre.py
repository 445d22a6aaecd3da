"""GET /live_metadata is held against the live recording in MongoDB that started last."""

import pytest

from focus_engine.recordings.database import open_database
from focus_engine.recordings.fibre import OF_THE_FIBRE, fibre_recorded_now, judge_fibre
from focus_engine.verdict import PreconditionUnmet

FIBRE = dict(zip(OF_THE_FIBRE, (1.02, 2000, 0, 10_000, "Panda3"), strict=True))


@pytest.mark.parametrize("field", OF_THE_FIBRE)
@pytest.mark.parametrize("wrong", [1, -1, 1e-9, None, "1.02", []])
def test_whatever_differs_is_named_with_both_values(field: str, wrong: object) -> None:
    [said] = judge_fibre({**FIBRE, field: wrong}, FIBRE).failures
    assert f"but {field} is " in said
    assert not judge_fibre({**FIBRE, "prr": 2000.0, "sw_version": "11"}, FIBRE).failures


def test_a_field_that_is_told_by_one_alone(subtests: pytest.Subtests) -> None:
    with subtests.test("the server"):
        assert not judge_fibre(FIBRE, {"dx": 1.02, "prr": None}).failures
    with subtests.test("the recording"):
        assert len(judge_fibre({}, FIBRE).failures) == len(OF_THE_FIBRE)
    with subtests.test("neither"), pytest.raises(PreconditionUnmet, match="nothing of the fibre"):
        judge_fibre(FIBRE, {})


def test_the_newest_live_recording_is_read(surveyed, environment) -> None:
    surveyed("recordings-stale", "recording-in-future")  # these have no metadata
    with open_database(environment) as database:
        assert set(OF_THE_FIBRE) <= fibre_recorded_now(database).keys()


def test_without_a_path_in_use_nothing_can_be_said(surveyed, environment) -> None:
    surveyed("base-paths-all-archived")
    with open_database(environment) as database, pytest.raises(PreconditionUnmet, match="goes on"):
        fibre_recorded_now(database)
