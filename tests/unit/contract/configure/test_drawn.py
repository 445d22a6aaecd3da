"""Configurations drawn from all over what a client may ask for."""

from itertools import pairwise

import pytest

from focus_engine.contract.configure.configuration import View
from focus_engine.contract.configure.drawn import (
    ClientBounds,
    draw_configurations,
    draw_recorded,
    hasten,
)
from focus_engine.contract.endpoints.recorded_range import INDEXING_SECONDS

BOUNDS = ClientBounds(
    highest_channel=2337,
    most_channels=2222,
    nfft_options=(128, 256, 512, 1024, 2048),
    highest_hz=1000,
    least_hz=1,
    durations=(60, 300, 86400),
)
DAY = 86_400
NOW = 1_700_000_000.0
OLD, LONG, SHORT = (NOW - 90 * DAY, NOW - 90 * DAY + 40), (NOW - 9 * DAY, NOW - 5 * DAY), 5.0
RECORDINGS = [
    (NOW - DAY, NOW - DAY / 2),
    OLD,
    LONG,
    (NOW - 3 * DAY, NOW - 3 * DAY + SHORT),
    (NOW - 1000, None),
    (NOW - 900, NOW - INDEXING_SECONDS / 2),
]


@pytest.mark.parametrize("view", View)
@pytest.mark.parametrize("highest", [1, 2, 50, 2337])
def test_each_is_within_its_bounds(view, highest) -> None:
    bounds = ClientBounds(highest, 2222, (128, 256), 600, 25, (60,))
    for fields in draw_configurations(view, bounds, 100, seed=3):
        low, high = fields["channels.min"], fields["channels.max"]
        assert 1 <= low <= high <= min(highest, 2222)
        assert view is not View.SINGLECHANNEL or low == high
        if view is View.WATERFALL:
            assert set(fields) == {"channels.min", "channels.max", "displayInfo.height"}
            continue
        assert fields["nfftSelection"] in bounds.nfft_options
        assert 0 <= fields["frequencyRange.min"] < fields["frequencyRange.max"] <= 600
        assert fields["frequencyRange.max"] - fields["frequencyRange.min"] >= 25


def test_few_draws_meet_every_class_in_other_company() -> None:
    drawn = list(draw_configurations(View.MULTICHANNEL, BOUNDS, 12, seed=1))
    assert {each["nfftSelection"] for each in drawn} == set(BOUNDS.nfft_options)
    counts = {each["channels.max"] - each["channels.min"] + 1 for each in drawn}
    assert {1, 2, 3, 2221, 2222} <= counts
    assert {0, 1, 500} <= {each["frequencyRange.min"] for each in drawn}
    assert all(one != other for one, other in pairwise(drawn))


def test_a_seed_draws_the_same_and_another_one_others() -> None:
    one, same, other = (
        list(draw_configurations(View.MULTICHANNEL, BOUNDS, 12, seed)) for seed in (1, 1, 2)
    )
    assert one == same
    assert one != other


def test_recorded_ranges_lie_inside_finished_recordings() -> None:
    drawn = draw_recorded(RECORDINGS, NOW, 12, seed=1)
    assert len(drawn) == 12
    finished = [RECORDINGS[0], OLD, LONG, RECORDINGS[3]]
    assert all(start < end for start, end in drawn)
    assert all(any(first <= start <= last for first, last in finished) for start, _ in drawn)
    over = [
        (start, end)
        for start, end in drawn
        if not any(first <= start and end <= last for first, last in finished)
    ]
    assert len(over) == 1  # from one recording to another
    assert any(OLD[0] <= start <= OLD[1] for start, _ in drawn)
    assert any(LONG[1] - 310 <= end <= LONG[1] for _, end in drawn)


@pytest.mark.parametrize("recordings", [[], [(NOW - 1000, None)], [(NOW - DAY, NOW - DAY + 1)]])
def test_where_nothing_is_long_enough_nothing_is_drawn(recordings) -> None:
    assert draw_recorded(recordings, NOW, 12, seed=1) == []


@pytest.mark.parametrize(
    ("duration", "time_range", "cut"),
    [
        (30, (100, 110), 30),
        (30, (100, 101), 12),
        (86_400, (100, 400), 3750),
        (86_400, None, 125),
        (7, None, 7),
    ],
)
def test_a_range_has_room_for_some_lines(duration, time_range, cut) -> None:
    fields = {"displayTimeAxisDuration": duration, "displayInfo.height": 100}
    assert hasten(fields, time_range, 8) == {"displayTimeAxisDuration": cut}


def test_a_waterfall_has_no_duration_to_cut() -> None:
    assert hasten({"displayInfo.height": 100}, (100, 101), 8) == {}
