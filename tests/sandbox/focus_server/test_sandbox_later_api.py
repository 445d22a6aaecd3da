"""The later API behind its knob, and its faults one by one."""

import pytest

from sandbox.spec import Fibre

BODY = {"sensors": {"min": 1, "max": 3}, "canvasInfo": {"height": 200}, "view_type": "0"}
REQUESTS = [
    ("POST", "/config/t1"),
    ("GET", "/waterfall/t1/10"),
    ("GET", "/sensors"),
    ("DELETE", "/job/1-1"),
]


@pytest.fixture
def later(sandbox):
    """The sandbox with the later API and these faults."""

    def switch(*faults):
        sandbox.control("PUT", "/faults", dict.fromkeys(("future-api-served", *faults), True))
        return sandbox

    return switch


@pytest.mark.parametrize(("method", "path"), REQUESTS)
def test_without_the_knob_nothing_is_there(sandbox, method, path):
    answer = sandbox.focus(method, path, json=BODY)
    assert (answer.status_code, answer.text) == (404, '{"detail":"Not Found"}')


@pytest.mark.parametrize(("method", "path"), REQUESTS)
def test_listed_only(sandbox, method, path):
    sandbox.control("PUT", "/faults", {"future-api-listed-only": True})
    assert sandbox.focus(method, path, json=BODY).status_code == 404
    assert "/config/{task_id}" in sandbox.focus("GET", "/openapi.json").json()["paths"]


def test_a_task_is_configured_read_and_its_waterfall_answered(later):
    sandbox = later()
    answer = sandbox.focus("POST", "/config/t1", json=BODY)
    assert answer.json() == {"status": "Config received successfully", "task_id": "t1"}
    assert len(sandbox.control("GET", "/jobs")) == 1
    assert sandbox.focus("GET", "/waterfall/t1/10").status_code == 201
    assert sandbox.focus("GET", "/waterfall/t2/10").json() == {"error": "Consumer not found"}
    assert sandbox.focus("GET", "/waterfall/t1/0").status_code == 400
    assert sandbox.focus("GET", "/sensors").json()[-1] == Fibre().highest_channel
    without = {key: value for key, value in BODY.items() if key != "sensors"}
    assert sandbox.focus("POST", "/config/t1", json=without).json()["field"] == "sensors"


@pytest.mark.parametrize("body", [b"{", b"[]", b"null"])
def test_a_body_that_is_no_object_is_refused(later, body):
    headers = {"content-type": "application/json"}
    answer = later().focus("POST", "/config/t1", data=body, headers=headers)
    assert (answer.status_code, answer.json()["detail"][0]["loc"]) == (422, ["body"])


def test_the_waterfall_of_a_task_that_has_ended_says_so(later):
    sandbox = later()
    sandbox.focus("POST", "/config/t1", json=BODY)
    [job] = sandbox.control("GET", "/jobs")
    sandbox.focus("DELETE", f"/job/{job['job_id']}")
    assert sandbox.focus("GET", "/waterfall/t1/10").status_code == 208
    later("future-waterfall-goes-on")
    assert sandbox.focus("GET", "/waterfall/t1/10").status_code == 201


def test_a_job_is_deleted_once(later, valid):
    sandbox = later()
    job = sandbox.configure(valid["singlechannel"]).json()["job_id"]
    statuses = [sandbox.focus("DELETE", f"/job/{job}").status_code for _ in range(2)]
    assert statuses == [200, 404]
    assert sandbox.control("GET", "/jobs") == []


@pytest.mark.parametrize(
    ("fault", "method", "path", "body", "status"),
    [
        ("future-config-unchecked", "POST", "/config/t1", {}, 200),
        ("future-waterfall-unknown-200", "GET", "/waterfall/t9/10", None, 201),
        ("future-waterfall-fails", "GET", "/waterfall/t1/10", None, 500),
        ("future-waterfall-rows-unchecked", "GET", "/waterfall/t9/many", None, 404),
        ("future-delete-unknown-200", "DELETE", "/job/0-0", None, 200),
    ],
)
def test_faults_of_the_status(later, fault, method, path, body, status):
    sandbox = later()
    assert sandbox.focus(method, path, json=body).status_code != status
    assert later(fault).focus(method, path, json=body).status_code == status


def test_faults_of_the_answer(later, valid):
    answer = later("future-config-status-wrong").focus("POST", "/config/t1", json=BODY)
    assert answer.json()["status"] == ""
    assert later("future-sensors-empty").focus("GET", "/sensors").json() == []
    sandbox = later("future-delete-keeps-job")
    job = sandbox.configure(valid["singlechannel"]).json()["job_id"]
    assert sandbox.focus("DELETE", f"/job/{job}").status_code == 200
    assert job in [each["job_id"] for each in sandbox.control("GET", "/jobs")]
