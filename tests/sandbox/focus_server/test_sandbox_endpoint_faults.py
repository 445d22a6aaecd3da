"""Faults of the endpoints that show in a state, over time, or beside the usual requests."""

import json
import time

import pytest

from sandbox.spec import Fibre


def test_a_wrong_method_is_405_and_200_with_its_fault(sandbox):
    assert sandbox.focus("POST", "/ack").status_code == 405
    sandbox.control("PUT", "/faults", {"wrong-method-served": True})
    assert sandbox.focus("POST", "/ack").status_code == 200
    sandbox.control("PUT", "/faults", {"wrong-method-without-reason": True})
    alone = sandbox.focus("POST", "/ack")
    assert (alone.status_code, alone.content) == (405, b"")


def test_head_is_405_and_as_get_with_its_fault(sandbox):
    refused = sandbox.focus("HEAD", "/channels")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET")
    sandbox.control("PUT", "/faults", {"head-served": True})
    assert sandbox.focus("HEAD", "/channels").status_code == 200


def test_a_body_must_be_declared_as_json_but_for_the_fault(sandbox, valid):
    bodies = {
        "/configure": valid["singlechannel"],
        "/recordings_in_time_range": {"start_time": 1, "end_time": 2},
    }

    def statuses():
        text = {"content-type": "text/plain"}
        sent = [(path, json.dumps(body)) for path, body in bodies.items()]
        return [sandbox.focus("POST", p, data=b, headers=text).status_code for p, b in sent]

    assert statuses() == [422, 422]
    sandbox.control("PUT", "/faults", {"content-type-ignored": True})
    assert statuses() == [200, 200]


def test_ranges_ahead_and_without_a_length_are_answered_but_for_the_faults(sandbox):
    start = sandbox.focus("POST", "/recordings_in_time_range", json=_until_now(86_400)).json()[0][0]
    instant = {"start_time": start + 1, "end_time": start + 1}
    ahead = {name: int(time.time()) + 86_400 for name in instant}

    def asked(body):
        answer = sandbox.focus("POST", "/recordings_in_time_range", json=body)
        return answer.status_code, len(answer.json())

    assert asked(instant) == (200, 1)
    assert asked(ahead)[0] == 200
    sandbox.control("PUT", "/faults", {"recordings-none-of-instant": True})
    assert asked(instant) == (200, 0)
    sandbox.control("PUT", "/faults", {"recordings-refuse-future": True})
    assert asked(ahead)[0] == 400


def test_put_starts_a_job_with_its_fault_alone(sandbox, valid):
    body = valid["singlechannel"]
    assert sandbox.focus("PUT", "/configure", json=body).status_code == 405
    sandbox.control("PUT", "/faults", {"configure-put-served": True})
    assert sandbox.focus("PUT", "/configure", json=body).status_code == 200


def test_channels_vary_with_every_other_answer(sandbox):
    sandbox.control("PUT", "/faults", {"channels-vary": True})
    highest = [sandbox.focus("GET", "/channels").json()["highest_channel"] for _ in range(4)]
    assert highest == [Fibre().highest_channel, Fibre().highest_channel - 1] * 2


def test_the_fibre_varies_with_every_other_answer(sandbox):
    sandbox.control("PUT", "/faults", {"live-metadata-varies": True})
    told = [sandbox.focus("GET", "/live_metadata").json() for _ in range(4)]
    starts = [each["fiber_start_meters"] for each in told]
    assert starts == [Fibre().start_m, Fibre().start_m + 1] * 2


def test_documentation_goes_with_its_fault(sandbox):
    assert sandbox.focus("GET", "/docs").status_code == 200
    sandbox.control("PUT", "/faults", {"docs-missing": True})
    assert sandbox.focus("GET", "/docs").status_code == 404


def test_a_job_without_a_consumer_is_unknown_but_for_the_fault(sandbox, valid):
    job = sandbox.configure(valid["singlechannel"]).json()
    path = f"/metadata/{job['job_id']}"
    assert sandbox.focus("GET", path).status_code == 404
    sandbox.control("PUT", "/faults", {"metadata-before-consumer": True})
    assert sandbox.focus("GET", path).json() == job


def test_an_ended_job_is_unknown_but_for_the_fault(start_sandbox, valid):
    sandbox = start_sandbox("--job-life", "200ms")
    job = sandbox.configure(valid["singlechannel"]).json()
    time.sleep(0.3)
    path = f"/metadata/{job['job_id']}"
    assert sandbox.focus("GET", path).status_code == 404
    sandbox.control("PUT", "/faults", {"metadata-of-ended-job": True})
    assert sandbox.focus("GET", path).json() == job


@pytest.mark.parametrize(
    ("fault", "status", "has_body", "jobs"),
    [
        (None, 503, True, 0),
        ("waiting-answers-500", 500, True, 0),
        ("waiting-without-reason", 503, False, 0),
        ("waiting-leaves-job", 503, True, 1),
    ],
)
def test_a_live_request_while_waiting(sandbox, valid, fault, status, has_body, jobs):
    sandbox.control("PUT", "/state", {"state": "waiting"})
    sandbox.control("PUT", "/faults", {fault: True} if fault else {})
    answer = sandbox.configure(valid["multichannel"])
    assert (answer.status_code, bool(answer.content)) == (status, has_body)
    assert len(sandbox.control("GET", "/jobs")) == jobs


@pytest.mark.parametrize(
    ("fault", "from_start", "from_end", "listed"),
    [
        (None, 1, 60, True),
        (None, -60, -1, False),
        ("recordings-only-whole", 1, 60, False),
        ("recordings-near-listed", -60, -1, True),
    ],
)
def test_recordings_at_an_edge_of_the_range(sandbox, fault, from_start, from_end, listed):
    ask = "/recordings_in_time_range"
    now = int(time.time())
    told = sandbox.focus("POST", ask, json={"start_time": 0, "end_time": now}).json()
    start, _ = told[2]  # of those that ended, with a gap before
    sandbox.control("PUT", "/faults", {fault: True} if fault else {})
    wanted = {"start_time": start + from_start, "end_time": start + from_end}
    assert bool(sandbox.focus("POST", ask, json=wanted).json()) is listed


@pytest.mark.parametrize(
    ("fault", "listed", "kind"),
    [
        (None, True, "application/json"),
        ("recordings-none-of-tomorrow", False, "application/json"),
        ("recordings-declared-as-text", True, "text/plain"),
    ],
)
def test_recordings_until_tomorrow(sandbox, fault, listed, kind):
    sandbox.control("PUT", "/faults", {fault: True} if fault else {})
    wanted = {"start_time": 0, "end_time": int(time.time()) + 86_400}
    answer = sandbox.focus("POST", "/recordings_in_time_range", json=wanted)
    assert (bool(answer.json()), answer.headers["content-type"].split(";")[0]) == (listed, kind)


@pytest.mark.parametrize(
    ("fault", "place", "second", "status"),
    [
        (None, 2, 1, 200),
        ("historic-edges-lost", 2, 1, 404),
        (None, 0, 10, 200),
        ("historic-old-lost", 0, 10, 404),
    ],
)
def test_recordings_are_played(sandbox, valid, fault, place, second, status):
    asked = {"start_time": 0, "end_time": int(time.time())}
    start, _ = sandbox.focus("POST", "/recordings_in_time_range", json=asked).json()[place]
    sandbox.control("PUT", "/faults", {fault: True} if fault else {})
    times = {"start_time": start + second, "end_time": start + 20}
    assert sandbox.configure(valid["multichannel"] | times).status_code == status


def test_a_long_range_lists_all_but_for_its_fault(sandbox):
    ask, now = "/recordings_in_time_range", int(time.time())
    asked = {"start_time": 0, "end_time": now}
    everything = sandbox.focus("POST", ask, json=asked).json()
    sandbox.control("PUT", "/faults", {"recordings-old-cut": True})
    listed = sandbox.focus("POST", ask, json=asked).json()
    assert 0 < len(listed) < len(everything)
    assert all(end == -1 or end >= now - 2 * 86_400 for _, end in listed)


def test_wedged_some_time_after_stress(sandbox, valid):
    sandbox.control("PUT", "/faults", {"wedged-later-after-stress": 0.0})
    assert sandbox.focus("GET", "/ack").status_code == 200
    sandbox.configure(valid["multichannel"] | {"displayInfo": {"height": 5000}})
    assert sandbox.focus("GET", "/ack").status_code == 503
    sandbox.control("POST", "/reset")
    assert sandbox.focus("GET", "/ack").status_code == 200


@pytest.mark.parametrize("path", ["/configure", "/recordings_in_time_range"])
def test_wedged_after_a_malformed_body(sandbox, path):
    sandbox.control("PUT", "/faults", {"wedged-after-malformed-body": True})
    json = {"content-type": "application/json"}
    sandbox.focus("POST", path, data="[]", headers=json)
    assert sandbox.focus("GET", "/ack").status_code == 200
    sandbox.focus("POST", path, data="{", headers=json)
    assert sandbox.focus("GET", "/ack").status_code == 503
    sandbox.control("POST", "/reset")
    assert sandbox.focus("GET", "/ack").status_code == 200


def test_a_recording_that_goes_on_is_found_but_for_the_faults(sandbox, valid):
    listed = sandbox.focus("POST", "/recordings_in_time_range", json=_until_now(86_400)).json()
    start = next(start for start, end in listed if end == -1)
    inside = {"start_time": start + 1, "end_time": start + 61}

    def found():
        listed = sandbox.focus("POST", "/recordings_in_time_range", json=inside).json()
        return [start, -1] in listed, sandbox.configure(valid["multichannel"] | inside).status_code

    assert found() == (True, 200)
    sandbox.control("PUT", "/faults", {"recordings-ongoing-late": True})
    assert found() == (False, 200)
    sandbox.control("PUT", "/faults", {"historic-ongoing-lost": True})
    assert found() == (True, 404)


def _until_now(seconds):
    now = int(time.time())
    return {"start_time": now - seconds, "end_time": now}


def test_a_charset_is_taken_but_for_the_fault(sandbox, valid):
    declared = {"content-type": "application/json; charset=utf-8"}

    def status():
        body = json.dumps(valid["multichannel"])
        return sandbox.focus("POST", "/configure", data=body, headers=declared).status_code

    assert status() == 200
    sandbox.control("PUT", "/faults", {"refuses-content-type-parameters": True})
    assert status() == 422


def test_several_wrong_fields_are_told_but_for_the_fault(sandbox, valid):
    one = {**valid["multichannel"], "displayInfo": {"height": "x"}}
    two = {**one, "view_type": 7}

    def told(body):
        return [each["loc"][1] for each in sandbox.configure(body).json()["detail"]]

    assert (told(one), told(two)) == (["displayInfo"], ["displayInfo", "view_type"])
    sandbox.control("PUT", "/faults", {"rejection-of-several-untold": True})
    assert (told(one), told(two)) == (["displayInfo"], [])


def test_answers_that_are_mixed_up_tell_what_the_job_before_was_asked_for(sandbox, valid):
    sandbox.control("PUT", "/faults", {"answers-mixed-up": True})
    for _ in range(20):  # two must begin within 50 ms, on a busy machine too
        first = sandbox.configure(valid["multichannel"]).json()["channel_to_stream_index"]
        second = sandbox.configure(valid["singlechannel"]).json()["channel_to_stream_index"]
        if first == second:
            return
    pytest.fail("no answer told what the job before was asked for")
