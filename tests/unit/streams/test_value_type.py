"""In which type values are looked at, and what is seen of them."""

import math
import struct

import pytest

from focus_engine.arrays.canonical import CANONICAL, Endian
from focus_engine.arrays.contract import Extrema, ReadClaim
from focus_engine.arrays.values import LEAST_VARIED
from focus_engine.streams.frame import frame_of
from focus_engine.streams.pandadatastream_pb2 import DataStream
from focus_engine.streams.value_type import value_type

HALVES = ReadClaim(CANONICAL["float16"], Endian.LITTLE)


@pytest.mark.parametrize(
    ("profile", "environment", "view", "expected"),
    [
        ("example", "sandbox", "0", HALVES),
        ("pz", "staging", "2", HALVES),
        ("example", "sandbox", "3", ReadClaim(CANONICAL["float32"], Endian.LITTLE)),
        ("pz", "staging", "3", None),
        ("example", "staging", "0", None),
        ("none-such", "sandbox", "0", None),
    ],
)
def test_the_profile_in_force_says_the_type(
    monkeypatch, profile, environment, view, expected
) -> None:
    monkeypatch.setenv("FOCUS_PZ_PROFILE", profile)
    assert value_type({"view_type": view}, environment) == expected


RAMP = [*range(LEAST_VARIED)]


@pytest.mark.parametrize(
    ("values", "other", "claim", "same"),
    [
        (RAMP, RAMP, HALVES, True),
        (RAMP, RAMP[::-1], HALVES, False),
        (RAMP[1:], RAMP[1:], HALVES, None),  # few
        ([1] * LEAST_VARIED, [1] * LEAST_VARIED, HALVES, None),  # all the same
        (RAMP, RAMP, ReadClaim(CANONICAL["int16"], Endian.LITTLE), None),
        (RAMP, RAMP, None, None),
    ],
)
def test_frames_show_one_picture_where_all_their_values_are_equal(
    values, other, claim, same
) -> None:
    once, again = (_frame(each, claim).picture for each in (values, other))
    assert same is None or None not in {once, again}
    assert (once == again if once is not None else None) is same


def _frame(values, claim):
    payload = struct.pack(f"<{len(values)}e", *values)
    message = DataStream(data_shape_x=len(values), data_shape_y=1, main_data=[payload])
    return frame_of(message, 0, 0.0, with_buffers=False, values=claim)


@pytest.mark.parametrize(
    ("values", "span"),
    [
        ([1.0, -2.0, 3.0], Extrema(-2.0, 3.0)),
        ([1.0, math.inf, 3.0], Extrema(1.0, math.inf)),
        ([1.0, 2.0], None),
    ],
)
def test_a_frame_tells_its_lowest_and_its_highest_value(values, span) -> None:
    payload = struct.pack(f"<{len(values)}e", *values)
    message = DataStream(data_shape_x=3, data_shape_y=1, main_data=[payload])
    assert frame_of(message, 0, 0.0, with_buffers=False, values=HALVES).span == span
    assert frame_of(message, 0, 0.0, with_buffers=False).span is None


def test_what_is_no_number_is_seen() -> None:
    payload = struct.pack("<3e", 1.0, math.nan, 3.0)
    message = DataStream(data_shape_x=3, data_shape_y=1, main_data=[payload])
    span = frame_of(message, 0, 0.0, with_buffers=False, values=HALVES).span
    assert span is not None
    assert math.isnan(span.minimum)
