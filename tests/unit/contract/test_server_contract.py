import json
from dataclasses import replace
from typing import Any

import pytest

from focus_engine.checks.report import Report
from focus_engine.contract.endpoints.job_metadata import judge_job_metadata
from focus_engine.contract.endpoints.server_contract import (
    judge_ack,
    judge_channels,
    judge_live_metadata,
    judge_openapi,
    judge_recordings,
    judge_timeline,
    judged_json,
)
from focus_engine.transport.client import recordings_of

READY = {
    "dx": 1.0213698148727417,
    "prr": 2000.0,
    "fiber_start_meters": 0,
    "fiber_length_meters": 10000,
    "sw_version": "waiting for fiber",
    "number_of_channels": 2447.75,
    "fiber_description": "Panda3_staging",
}


@pytest.fixture
def answer(reply_of):
    def make(body: Any, status: int = 200):
        return replace(reply_of(status, json.dumps(body), ""), method="GET", path="/x")

    return make


def test_ack_has_an_empty_body(reply_of) -> None:
    assert judge_ack(replace(reply_of(200, ""), headers={})).failures == []
    assert judge_ack(replace(reply_of(200, ""), headers={"content-type": "text/plain"})).accepted
    assert judge_ack(reply_of(200, "{}")).failures == [
        'body of /ack is "{}"; expected an empty body.'
    ]
    [said] = judge_ack(reply_of(200, "")).failures
    assert said.endswith("answers no body and declares it as JSON, which no client can read.")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"lowest_channel": 0, "highest_channel": 9}, "lowest_channel is 0; expected at least 1."),
        ({"lowest_channel": 5, "highest_channel": 4}, "highest_channel is 4; expected at least lo"),
        ({"lowest_channel": "1", "highest_channel": 9}, 'lowest_channel is "1"; expected an integ'),
        ({"lowest_channel": 1}, "keys of /channels is"),
        ([], "body of /channels is []; expected an object."),
    ],
)
def test_channels(answer, body: Any, sentence: str) -> None:
    assert judge_channels(answer({"lowest_channel": 1, "highest_channel": 9})).failures == []
    (failure,) = judge_channels(answer(body)).failures
    assert failure.startswith(sentence)


def test_live_metadata(answer) -> None:
    assert judge_live_metadata(answer(READY)).failures == []
    waiting = READY | {"prr": 0.0, "fiber_start_meters": None, "fiber_length_meters": None}
    assert judge_live_metadata(answer(waiting)).failures == []
    assert judge_live_metadata(answer(READY | {"prr": "2000"})).failures == [
        'prr is "2000"; expected a number.'
    ]
    assert judge_live_metadata(answer(READY | {"dtype": "x"})).failures == []
    for empty in ("", " "):
        [said] = judge_live_metadata(answer(READY | {"sw_version": empty})).failures
        assert "text that is not empty" in said
    assert (
        judge_live_metadata(answer(READY, 500))
        .failures[0]
        .startswith("GET /x should answer 200, but the server answered 500")
    )


def test_recordings(answer) -> None:
    reply = answer([])
    assert judge_recordings(reply, [[1, 2], [3, -1]]).failures == []
    assert judge_recordings(reply, [[1]]).failures
    assert judge_recordings(reply, None).failures
    as_text = replace(reply, headers={"content-type": "text/plain"})
    [said] = judge_recordings(as_text, [[1, 2]]).failures
    assert "should answer application/json, but the server declares text/plain" in said


OPERATIONS = {
    "GET /ack": (judge_ack, {""}),
    "GET /channels": (judge_channels, set()),
    "GET /live_metadata": (judge_live_metadata, set()),
    "GET /openapi.json": (judge_openapi, set()),
    "GET /get_recordings_timeline": (judge_timeline, set()),
    "GET /metadata/1-1": (lambda reply: judge_job_metadata(reply, {"job_id": "1-1"}), set()),
    # no recording is an answer to a time range
    "POST /recordings_in_time_range": (
        lambda reply: judge_recordings(reply, recordings_of(reply)),
        {"[]"},
    ),
}


@pytest.mark.parametrize("body", ["", "{}", "[]", "null", '""', "0", "[null]", "[{}]", '{"a": {}}'])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_200_that_says_nothing_is_red(reply_of, operation: str, body: str) -> None:
    judge, right = OPERATIONS[operation]
    kind = "text/html" if "timeline" in operation else "application/json"
    headers = {"content-type": kind} if body else {}
    reply = replace(reply_of(200, body), headers=headers)
    assert bool(judge(reply).failures) is (body not in right)


@pytest.mark.parametrize(
    ("declared", "right"),
    [
        ("application/json", True),
        ("application/json; charset=utf-8", True),
        ("Application/Problem+JSON", True),
        ("text/plain", False),
        ("text/html; charset=utf-8", False),
        ("", False),
    ],
)
def test_json_is_declared_as_such(reply_of, declared: str, right: bool) -> None:
    findings = Report()
    judged_json(replace(reply_of(200, "{}"), headers={"content-type": declared}), findings)
    assert findings.accepted is right
