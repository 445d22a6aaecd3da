"""Keywords of the API suites in real Robot runs: status and message of what a tester would see."""

import re

import pytest
from keywords.conftest import SWITCH

from focus_engine.ledger import FILE_NAME, JobLedger

ALL_SERVED = (
    "UNDETERMINED: all 5 were served, so nobody saw how more than can be done is refused. "
    "Give more: -v OVERLOAD:n."
)
FAILURES = [
    ("metadata-unknown-job-200", "Job Should Be Unknown    0-0", r"should answer 404, but .* 200"),
    (
        "metadata-text-wrong",
        "Job Should Be Unknown    0-0",
        r'GET /metadata/0-0 should answer exactly \{"error": "Invalid job_id"\}',
    ),
    (
        "live-metadata-contradictory",
        "Fibre State Should Be Consistent",
        r"^GET /live_metadata contradicts itself: ",
    ),
    (
        "recordings-in-milliseconds",
        "Recordings Should Lie In Time Range    ${0}    ${2000000000}",
        r"should answer recordings of that range \(epoch seconds\), but one is",
    ),
    (
        "wrong-method-without-reason",
        "Other Methods Should Not Be Allowed    /ack",
        r"^POST /ack should be refused \(405\) because .*, with a reason in JSON, but",
    ),
    (
        "rejection-limit-too-low",
        "Told Limit Should Hold Everywhere    waterfall    displayInfo.height    999999",
        r"^POST /configure with view waterfall and .*:5001\} should be rejected",
    ),
    (
        "rejection-limit-wrong",
        "Told Limit Should Hold Everywhere    waterfall    displayInfo.height    999999",
        r"^POST /configure with view waterfall and .*:20000\} should be accepted",
    ),
    (
        "accepts-range-reversed",
        "Recordings Request Should Be Rejected    start_time=9    end_time=5",
        r"should be rejected \(400 or 422\), but the server accepted it: 200: \[",
    ),
    (
        "leaks-trace",
        "Body Should Be Refused Without Harm    /configure    []",
        r"should tell nothing of the server's inside, but shows a traceback",
    ),
    (
        "wedged-after-malformed-body",
        "Body Should Be Refused Without Harm    /recordings_in_time_range    [",
        r"^GET /ack should answer 200, but the server answered 503",
    ),
    (
        "channels-wrong-type",
        "Endpoint Should Follow Its Schema    GET /channels",
        r"^1 of 1 requests made of the OpenAPI broke it: GET /channels",
    ),
    (
        "openapi-lists-unknown-endpoint",
        "Listed Endpoints Should Be Known",
        r"^the server's OpenAPI lists GET /unlisted, which no case covers",
    ),
    (
        "openapi-lacks-endpoint",
        "Served Endpoints Should Be Listed",
        r"^GET /ack is served \(OPTIONS .* is answered 405, an unknown path 404\), but",
    ),
    (
        "openapi-elsewhere",
        "Listed Endpoints Should Be Known",
        r"^the server's OpenAPI should say that it is at /focus-server, but it says /\.",
    ),
    (
        "openapi-answer-misdescribed",
        "Exchange Should Be As Described    ${{{}}}    ${{{'lines_dt': 0.15}}}",
        r"(?s)^the server's OpenAPI describes .* POST /configure, but .*lines_dt is 0\.15, which",
    ),
    (
        "future-api-listed-only",
        "Probe Endpoint    GET    /sensors",
        r"^GET /sensors is listed in the served OpenAPI, but the server answered 404",
    ),
]


def test_each_keyword_fails_with_its_sentence(run_robot) -> None:
    rows = "\n".join(f"{fault}\n    Switch    {fault}\n    {row}" for fault, row, _ in FAILURES)
    cases = run_robot(rows + SWITCH)
    for fault, _, pattern in FAILURES:
        assert cases[fault].status == "FAIL", fault
        assert re.search(pattern, cases[fault].message), cases[fault].message


def test_what_is_not_there_is_not_deployed_and_without_openapi_undetermined(
    run_robot, faults
) -> None:
    row = "Sensors\n    Probe Endpoint    GET    /sensors\n"
    case = run_robot(row)["Sensors"]
    assert case.status == "SKIP"
    assert case.message.startswith("NOT DEPLOYED: GET /sensors does not exist on this server")
    faults("openapi-missing")
    case = run_robot(row)["Sensors"]
    assert case.message.startswith("UNDETERMINED: GET /sensors answers 404 as for an unknown path")


@pytest.mark.parametrize("state", ["ready", "half-ready", "waiting"])
def test_the_state_that_is_found_is_judged(run_robot, sandbox, state: str) -> None:
    sandbox.control("PUT", "/state", {"state": state})
    case = run_robot(f"""\
State
    ${{state}} =    Live Configuration Should Follow The State    multichannel
    Should Be Equal    ${{state}}    {state}
""")["State"]
    assert (case.status, case.message) == ("PASS", "")


def test_a_job_while_waiting_is_a_failure(run_robot, sandbox, faults) -> None:
    sandbox.control("PUT", "/state", {"state": "waiting"})
    faults("waiting-accepted")
    row = "Waiting\n    Live Configuration Should Follow The State    waterfall\n"
    message = run_robot(row)["Waiting"].message
    assert "should be refused (503) because the server waits for fibre, but" in message


def test_configurations_sent_together_are_in_the_ledger(run_robot, sandbox, tmp_path) -> None:
    case = run_robot("""\
Together
    @{replies} =    Send Configurations Together    6    multichannel
    Configurations Should Have Jobs Of Their Own    ${replies}
""")["Together"]
    assert (case.status, case.message) == ("PASS", "")
    assert len(JobLedger(tmp_path / FILE_NAME).job_ids()) == 6
    sent = [seen for seen in sandbox.control("GET", "/requests") if seen["method"] == "POST"]
    assert len(sent) == 6


def test_more_than_the_capacity_is_refused_properly(run_robot, sandbox) -> None:
    sandbox.control("PUT", "/faults", {"job-capacity": 2})
    case = run_robot("""\
Capacity
    @{replies} =    Send Configurations Together    5    multichannel
    ${served} =    Configurations Should Be Served Or Refused As Too Many    ${replies}
    Should Be Equal As Integers    ${served}    2
""")["Capacity"]
    assert (case.status, case.message) == ("PASS", "")


@pytest.mark.parametrize(("capacity", "verdict"), [(2, ("PASS", "")), (80, ("SKIP", ALL_SERVED))])
def test_a_server_that_served_all_was_not_seen_to_refuse(
    run_robot, sandbox, capacity, verdict
) -> None:
    sandbox.control("PUT", "/faults", {"job-capacity": capacity})
    case = run_robot.suite(
        "*** Settings ***\nResource    together.resource\n\n*** Test Cases ***\nMore\n"
        "    More Than Can Be Done Should Be Answered Properly    5    multichannel\n"
    )["More"]
    assert (case.status, case.message) == verdict


def test_more_than_the_budget_is_a_precondition(run_robot) -> None:
    case = run_robot("Many\n    Send Configurations Together    81    multichannel\n")["Many"]
    assert case.status == "SKIP"
    assert case.message.startswith("PRECONDITION: 81 jobs are needed at once")


def test_configure_is_never_fuzzed(run_robot, sandbox) -> None:
    row = "Fuzz\n    Endpoint Should Follow Its Schema    POST /configure\n"
    case = run_robot(row)["Fuzz"]
    assert case.status == "FAIL"
    assert case.message.startswith("ERROR: POST /configure starts a job with each request.")
    assert sandbox.control("GET", "/requests") == []


def test_fuzzing_an_unlisted_endpoint_decides_nothing(run_robot) -> None:
    case = run_robot("Fuzz\n    Endpoint Should Follow Its Schema    GET /sensors\n")["Fuzz"]
    assert case.status == "SKIP"
    assert case.message.startswith("UNDETERMINED: the served OpenAPI does not list GET /sensors")
