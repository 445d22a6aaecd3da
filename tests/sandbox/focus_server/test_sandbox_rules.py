"""The conforming contract: each rule refuses its example, names the field and leaves no job."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from sandbox.client_file import client_limits
from sandbox.focus_server.rules.domain import RULES
from sandbox.focus_server.rules.shape import SHAPE_RULES
from sandbox.focus_server.rules.time_range import RANGE_RULES
from sandbox.spec import SPEC

LIMIT = client_limits().channels  # of one request
LAST = SPEC.fibre.highest_channel  # of the fibre
TOP = SPEC.limits.frequency_max_hz
MOST = SPEC.limits.nfft_singlechannel
WORDS = {
    "LIMIT + 1": LIMIT + 1,
    "LAST": LAST,
    "LAST + 1": LAST + 1,
    "TOP": TOP,
    "TOP + 1": TOP + 1,
    "HALF": TOP // 2,
    "HALF + 1": TOP // 2 + 1,
    "MOST + 1": MOST + 1,
}  # what stands in the file of examples for numbers that follow the client's settings


def _examples() -> dict[str, Any]:
    text = (Path(__file__).parent / "rule_examples.json").read_text(encoding="utf-8")
    for word, value in WORDS.items():
        text = text.replace(f'"{word}"', str(value))
    examples: dict[str, Any] = json.loads(text)
    return examples


EXAMPLES = _examples()
DOMAIN_RULES = {rule.id: rule for rule in (*RULES, *RANGE_RULES)}


def test_every_rule_has_an_example():
    assert set(EXAMPLES) == {rule.id for rule in (*RULES, *RANGE_RULES, *SHAPE_RULES)}


@pytest.mark.parametrize("rule_id", DOMAIN_RULES)
def test_a_domain_rule_answers_400_with_field_and_sentence(sandbox, send_example, rule_id):
    answer = send_example(EXAMPLES[rule_id])
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert list(body) == ["error", "field"]
    assert body["field"] == DOMAIN_RULES[rule_id].field
    assert body["error"].startswith(body["field"])
    assert "{" not in body["error"]
    assert sandbox.control("GET", "/jobs") == []


@pytest.mark.parametrize("rule", SHAPE_RULES, ids=lambda rule: rule.id)
def test_a_shape_rule_answers_422_with_the_location(sandbox, send_example, rule):
    example = EXAMPLES[rule.id]
    answer = send_example(example)
    assert answer.status_code == 422
    (detail,) = answer.json()["detail"]
    assert {"type", "loc", "msg", "input"} == set(detail)
    path = [*example.get("remove", []), *example.get("set", {})]
    assert detail["loc"] == ["body", *(path[0].split(".") if path else [])]
    assert sandbox.control("GET", "/jobs") == []


@pytest.mark.parametrize("rule_id", EXAMPLES)
def test_a_rule_that_is_off_lets_its_example_through(sandbox, send_example, rule_id):
    sandbox.control("PUT", "/faults", {f"accepts-{rule_id}": True})
    answer = send_example(EXAMPLES[rule_id])
    assert answer.status_code == 200, answer.text
    if EXAMPLES[rule_id].get("path") is None:
        assert [job["job_id"] for job in sandbox.control("GET", "/jobs")] == [
            answer.json()["job_id"]
        ]


def test_the_message_of_the_channel_limit(sandbox, valid, change):
    body = change(valid["multichannel"], {"channels": {"min": 1, "max": LIMIT + 1}}, [])
    assert sandbox.configure(body).text == (
        f'{{"error":"channels: {LIMIT + 1} channels requested, at most {LIMIT} are allowed",'
        '"field":"channels"}'
    )


@pytest.mark.parametrize(
    ("view", "changes"),
    [
        ("multichannel", {"channels": {"min": 1, "max": LIMIT}}),
        ("multichannel", {"channels": {"min": LAST - LIMIT + 1, "max": LAST}}),
        ("multichannel", {"nfftSelection": SPEC.limits.nfft_multichannel}),
        ("multichannel", {"nfftSelection": 128}),
        ("multichannel", {"displayInfo.height": 5000}),
        ("multichannel", {"frequencyRange": {"min": TOP - 1, "max": TOP}}),
        ("multichannel", {"unknown_field": {"a": 1}}),
        ("singlechannel", {"nfftSelection": MOST}),
        ("singlechannel", {"channels": {"min": LAST, "max": LAST}}),
        ("waterfall", {"nfftSelection": None}),
    ],
)
def test_the_edge_of_what_is_allowed_is_accepted(sandbox, valid, change, view, changes):
    answer = sandbox.configure(change(valid[view], changes, []))
    assert answer.status_code == 200, answer.text


def test_channel_limit_replaces_both_channel_bounds(sandbox, valid, change):
    sandbox.control("PUT", "/faults", {"channel-limit": 2500})
    for last, status in ((2500, 200), (2501, 400)):
        body = change(valid["multichannel"], {"channels": {"min": 1, "max": last}}, [])
        assert sandbox.configure(body).status_code == status


def test_a_range_may_end_as_long_after_now_as_is_tolerated(sandbox, valid, change):
    sandbox.control("PUT", "/faults", {"future-tolerance": 3600})
    start, now = sandbox.recorded_start(), int(time.time())
    for end, status in ((now + 600, 200), (now + 7200, 400)):
        body = change(valid["multichannel"], {"start_time": start, "end_time": end}, [])
        assert sandbox.configure(body).status_code == status


@pytest.mark.parametrize("body", [b"", b"[" * 100_000, b'{"a": NaN}', b"\xff\xfe", b"9" * 9000])
def test_any_bytes_get_a_422(sandbox, body):
    headers = {"content-type": "application/json"}
    answer = sandbox.focus("POST", "/configure", data=body, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["detail"]


def test_infinity_is_echoed_as_null(sandbox, valid):
    body = json.dumps({**valid["multichannel"], "nfftSelection": float("inf")})
    headers = {"content-type": "application/json"}
    answer = sandbox.focus("POST", "/configure", data=body, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["input"] is None


def test_a_body_that_is_not_declared_as_json_is_refused(sandbox, valid):
    answer = sandbox.focus("POST", "/configure", data=json.dumps(valid["multichannel"]).encode())
    assert answer.status_code == 422


def test_numbers_too_large_to_compute_with_get_an_error_and_not_the_machine(sandbox, valid, change):
    sandbox.control("PUT", "/contract", {"contract": "observed-2025-12"})
    for changes in (
        {"channels.max": 10**12},
        {"nfftSelection": 2**40},
        {"displayInfo.height": 10**400},
    ):
        assert sandbox.configure(change(valid["multichannel"], changes, [])).status_code == 500


def test_the_live_fibre_gates_live_configurations_only(sandbox, valid):
    start = sandbox.recorded_start()
    historic = {**valid["multichannel"], "start_time": start, "end_time": start + 600}
    for state, live_status in (("waiting", 503), ("half-ready", 200), ("ready", 200)):
        sandbox.control("PUT", "/state", {"state": state})
        assert sandbox.configure(valid["multichannel"]).status_code == live_status
        assert sandbox.configure(historic).status_code == 200
    sandbox.control("PUT", "/state", {"state": "waiting"})
    assert sandbox.configure(valid["multichannel"]).json() == {
        "error": "Cannot proceed: Missing required fiber metadata fields: prr"
    }


def test_a_range_without_a_recording_is_404(sandbox, valid):
    body = {**valid["multichannel"], "start_time": 1_600_000_000, "end_time": 1_600_000_600}
    answer = sandbox.configure(body)
    assert (answer.status_code, answer.headers["content-length"]) == (404, "50")
    assert answer.json() == {"error": "No recording found in given time range"}
    assert sandbox.control("GET", "/jobs") == []


def test_the_channel_number_is_bounded_only_with_its_knob(sandbox, valid, change):
    body = change(valid["multichannel"], {"channels": {"min": LIMIT, "max": LIMIT + 1}}, [])
    assert sandbox.configure(body).status_code == 200
    sandbox.control("PUT", "/faults", {"channel-number-bounded": True})
    assert sandbox.configure(body).json()["field"] == "channels.max"


def test_heatmaps_are_served_and_described_only_with_their_knob(sandbox, valid):
    body = {**valid["multichannel"], "view_type": "3"}
    described = ["0", "1", "2"]
    for faults, status in (({}, 422), ({"heatmaps-view-served": True}, 200)):
        sandbox.control("PUT", "/faults", faults)
        document = sandbox.focus("GET", "/openapi.json").json()
        assert document["components"]["schemas"]["ViewType"]["enum"] == described
        assert sandbox.configure(body).status_code == status
        described = [*described, "3"]
