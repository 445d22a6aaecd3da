"""Faults of the endpoints that show in a state, over time, or beside the usual requests."""

import time

import pytest

from sandbox.spec import Fibre


def test_a_wrong_method_is_405_and_200_with_its_fault(sandbox):
    assert sandbox.focus("POST", "/ack").status_code == 405
    sandbox.control("PUT", "/faults", {"wrong-method-served": True})
    assert sandbox.focus("POST", "/ack").status_code == 200


def test_channels_vary_with_every_other_answer(sandbox):
    sandbox.control("PUT", "/faults", {"channels-vary": True})
    highest = [sandbox.focus("GET", "/channels").json()["highest_channel"] for _ in range(4)]
    assert highest == [Fibre().highest_channel, Fibre().highest_channel - 1] * 2


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
