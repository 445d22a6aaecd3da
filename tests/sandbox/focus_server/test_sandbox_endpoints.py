"""Endpoints that exist today, those that do not, and the control API."""

import pytest

from sandbox.spec import Fibre

HIGHEST = Fibre().highest_channel

WAITING = {
    "dx": 0.0, "prr": 0.0, "fiber_start_meters": None, "fiber_length_meters": None,
    "sw_version": "waiting for fiber", "number_of_channels": HIGHEST,
    "fiber_description": "waiting for fiber",
}  # fmt: skip


def test_ack_answers_nothing(sandbox):
    answer = sandbox.focus("GET", "/ack")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == "0"
    assert "content-type" not in answer.headers


def test_channels(sandbox):
    expected = f'{{"lowest_channel":1,"highest_channel":{HIGHEST}}}'
    assert sandbox.focus("GET", "/channels").text == expected


def test_live_metadata_in_its_three_states(sandbox):
    ready = sandbox.focus("GET", "/live_metadata")
    assert ready.headers["content-length"] == "179"
    sandbox.control("PUT", "/state", {"state": "waiting"})
    assert sandbox.focus("GET", "/live_metadata").json() == WAITING
    sandbox.control("PUT", "/state", {"state": "half-ready"})
    half = sandbox.focus("GET", "/live_metadata").json()
    assert (half["prr"], half["sw_version"]) == (2000.0, "waiting for fiber")
    assert list(half) == list(ready.json())


def test_metadata_of_a_job_that_nobody_reads(sandbox, valid):
    job_id = sandbox.configure(valid["multichannel"]).json()["job_id"]
    for name in (job_id, "9-999", "nonsense"):
        answer = sandbox.focus("GET", f"/metadata/{name}")
        assert (answer.status_code, answer.json()) == (404, {"error": "Invalid job_id"})


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/job/1-1"), ("POST", "/config/1"), ("GET", "/waterfall/1/1"),
        ("GET", "/sensors"), ("GET", "/info"), ("GET", "/health"),
        ("GET", "/metadata/task/1"),
    ],
)  # fmt: skip
def test_what_does_not_exist_today(sandbox, method, path):
    answer = sandbox.focus(method, path)
    assert (answer.status_code, answer.content) == (404, b'{"detail":"Not Found"}')


def test_wrong_method(sandbox):
    answer = sandbox.focus("POST", "/ack")
    assert (answer.status_code, answer.json()) == (405, {"detail": "Method Not Allowed"})
    assert sandbox.focus("HEAD", "/channels").status_code == 405


def test_timeline_is_html(sandbox):
    answer = sandbox.focus("GET", "/get_recordings_timeline")
    assert answer.headers["content-type"].startswith("text/html")
    assert "<html" in answer.text


def test_openapi_describes_exactly_what_is_served(sandbox):
    document = sandbox.focus("GET", "/openapi.json").json()
    assert {(path, *methods) for path, methods in document["paths"].items()} == {
        ("/ack", "get"), ("/channels", "get"), ("/live_metadata", "get"),
        ("/metadata/{job_id}", "get"), ("/get_recordings_timeline", "get"),
        ("/configure", "post"), ("/recordings_in_time_range", "post"),
    }  # fmt: skip
    assert document["servers"] == [{"url": "/focus-server"}]
    schemas = document["components"]["schemas"]
    assert set(schemas["ConfigureRequest"]["required"]) == {"displayInfo", "channels", "view_type"}


def test_recordings_in_time_range(sandbox):
    start = sandbox.recorded_start()
    body = {"start_time": start, "end_time": start + 1}
    ((first, last),) = sandbox.focus("POST", "/recordings_in_time_range", json=body).json()
    assert first <= start <= last
    everything = {"start_time": 0, "end_time": 4_000_000_000}
    ranges = sandbox.focus("POST", "/recordings_in_time_range", json=everything).json()
    assert ranges == sorted(ranges)
    assert [end for _, end in ranges].count(-1) == 1
    long_ago = {"start_time": 1, "end_time": 2}
    assert sandbox.focus("POST", "/recordings_in_time_range", json=long_ago).json() == []


def test_requests_are_recorded_with_their_bodies(sandbox):
    assert sandbox.control("GET", "/requests") == []
    sandbox.focus("GET", "/ack")
    headers = {"content-type": "application/json"}
    sandbox.focus("POST", "/configure", data=b'{"a": 1, "a": 2}', headers=headers)
    first, second = sandbox.control("GET", "/requests")
    assert (first["method"], first["path"], first["body"], first["status"]) == (
        "GET", "/focus-server/ack", None, 200)  # fmt: skip
    assert (second["body"], second["status"]) == ('{"a": 1, "a": 2}', 422)
    sandbox.control("DELETE", "/requests")
    assert sandbox.control("GET", "/requests") == []


def test_reset_returns_to_the_start(sandbox, valid):
    first = sandbox.configure(valid["multichannel"]).json()["job_id"]
    sandbox.control("PUT", "/contract", {"contract": "observed-2025-10"})
    sandbox.control("PUT", "/state", {"state": "waiting"})
    sandbox.control("PUT", "/prr", {"prr": 1000})
    sandbox.control("PUT", "/faults", {"ack-fails": True})
    sandbox.control("POST", "/reset")
    assert sandbox.control("GET", "/jobs") == []
    assert sandbox.control("GET", "/faults") == {"active": {}}
    assert sandbox.focus("GET", "/live_metadata").json()["prr"] == 2000.0
    second = sandbox.configure(valid["multichannel"]).json()
    assert isinstance(second["stream_port"], int)
    assert int(second["job_id"].split("-")[1]) == int(first.split("-")[1]) + 1


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("/state", {"state": "asleep"}, "ready, waiting, half-ready"),
        ("/contract", {}, "conforming, documented, observed-2025-10, observed-2025-12"),
        ("/prr", {"prr": 0}, "whole number"),
        ("/prr", {"prr": True}, "whole number"),
        ("/prr", [], "JSON object"),
    ],
)
def test_wrong_control_requests_are_refused_with_a_sentence(sandbox, path, body, words):
    answer = sandbox.session.put(sandbox.addresses["control_url"] + path, json=body)
    assert answer.status_code == 400
    assert words in answer.json()["error"]
