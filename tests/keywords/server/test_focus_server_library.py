"""FocusServerLibrary in real Robot runs: status and message of what a tester would see."""

import json
import re

import pytest
from keywords.conftest import SWITCH

from focus_engine.ledger import FILE_NAME, JobLedger

ACCEPT = "Configuration Should Be Accepted    multichannel    must_check=frequencies_list"
HISTORIC = """\
    ${range} =    Get Recorded Time Range
    Configuration Should Be Accepted    multichannel    time_range=${range}
"""


def test_valid_and_invalid_configurations_pass_on_a_conforming_server(run_robot) -> None:
    cases = run_robot(f"""\
Accepted
    [Template]    Configuration Should Be Accepted
    multichannel    must_check=frequencies_list
    singlechannel    must_check=frequencies_list
    waterfall
    multichannel    channels.min=1    channels.max=${{MAX_CHANNELS}}
    multichannel    frequencyRange.min=100
Rejected
    [Template]    Configuration Should Be Rejected
    multichannel    channels.min=1    channels.max=${{MAX_CHANNELS + 1}}
    multichannel    channels=missing
    multichannel    channels.min=null
    multichannel    channels.min="1"
    multichannel    frequencyRange.max=${{FREQUENCY_MAX + 1}}
    multichannel    view_type="999"
    multichannel    start_time=1000
Historic
{HISTORIC}
""")
    assert {case.message for case in cases.values()} == {""}
    assert "job_id" in cases["Accepted"].log


def test_what_a_row_names_really_reaches_the_server(run_robot, sandbox) -> None:
    run_robot("""\
Sent
    Send Configuration    multichannel    channels.min=missing    channels.max="12"
    Send Raw Configuration    {"half":
""")
    sent = [seen["body"] for seen in sandbox.control("GET", "/requests")]
    bodies = [body if isinstance(body, str) else json.dumps(body) for body in sent if body]
    assert '"channels": {"max": "12"}' in bodies[0].replace('{"max":"12"}', '{"max": "12"}')
    assert bodies[1] == '{"half":'


WRONG_ANSWERS = [
    ("lines-dt-wrong", r"lines_dt is 0\.3; expected displayTimeAxisDuration / height"),
    ("frequencies-shifted", r"frequencies_list\[0\] is .*; expected 0 \+ 0 \*"),
    ("frequencies-short", r"frequencies_list has \d+ values; expected floor"),
    ("channel-amount-off-by-one", r"channel_amount is 100; expected max - min \+ 1"),
    ("mapping-not-contiguous", r"channel_to_stream_index puts channel 12 into stream 1"),
    ("stream-amount-wrong", r"stream_amount is 4; expected min\(3, channels\)"),
    ("port-off-by-one", r"stream_port is \d+; expected 12300 \+ slot of job"),
    ("job-id-malformed", r"job_id is .* expected slot-counter or 15 hex"),
    ("view-type-echo-wrong", r"view_type is \d; expected 0 as asked"),
    ("status-failed", r'status is "failed"; expected "" or "Config received" or "success"'),
    ("response-missing-key", r"the response misses frequencies_amount; expected the 12"),
    ("stream-url-without-scheme", r"stream_url is .* expected http://HOST"),
    ("configure-fails", r"should be accepted \(200 or 202\), but the server answered 500"),
    ("live-metadata-fails", r"GET /live_metadata should answer 200, but .* 500"),
]


def test_each_wrong_answer_fails_with_its_sentence(run_robot) -> None:
    # One Robot process for all of them: each case switches its own fault on.
    rows = "\n".join(f"{fault}\n    Switch    {fault}\n    {ACCEPT}" for fault, _ in WRONG_ANSWERS)
    cases = run_robot(rows + SWITCH)
    for fault, pattern in WRONG_ANSWERS:
        assert cases[fault].status == "FAIL", fault
        assert re.search(pattern, cases[fault].message), cases[fault].message


REJECTIONS = [
    ("accepts-channel-count", r"should be rejected \(400 or 422\), but the server accepted it: 2"),
    ("rejects-with-500", r"should be rejected \(400 or 422\), but the server answered 500: "),
    ("rejects-with-html-body", r"should have a JSON body, but the server answered 4\d\d: "),
    ("rejects-without-body", r"should have a JSON body, but .* with an empty body"),
    ("rejection-without-field", r"the rejection of POST /configure with channels .* should name"),
    ("rejection-carries-job-id", r"its body carries job_id, stream_port"),
    ("job-left-after-rejection", r"was rejected with 4\d\d, but it left grpc-job-\d+-\d+ behind\."),
]


def test_each_improper_rejection_fails_with_its_sentence(run_robot) -> None:
    reject = (
        "Configuration Should Be Rejected    multichannel    "
        "channels.min=1    channels.max=${MAX_CHANNELS + 1}"
    )
    rows = "\n".join(f"{fault}\n    Switch    {fault}\n    {reject}" for fault, _ in REJECTIONS)
    cases = run_robot(rows + SWITCH)
    for fault, pattern in REJECTIONS:
        assert cases[fault].status == "FAIL", fault
        assert re.search(pattern, cases[fault].message), cases[fault].message


@pytest.mark.parametrize("fault", ["port-reused", "job-id-reused"])
def test_a_port_or_id_of_a_live_job_fails(faults, run_robot, fault: str) -> None:
    faults(fault)
    cases = run_robot(f"Twice\n    {ACCEPT}\n    {ACCEPT}\n")
    assert cases["Twice"].status == "FAIL"
    assert re.search(r"still alive|stream_port is", cases["Twice"].message)


def test_without_kubernetes_leftovers_are_reported_as_not_checked(run_robot) -> None:
    row = "Rejected\n    Configuration Should Be Rejected    multichannel    channels.min=0\n"
    case = run_robot(row, FOCUS_KUBECONFIG="")["Rejected"]
    assert case.status == "PASS"
    assert "no Kubernetes API is given for this system" in case.log


def test_live_cases_wait_for_fibre_and_historic_ones_do_not(sandbox, run_robot) -> None:
    sandbox.control("PUT", "/state", {"state": "waiting"})
    cases = run_robot(f"Live\n    {ACCEPT}\nHistoric\n{HISTORIC}")
    assert cases["Live"].status == "SKIP"
    assert cases["Live"].message.startswith("PRECONDITION: the server waits for fibre: prr is 0")
    assert (cases["Historic"].status, cases["Historic"].message) == ("PASS", "")


def test_an_unreachable_server_is_an_error(run_robot) -> None:
    row = "Ack\n    Get Ack\nRejected\n    Send Raw Configuration    x\n"
    cases = run_robot(row, FOCUS_BASE_URL="http://127.0.0.1:9/focus-server", FOCUS_KUBECONFIG="")
    for case in cases.values():
        assert case.status == "FAIL"
        assert case.message == (
            "ERROR: cannot reach http://127.0.0.1:9: connection refused. "
            "Is FOCUS_BASE_URL right and the server up?"
        )


def test_an_unreachable_cluster_is_an_error(run_robot, tmp_path) -> None:
    row = "Rejected\n    Configuration Should Be Rejected    multichannel    channels.min=0\n"
    case = run_robot(row, FOCUS_KUBECONFIG=str(tmp_path / "none"))["Rejected"]
    assert case.status == "FAIL"
    assert case.message.startswith("ERROR: FOCUS_KUBECONFIG names no file that is there")


def test_a_tls_failure_is_an_error(run_robot, sandbox) -> None:
    url = sandbox.variables["FOCUS_BASE_URL"].replace("http:", "https:")
    case = run_robot("Ack\n    Get Ack\n", FOCUS_BASE_URL=url)["Ack"]
    assert case.status == "FAIL"
    assert case.message.startswith("ERROR: no trusted TLS connection to https://127.0.0.1")


def test_production_refuses_everything_but_get(run_robot, sandbox) -> None:
    cases = run_robot(
        """\
Ack
    Get Ack
Configure
    Send Configuration    multichannel
Raw
    Open Focus Server Session
    POST On Session    focus    /configure    json=${{ {} }}
Recordings
    Get Recordings In Time Range    1    2
""",
        FOCUS_ENVIRONMENT="kefar_saba",
    )
    assert cases.pop("Ack").status == "PASS"
    for case in cases.values():
        assert case.status == "SKIP"
        assert "'kefar_saba' is production, which is read-only" in case.message
    assert {seen["method"] for seen in sandbox.control("GET", "/requests")} == {"GET"}


def test_a_raw_request_enters_the_ledger_and_shows_no_credentials(run_robot, tmp_path) -> None:
    cases = run_robot("""\
Raw
    Open Focus Server Session
    ${body} =    Build Configuration    multichannel
    ${headers} =    Evaluate    {"Authorization": "Bearer " + "geheim"[::-1]}
    POST On Session    focus    /configure    json=${body}    headers=${headers}
    ${sent} =    Get Sent Configurations
    Should Be Equal    ${sent}[-1]    ${body}
""")
    assert cases["Raw"].message == ""
    assert len(JobLedger(tmp_path / FILE_NAME).job_ids()) == 1
    logged = cases["Raw"].log.split("Request : ")[1]
    assert "&lt;masked&gt;" in logged or "<masked>" in logged
    assert "miehe" not in logged


@pytest.mark.parametrize(
    "body", ["'[' * 200_000", "'[' * 999 + ']' * 999", "'9' * 5000", "'\\xff'"]
)
def test_what_was_sent_is_told_though_it_is_no_json(run_robot, body: str) -> None:
    cases = run_robot(f"""\
Raw
    ${{body}} =    Evaluate    ({body}).encode()
    Send Raw Configuration    ${{body}}
    ${{sent}} =    Get Sent Configurations
    Should Be Equal    ${{sent}}[-1]    ${{body}}
""")
    assert cases["Raw"].message == ""


def test_what_a_cell_cannot_mean_is_an_error(run_robot) -> None:
    case = run_robot("Cell\n    Send Configuration    multichannel    channels.max=abc\n")["Cell"]
    assert case.message == (
        "ERROR: field 'channels.max' is abc, which is neither JSON nor the word missing. "
        'Text needs quotes: "abc".'
    )


NOTHING_WRONG = {
    "Named like an argument": (
        "Configuration Should Be Rejected Everywhere    multichannel    naming=0",
        "no field is changed, so there is nothing to reject",
    ),
    "No field": (
        "Configuration Should Be Rejected    multichannel",
        "no field is changed, so there is nothing to reject",
    ),
    "A limit that is none": (
        "Configuration Should Be Rejected    multichannel    limits=2222, abc    channels.max=9999",
        "limits is '2222, abc', but abc is no whole number.",
    ),
    "An object of Python": (
        "Configuration Should Be Rejected    multichannel    nfftSelection=${{object()}}",
        "field 'nfftSelection' is <object object",
    ),
    "Infinite": (
        "Configuration Should Be Rejected    multichannel    nfftSelection=${1e400}",
        "field 'nfftSelection' is inf (float), which no JSON can hold.",
    ),
}


def test_a_row_in_which_nothing_is_wrong_is_an_error(run_robot, sandbox) -> None:
    rows = "".join(f"{name}\n    {row}\n" for name, (row, _) in NOTHING_WRONG.items())
    cases = run_robot(rows)
    for name, (_, said) in NOTHING_WRONG.items():
        assert cases[name].message.startswith(f"ERROR: {said}"), cases[name].message
    assert not [one for one in sandbox.control("GET", "/requests") if one["method"] == "POST"]


def test_a_missing_openapi_document_decides_nothing(faults, run_robot) -> None:
    faults("openapi-missing")
    row = "Configuration Should Follow Served Schema    multichannel    view_type    view_type=0"
    case = run_robot(f"Schema\n    {row}\n")["Schema"]
    assert case.status == "SKIP"
    assert case.message.startswith("UNDETERMINED: the server's OpenAPI (GET /openapi.json: 404)")


def test_foreign_text_is_escaped_in_the_log(faults, run_robot) -> None:
    faults("rejects-with-html-body")
    row = "Escaped\n    Configuration Should Be Rejected    multichannel    channels.min=0\n"
    html = run_robot(row)["Escaped"].html
    assert "<html" not in html
    assert "&lt;html" in html


@pytest.mark.parametrize(
    ("fault", "views", "field", "accepted"),
    [
        ("accepts-height-zero", "every view", "displayInfo.height=0", 6),
        ("accepts-nfft-zero", "spectrogram views", "nfftSelection=0", 4),
        ("accepts-channel-zero", "every view", "channels.min=0", 6),
        ("accepts-only-start-time", "every view", "start_time=1000", 3),
        ("accepts-waterfall-nfft", "waterfall", "nfftSelection=512", 2),
    ],
)
def test_every_cell_that_accepts_is_named(
    run_robot, sandbox, fault, views, field, accepted
) -> None:
    sandbox.control("PUT", "/faults", {fault: True})
    cases = run_robot(
        f"Row\n    Configuration Should Be Rejected Everywhere    {views}    {field}\n"
    )
    assert cases["Row"].status == "FAIL"
    seen = set(re.findall(r"accepted it: 200, job (\d+-\d+)", cases["Row"].log))
    assert len(seen) == accepted
    assert ("historic should be rejected" in cases["Row"].log) is ("time" not in field)
