"""A place in the job budget is given back only by a clear refusal, or by not having been sent."""

import json

import pytest

from focus_engine.job_start import FAILED, NOT_SENT, Fate, JobStart, answer_in, start_of

HTML = b"<html><body>504 Gateway Time-out</body></html>"
NAMED = b'{"job_id": "1-7"}'


def fate_of(status: int, body: bytes) -> JobStart:
    return start_of(status, answer_in(body))


@pytest.mark.parametrize("status", [200, 201, 202, 203, 206, 299])
@pytest.mark.parametrize("value", ["1-7", 7, 0, -1, 1.5, True, False, ["1-7"], {"id": 7}])
def test_an_id_of_any_type_in_any_success_is_recorded(status: int, value) -> None:
    start = fate_of(status, json.dumps({"job_id": value}).encode())
    assert start.fate is Fate.STARTED
    assert start.job_id == (value if isinstance(value, str) else json.dumps(value))


@pytest.mark.parametrize("status", [200, 201, 202, 204, 206, 299])
@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{}", HTML, b"null", b"[]", b'{"job_id": null}', b'{"job_id": ""}', b'{"job'),
        *(b"\xff", b'{"task_id": "t1"}'),
    ],
)
def test_a_success_that_names_no_job_may_have_started_one(status: int, body: bytes) -> None:
    assert fate_of(status, body).fate is Fate.MAYBE


@pytest.mark.parametrize("status", [100, 301, 302, 307, 408, 425, 499, *range(500, 512), 599])
@pytest.mark.parametrize("body", [b"", HTML, b'{"error": "overloaded"}', NAMED])
def test_what_is_no_clear_refusal_may_have_started_one(status: int, body: bytes) -> None:
    assert fate_of(status, body) == FAILED


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 413, 415, 422, 429])
@pytest.mark.parametrize("body", [b"", HTML, b'{"error": "channels"}'])
def test_a_clear_refusal_started_nothing(status: int, body: bytes) -> None:
    assert fate_of(status, body) == NOT_SENT


def test_a_refusal_that_names_a_job_is_not_clear() -> None:
    assert fate_of(400, NAMED) == FAILED
