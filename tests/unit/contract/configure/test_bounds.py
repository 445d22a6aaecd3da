"""A refusal that points at the right bound of a range is told apart from one that may be right."""

import json
from dataclasses import replace

import pytest

from focus_engine.contract.configure.bounds import judge_pointed_bound
from focus_engine.settings import client_settings

HIGHEST = client_settings().Constraints.FrequencyMax
MIN, MAX = ("body", "channels", "min"), ("body", "channels", "max")


def judged(reply_of, body: object, **sent: object) -> list[str]:
    reply = replace(reply_of(422, json.dumps(body)), sent=json.dumps(sent).encode())
    return judge_pointed_bound(reply, client_settings()).failures


def located(*path: str) -> dict:
    return {"detail": [{"loc": path, "msg": "Input should be a valid integer"}]}


@pytest.mark.parametrize("wrong", [None, "109", True, 1.5])
def test_the_bound_that_is_a_whole_number_is_not_to_blame(reply_of, wrong: object) -> None:
    channels = {"min": 11, "max": wrong}
    (said,) = judged(reply_of, located(*MIN), channels=channels)
    assert "points at channels.min, which is right: 422" in said
    assert judged(reply_of, located(*MAX), channels=channels) == []
    assert judged(reply_of, located(*MAX, "int"), channels=channels) == []
    assert judged(reply_of, located("body", "channels"), channels=channels) == []


def test_a_bound_that_is_missing_is_the_wrong_one(reply_of) -> None:
    assert judged(reply_of, located(*MIN), channels={"max": 109}) == []
    assert judged(reply_of, located(*MAX), channels={"max": 109}) != []


def test_a_bound_beyond_its_limit_is_the_wrong_one(reply_of) -> None:
    above = {"min": 0, "max": HIGHEST + 1}
    assert judged(reply_of, {"field": "frequencyRange.min"}, frequencyRange=above) != []
    assert judged(reply_of, {"field": "frequencyRange.max"}, frequencyRange=above) == []
    assert judged(reply_of, {"field": "channels.max"}, channels={"min": 0, "max": 109}) != []


@pytest.mark.parametrize(
    "sent",
    [
        {"channels": {"min": 12, "max": 11}},
        {"channels": {"min": 1, "max": 0}},
        {"channels": {"min": None, "max": "12"}},
        {"channels": {"min": 1, "max": 5000}},
        {"channels": None},
        {"frequencyRange": {"min": -2, "max": -1}},
        {"frequencyRange": {"min": 0, "max": None}, "view_type": "2"},
    ],
)
def test_where_both_may_be_to_blame_either_may_be_told(reply_of, sent: dict) -> None:
    for name in sent:
        for bound in ("min", "max"):
            assert judged(reply_of, {"field": f"{name}.{bound}"}, **sent) == []


def test_what_only_repeats_the_request_points_nowhere(reply_of) -> None:
    body = {"detail": [{"loc": MAX, "input": {"field": "channels.min"}}]}
    assert judged(reply_of, body, channels={"min": 11, "max": None}) == []
