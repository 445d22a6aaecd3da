"""Historic investigations lie inside recordings that exist."""

import pytest

from focus_engine.load.historic import historic_mix
from focus_engine.settings import client_settings
from focus_engine.verdict import PreconditionUnmet, ToolError

NOW = 1_000_000_000.0
CLIENT = client_settings()


def searching(*recordings: tuple[float, float | None]):
    def search(start: int, end: int) -> list[tuple[float, float | None]]:
        return [one for one in recordings if one[0] >= start]

    return search


def test_every_window_lies_inside_a_finished_recording() -> None:
    recordings = [(NOW - 5000.5, NOW - 1000.0), (NOW - 900.0, NOW - 800.0), (NOW - 700.0, None)]
    mix = historic_mix(CLIENT, searching(*recordings), NOW)
    lengths = [one.fields["end_time"] - one.fields["start_time"] for one in mix]
    assert sorted(lengths) == [30, 30, 60, 60, 300]
    for one in mix:
        assert any(
            end is not None and start < one.fields["start_time"] < one.fields["end_time"] < end
            for start, end in recordings
        )


def test_it_searches_further_back_until_every_window_is_held() -> None:
    recordings = [(NOW - 900.0, NOW - 860.0), (NOW - 20 * 86400, NOW - 20 * 86400 + 1000)]
    mix = historic_mix(CLIENT, searching(*recordings), NOW)
    assert len({one.fields["start_time"] for one in mix}) == 2


@pytest.mark.parametrize(("screens", "seconds"), [(30, {30, 60, 300}), (3, {30, 60}), (1, {30})])
def test_windows_are_those_that_the_client_shows(screens: int, seconds: set[int]) -> None:
    limits = CLIENT.Constraints.model_copy(update={"MaxWindows": screens})
    client = CLIENT.model_copy(update={"Constraints": limits})
    mix = historic_mix(client, searching((NOW - 5000.0, NOW - 900.0)), NOW)
    assert {one.fields["end_time"] - one.fields["start_time"] for one in mix} == seconds


def test_what_ended_just_now_is_not_indexed_yet() -> None:
    with pytest.raises(PreconditionUnmet, match="no finished recording of 300 s"):
        historic_mix(CLIENT, searching((NOW - 5000, NOW - 10)), NOW)


def test_a_window_is_no_longer_than_the_client_shows() -> None:
    most = CLIENT.Constraints.MaxWindows * CLIENT.Defaults.DisplayTimeAxisDuration
    for wrong in ([most + 1], [0], []):
        with pytest.raises(ToolError, match="the client shows 1 to"):
            historic_mix(CLIENT, searching(), NOW, wrong)
