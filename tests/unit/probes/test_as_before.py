"""What must be told again after an outage, and what may differ."""

import json

import pytest

from focus_engine.probes.as_before import judge_as_before
from focus_engine.probes.single_request import Answer, Asked
from focus_engine.transport.reply import Reply

LIVE = {"view_type": "0", "start_time": None, "end_time": None}
HISTORIC = {"view_type": "0", "start_time": 1000, "end_time": 1060}
RANGE = {"start_time": 0, "end_time": 5000}
JOB = {
    "lines_dt": 0.5, "frequencies_list": [0.0, 0.5], "metadata": {"dx": 1.0}, "channel_amount": 3,
    "job_id": "2-7", "stream_port": 12302, "stream_url": "http://a",
}  # fmt: skip
FIBRE = {"prr": 2000.0, "sw_version": "1", "number_of_channels": 9, "fiber_length_meters": 5}
WAITING = {**FIBRE, "sw_version": "waiting for fiber"}
LISTED = [[100, 200], [300, 400], [4000, -1]]


def answered(path: str, told, sent=None, status: int = 200) -> Answer:
    body, text = json.dumps(sent or {}).encode(), json.dumps(told).encode()
    reply = Reply("POST", path, path, body, status, {}, text, 0.1)
    return Answer(Asked("POST", path, body), 0.1, 8.0, reply=reply)


def failures(path: str, was, told, sent=None) -> list[str]:
    before = [answered("/ack", None), answered(path, was, sent)]
    return judge_as_before(answered(path, told, sent), before, "now").failures


@pytest.mark.parametrize(
    ("path", "sent", "was", "told"),
    [
        ("/configure", HISTORIC, JOB, JOB | {"job_id": "1-8", "stream_port": 1, "stream_url": ""}),
        ("/configure", LIVE, JOB, JOB | {"job_id": "2-9", "metadata": {"since": 5}}),
        ("/configure", LIVE, {"job_id": "a" * 15}, {"job_id": "b" * 15, "new": 1}),
        ("/live_metadata", None, FIBRE, FIBRE | {"prr": 2000.4}),
        ("/live_metadata", None, WAITING, FIBRE | {"number_of_channels": 10}),
        ("/recordings_in_time_range", RANGE, LISTED, LISTED),
        ("/recordings_in_time_range", RANGE, LISTED, [*LISTED[:2], [4000, 4990]]),
        ("/recordings_in_time_range", RANGE, LISTED, LISTED[1:]),
        ("/recordings_in_time_range", RANGE, LISTED, [[10, 20], *LISTED]),
        ("/recordings_in_time_range", RANGE, {"recordings": LISTED}, {"recordings": LISTED}),
        ("/recordings_in_time_range", RANGE, [], []),
        ("/ack", None, None, None),
    ],
)  # fmt: skip
def test_what_belongs_to_a_job_or_comes_and_goes_may_differ(path, sent, was, told) -> None:
    assert failures(path, was, told, sent) == []


@pytest.mark.parametrize(
    ("path", "sent", "was", "told", "subject"),
    [
        ("/configure", HISTORIC, JOB, JOB | {"job_id": "2-8", "metadata": {}}, "metadata was"),
        ("/configure", LIVE, JOB, JOB | {"job_id": "2-8", "lines_dt": 1.0}, "lines_dt was 0.5"),
        ("/configure", LIVE, JOB, JOB | {"job_id": "2-8", "channel_amount": 4}, "was 3 and is 4"),
        ("/configure", LIVE, JOB, JOB | {"job_id": "2-8", "frequencies_list": [0.0]}, "_list was"),
        ("/configure", LIVE, JOB, JOB | {"job_id": "1-7"}, "job_id 1-7 should count on from 7"),
        ("/channels", None, {"highest_channel": 2337}, {"highest_channel": 2336}, "highest"),
        ("/channels", None, {"highest_channel": 2337}, None, "was 2337 and is null"),
        ("/live_metadata", None, FIBRE, WAITING, "sw_version was"),
        ("/live_metadata", None, FIBRE, FIBRE | {"prr": 1000.0}, "prr was 2000.0 and is 1000.0"),
        ("/recordings_in_time_range", RANGE, LISTED, LISTED[:2], "list of recordings"),
        ("/recordings_in_time_range", RANGE, LISTED, [], "list of recordings"),
        ("/recordings_in_time_range", RANGE, LISTED, [LISTED[0], [250, 260], *LISTED[1:]], "list"),
        ("/recordings_in_time_range", RANGE, LISTED, [*LISTED[:2], [4000, 4100]], "list"),
    ],
)  # fmt: skip
def test_everything_else_must_be_told_again(path, sent, was, told, subject) -> None:
    [said] = failures(path, was, told, sent)
    assert subject in said
    assert "before the outage" in said


def test_only_answers_to_the_same_request_that_were_served_are_compared() -> None:
    now = answered("/configure", JOB, LIVE)
    for before in (answered("/configure", JOB, HISTORIC, 503), answered("/channels", {"a": 1})):
        assert judge_as_before(now, [before], "now").failures == []
    refused = answered("/configure", {"error": "no"}, LIVE, 503)
    assert judge_as_before(refused, [answered("/configure", JOB, LIVE)], "now").failures == []
