"""How many jobs and requests at once: the capacity, and the faults that show only then."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from waiting import wait_until

REFUSAL = {"error": "No free slot: all 2 jobs are in use, try again later"}


@pytest.fixture
def at_once(sandbox):
    """Send the same request several times at the same moment, each on its own connection."""

    def send(count, method, path, body=None):
        def one(_):
            return requests.request(
                method, sandbox.addresses["base_url"] + path, json=body, timeout=10
            )

        with ThreadPoolExecutor(count) as pool:
            return list(pool.map(one, range(count)))

    return send


def test_the_capacity_refuses_with_a_reason_until_a_job_ends(start_sandbox, valid):
    sandbox = start_sandbox("--job-life", "3s", "--fault", "job-capacity=2")
    answers = [sandbox.configure(valid["singlechannel"]) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 503]
    assert answers[-1].json() == REFUSAL
    wait_until(lambda: sandbox.configure(valid["singlechannel"]).ok, "a job ends")


@pytest.mark.parametrize(
    ("fault", "status", "has_body", "jobs"),
    [
        ("overload-answers-500", 500, True, 1),
        ("overload-without-reason", 503, False, 1),
        ("overload-leaves-job", 503, True, 2),
    ],
)
def test_beyond_the_capacity(sandbox, valid, fault, status, has_body, jobs):
    sandbox.control("PUT", "/faults", {"job-capacity": 1, fault: True})
    assert sandbox.configure(valid["singlechannel"]).status_code == 200
    answer = sandbox.configure(valid["singlechannel"])
    assert (answer.status_code, bool(answer.content)) == (status, has_body)
    assert len(sandbox.control("GET", "/jobs")) == jobs


def test_jobs_at_the_same_moment_share_a_port_with_the_fault_alone(sandbox, valid, at_once):
    body = valid["singlechannel"]

    def ports():
        return {answer.json()["stream_port"] for answer in at_once(4, "POST", "/configure", body)}

    assert len(ports()) == 4
    sandbox.control("PUT", "/faults", {"concurrent-jobs-share-port": True})
    wait_until(lambda: len(ports()) == 1, "four come at the same moment, and share a port")
    one, two = [sandbox.configure(body).json()["stream_port"] for _ in range(2)]
    assert one != two


def test_slots_are_given_again_but_for_the_fault(start_sandbox, valid):
    sandbox = start_sandbox("--job-life", "100ms")

    def slots():
        for _ in range(2):
            yield sandbox.configure(valid["singlechannel"]).json()["job_id"].partition("-")[0]
            time.sleep(0.15)

    assert list(slots()) == ["1", "1"]
    sandbox.control("PUT", "/faults", {"slots-not-freed": True})
    assert list(slots()) == ["2", "3"]


def test_an_id_is_given_once_but_for_the_fault(start_sandbox, valid):
    sandbox = start_sandbox("--job-life", "100ms")

    def ids():
        for _ in range(2):
            yield sandbox.configure(valid["singlechannel"]).json()["job_id"]
            time.sleep(0.15)

    assert list(ids()) == ["1-1", "1-2"]
    sandbox.control("PUT", "/faults", {"job-id-given-again": True})
    assert list(ids()) == ["1-2", "1-2"]


@pytest.mark.parametrize(("lost", "slot"), [(False, "1"), (True, "2")])
def test_a_range_without_a_recording_takes_no_slot_but_for_the_fault(sandbox, valid, lost, slot):
    sandbox.control("PUT", "/faults", {"slot-lost-without-recording": True} if lost else {})
    never = {"start_time": 0, "end_time": 86_400}
    assert sandbox.configure(valid["singlechannel"] | never).status_code == 404
    assert sandbox.configure(valid["singlechannel"]).json()["job_id"].partition("-")[0] == slot


def test_one_request_at_a_time(sandbox, at_once):
    sandbox.control("PUT", "/faults", {"one-request-at-a-time": True})
    rounds = []

    def overlapped():
        rounds.append({answer.status_code for answer in at_once(4, "GET", "/ack")})
        return 502 in rounds[-1]

    wait_until(overlapped, "two come at the same moment, and one is refused")
    assert rounds[-1] == {200, 502}
    assert sandbox.focus("GET", "/ack").status_code == 200
