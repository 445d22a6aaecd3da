"""The grid in which one field is wrong."""

import pytest

from focus_engine.contract.configure.cells import Views, everywhere
from focus_engine.contract.configure.configuration import View
from focus_engine.settings import client_settings

RECORDED = (1_700_000_000, 1_700_000_060)


def fields_of(views, overrides, historic=RECORDED):
    asked = everywhere(client_settings(), views, historic, overrides)
    return [one.fields for one in asked]


@pytest.mark.parametrize(
    ("views", "view_types"),
    [
        (Views.EVERY_VIEW, ["0", "1", "2"]),
        (Views.SPECTROGRAM_VIEWS, ["0", "1"]),
        (Views.VIEWS_OF_MANY_CHANNELS, ["0", "2"]),
        (View.WATERFALL, ["2"]),
    ],
)
def test_each_view_is_asked_live_and_historic(views, view_types) -> None:
    asked = fields_of(views, {"displayInfo.height": "0"})
    seen = [(one["view_type"], one["start_time"], one["end_time"]) for one in asked]
    assert seen == [(v, *times) for v in view_types for times in ((None, None), RECORDED)]
    assert {one["displayInfo"]["height"] for one in asked} == {0}


def test_times_that_are_wrong_themselves_are_asked_once_in_each_view() -> None:
    asked = fields_of(Views.EVERY_VIEW, {"start_time": "5", "end_time": "missing"})
    assert [one["start_time"] for one in asked] == [5, 5, 5]
    assert not any("end_time" in one for one in asked)


def test_without_a_recording_only_live_requests_are_asked() -> None:
    asked = fields_of(Views.EVERY_VIEW, {"displayInfo.height": "0"}, historic=None)
    assert [one["start_time"] for one in asked] == [None, None, None]


@pytest.mark.parametrize(
    ("low", "high", "one"),
    [
        ("0", "9", {"min": 0, "max": 0}),
        ("-1", "9", {"min": -1, "max": -1}),
        ("7", "8", {"min": 8, "max": 8}),
        ("9", "3", {"min": 9, "max": 3}),
        ("1.5", "9", {"min": 1.5, "max": 9}),
        ("missing", "9", {"max": 9}),
    ],
)
def test_one_channel_is_asked_for_by_the_wrong_bound(low, high, one) -> None:
    overrides = {"channels.min": low, "channels.max": high}
    [asked] = fields_of(View.SINGLECHANNEL, overrides, historic=None)
    assert asked["channels"] == one


def test_a_single_bound_is_both_where_one_channel_is_shown() -> None:
    [asked] = fields_of(View.SINGLECHANNEL, {"channels.min": "0"}, historic=None)
    assert asked["channels"] == {"min": 0, "max": 0}


def test_a_range_that_is_given_as_a_whole_stays_a_range() -> None:
    wanted = {"channels": '{"min": 3, "max": 4}'}
    [asked] = fields_of(View.SINGLECHANNEL, wanted, historic=None)
    assert asked["channels"] == {"min": 3, "max": 4}


def test_the_message_says_which_of_the_two_is_historic() -> None:
    live, historic = everywhere(
        client_settings(), View.MULTICHANNEL, RECORDED, {"channels": "null"}
    )
    assert live.description == "channels null"
    assert historic.description == "channels null, historic"
