"""A limit that a refusal tells is the requirement's, in whatever way the number is written."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from focus_engine.contract.configure.limits import (
    FibreLimits,
    judge_limits,
    limits_of,
    told_limit,
)
from focus_engine.reading.told_numbers import numbers_of
from focus_engine.settings import ClientSettings, client_settings, requirements

RANGE = {"channels": {"min": 2, "max": 2224}, "nfftSelection": 1024, "view_type": "0"}
FIBRE = FibreLimits(highest_channel=2337, nyquist_hz=900.0)


def client() -> ClientSettings:
    """One with the limits that the texts below name, whatever the settings file in force says."""
    known = client_settings()
    limits = {"SensorsRange": 2222, "FrequencyMax": 1000}
    offered = {"nfftSingleChannel": [128, 1024, 2048, 65536]}
    constraints = known.Constraints.model_copy(update=limits)
    options = known.Options.model_copy(update=offered)
    return known.model_copy(update={"Constraints": constraints, "Options": options})


def judged(reply_of, text: object, sent: dict = RANGE, field: str = "channels", broken=(2222,)):
    reply = replace(reply_of(400, json.dumps(text)), sent=json.dumps(sent).encode())
    limits = limits_of(field, reply, client(), requirements(), FIBRE)
    return judge_limits(reply, limits, broken)


RIGHT = (
    "at most 2222 are allowed", "at most 2222 (the fibre has 2337)", "at most 2,222",
    "at most 2222, not 2224", "above 2222", "the limit is 2222.0", "at most 2\u202f222",
    "2222 at most",
    "at most two thousand two hundred and twenty-two", "limit of channels: 2222, nfft 1024",
    "up to 2222 may be asked for, code 17", "at most 2_222 of view 0",
)  # fmt: skip
WRONG = (
    "at most 2500", "at most 2221", "at most 22220", "at most 2.222", "at most two thousand",
    "at most 2,500", "at most 2500 (2222)", "the limit is 2500.0", "2500 at most", "at most 1000",
    "at most 2223", "at most 2k", "at most 2222, not 2500", "the fibre has 2337",
    "limited to 2222.5", "2.500 is the limit",
    "maximum: 12", "<= 4444", "at most -2222", "two thousand is too few",
)  # fmt: skip
SILENT = ("out of range", "2223 requested, which is too many", "code 17", "2 to 2224 are 2223")


@pytest.mark.parametrize("text", RIGHT)
def test_the_right_limit_is_taken_however_it_is_written(reply_of, text: str) -> None:
    found = judged(reply_of, {"error": f"channels: 2223 requested, {text}"})
    assert found.failures == []
    assert not found.unchecked("limit that refused")


@pytest.mark.parametrize("text", WRONG)
def test_any_other_limit_is_named(reply_of, text: str) -> None:
    [said] = judged(reply_of, {"error": f"channels: 2223 requested, {text}"}).failures
    assert "refused by the limit of 2222, but the server answered 400" in said


@pytest.mark.parametrize("told", [2222, 2337])
def test_of_several_limits_that_are_broken_each_is_a_reason(reply_of, told: int) -> None:
    assert judged(reply_of, {"error": f"at most {told}"}, broken=(2222, 2337)).failures == []
    [said] = judged(reply_of, {"error": "at most 2500"}, broken=(2222, 2337)).failures
    assert "refused by the limit of 2222, but" in said


@pytest.mark.parametrize("text", SILENT)
def test_a_refusal_may_tell_no_limit(reply_of, text: str) -> None:
    found = judged(reply_of, {"error": f"channels: {text}", "input": {"max": 9999}})
    assert found.unchecked("limit that refused")


@pytest.mark.parametrize(("limit", "failing"), [(2222, False), (2500, True), (2221, True)])
def test_fastapi_tells_it_by_a_key(reply_of, limit: int, *, failing: bool) -> None:
    body = {"detail": [{"loc": ["channels"], "msg": "too many", "ctx": {"le": limit}}]}
    assert bool(judged(reply_of, body).failures) is failing


FIELDS = [
    ("frequencyRange", {"frequencyRange": {"min": 0, "max": 1001}}, "at most 1000", False),
    ("frequencyRange", {"frequencyRange": {"min": 0, "max": 1001}}, "at most 900", False),
    ("frequencyRange", {"frequencyRange": {"min": 0, "max": 1001}}, "at most 1001", True),
    ("frequencyRange", {"frequencyRange": {"min": 0, "max": 1001}}, "at most 600", True),
    ("frequencyRange", {"frequencyRange": {"min": 9, "max": 5}}, "min must be at most 5", False),
    ("nfftSelection", {"nfftSelection": 4096, "view_type": "0"}, "at most 2048", False),
    ("nfftSelection", {"nfftSelection": 4096, "view_type": "0"}, "at most 4096", True),
    ("nfftSelection", {"nfftSelection": 0}, "at least 128", False),
    ("nfftSelection", {"nfftSelection": 0}, "at least 64 samples", True),
    ("displayInfo", {"displayInfo": {"height": 0}}, "at least 1 pixel", False),
    ("displayInfo", {"displayInfo": {"height": 0}}, "at least 10 pixels", True),
    ("displayInfo", {"displayInfo": {"height": 10**6}}, "at most 5000 pixels", False),
    ("channels", {"channels": {"min": 0, "max": 9}}, "at least 1", False),
    ("channels", {"channels": {"min": 0, "max": 9}}, "at least 0", True),
    ("channels", {"channels": {"min": 1, "max": 2}, "view_type": "1"}, "at most 1", False),
]


@pytest.mark.parametrize(("field", "sent", "text", "failing"), FIELDS)
def test_each_field_has_its_limits(reply_of, field, sent, text, *, failing: bool) -> None:
    assert bool(judged(reply_of, {"error": text}, sent, field, ()).failures) is failing


def test_of_other_fields_nothing_is_known(reply_of) -> None:
    assert limits_of("start_time", reply_of(400, "{}"), client(), requirements(), FIBRE) is None


@given(st.integers(0, 10**9), st.sampled_from([",", "_", "\u00a0", "’", ""]))  # noqa: RUF001
def test_separators_do_not_change_a_number(number: int, separator: str) -> None:
    [read] = numbers_of(f"at most {number:,} Hz.".replace(",", separator))
    assert read.value == number


@pytest.mark.parametrize(
    ("body", "limit"),
    [
        ({"error": "displayInfo.height: 99999 pixels, at most 10,000 are allowed"}, 10_000),
        ({"detail": [{"loc": ["body", "height"], "ctx": {"le": 5000}}]}, 5000),
        ({"error": "displayTimeAxisDuration: at most 86400 s (24 hours)"}, 86_400),
        ({"error": "displayTimeAxisDuration: at most 24 hours"}, None),
        ({"error": "at most 1440 min"}, None),
        ({"error": "99999 is above the limit"}, None),
        ({"error": "at most 5000, or at most 6000 in another view"}, None),
        ({"error": "at most 0.5"}, None),
        ([], None),
    ],
)
def test_the_one_limit_that_is_told_in_the_unit_of_the_field(reply_of, body, limit) -> None:
    sent = {"displayInfo": {"height": 99_999}}
    reply = replace(reply_of(400, json.dumps(body)), sent=json.dumps(sent).encode())
    assert told_limit(reply) == limit
