"""What OutageLibrary's observing keywords say of a sandbox's server: status, message, log."""

import json

import pytest

HEAD = """\
*** Settings ***
Library    FocusServerLibrary
Library    OutageLibrary

*** Test Cases ***
"""


@pytest.fixture
def observe(run_robot):
    def run(cases: str, **variables: str):
        return run_robot.suite(HEAD + cases, **variables)

    return run


def posted(sandbox) -> list[dict]:
    return [one for one in sandbox.control("GET", "/requests") if one["method"] == "POST"]


LIVE = """\
Live
    ${live} =    Build Configuration    multichannel
    ${before} =    Snapshot Side Effects
    ${answer} =    Request Once    POST    /configure    ${live}
    Answer Should Be    ${answer}    200    within=60 s
    Side Effects Should Be Empty    ${before}    settle=200 ms
"""
ORPHAN = """\
Rejected
    ${asked} =    Build Configuration    multichannel    channels.min=0
    ${before} =    Snapshot Side Effects
    ${answer} =    Request Once    POST    /configure    ${asked}
    Answer Should Be    ${answer}    400 or 422    within=60 s    naming=channel
    Side Effects Should Be Empty    ${before}    POST /configure    settle=500 ms
"""


MOMENTS = """\
Three moments of one watch
    ${first} =    Snapshot Side Effects
    ${second} =    Snapshot Side Effects
    ${asked} =    Build Configuration    multichannel    channels.min=0
    Request Once    POST    /configure    ${asked}
    Run Keyword And Expect Error    *grpc-job-*
    ...    Side Effects Should Be Empty    ${second}    settle=500 ms
    ${third} =    Snapshot Side Effects
    Side Effects Should Be Empty    ${third}    settle=100 ms
    Should Be True    $first.watch is $third.watch
    Run Keyword And Expect Error    *grpc-job-*
    ...    Side Effects Should Be Empty    ${first}    settle=100 ms
"""
OVER = """\
One
    ${before} =    Snapshot Side Effects
    VAR    ${BEFORE}    ${before}    scope=SUITE
Next
    Side Effects Should Be Empty    ${BEFORE}    settle=100 ms
Anew
    ${anew} =    Snapshot Side Effects
    Should Be True    $anew.watch is not $BEFORE.watch
    Side Effects Should Be Empty    ${anew}    settle=100 ms
"""


def test_each_moment_of_a_watch_tells_what_came_since(observe, faults) -> None:
    faults("job-left-after-rejection")
    [case] = observe(MOMENTS).values()
    assert (case.status, case.message) == ("PASS", "")


def test_a_watch_that_is_over_knows_nothing_for_certain(observe) -> None:
    cases = observe(OVER)
    assert cases["Next"].status == "SKIP"
    assert cases["Next"].message.startswith("UNDETERMINED: the watch of jobs had been ended.")
    assert cases["Anew"].status == "PASS", cases["Anew"].message


def test_a_job_that_was_asked_for_is_no_side_effect(observe, sandbox) -> None:
    case = observe(LIVE)["Live"]
    assert case.status == "PASS", case.message
    assert "which was asked for" in case.html
    assert len(posted(sandbox)) == 1


def test_a_job_that_nobody_asked_for_is_one(observe, faults) -> None:
    assert observe(ORPHAN)["Rejected"].status == "PASS"
    faults("job-left-after-rejection")
    case = observe(ORPHAN)["Rejected"]
    assert case.status == "FAIL"
    assert case.message.startswith("POST /configure should leave nothing in the cluster, but")
    assert "grpc-job-" in case.message
    assert "NOT EXPECTED" in case.html


def test_the_status_is_a_number_and_the_message_a_sentence(observe, faults, sandbox) -> None:
    faults("configure-fails")
    case = observe(LIVE)["Live"]
    assert case.status == "FAIL"
    assert case.message.startswith(
        "POST /configure should be answered 200 now, but it answered 500"
    )
    assert len(posted(sandbox)) == 1


@pytest.mark.parametrize(
    ("row", "status", "message"),
    [
        ("Answer Should Be    ${answer}    soon    within=1 s", "FAIL", "ERROR: 'soon' names no"),
        (
            "Answer Should Be    ${answer}    503    within=1 s",
            "FAIL",
            "GET /ack should be answered",
        ),
        ("Answer Should Be    ${answer}    200 or 503    within=60 s", "PASS", ""),
    ],
)
def test_what_an_answer_should_be(observe, row, status, message) -> None:
    case = observe(f"Row\n    ${{answer}} =    Request Once    GET    /ack\n    {row}\n")["Row"]
    assert case.status == status
    assert case.message.startswith(message)


def test_what_was_told_before_must_be_told_again(observe, faults) -> None:
    rows = (
        "Again\n    ${before} =    Request Once    GET    /channels\n"
        "    ${now} =    Request Once    GET    /channels\n"
        "    Answer Should Be    ${now}    200    within=60 s    before=${{[$before]}}\n"
    )
    assert observe(rows)["Again"].status == "PASS"
    faults("channels-vary")
    case = observe(rows)["Again"]
    assert case.status == "FAIL"
    assert case.message.startswith(
        "GET /channels should be answered as before the outage now, but highest_channel was 23"
    )


def test_a_server_that_is_away_is_refused_not_503(observe) -> None:
    rows = (
        "Away\n    ${answer} =    Request Once    GET    /ack    deadline=1 s\n"
        "    Should Be Equal    ${answer.status}    ${None}\n"
        "    Should Be Equal As Strings    ${answer.error}    refused\n"
    )
    case = observe(rows, FOCUS_BASE_URL="http://127.0.0.1:9/focus-server")["Away"]
    assert case.status == "PASS", case.message


def test_requests_that_are_sent_together_have_an_answer_each_in_their_order(
    observe, sandbox
) -> None:
    rows = (
        "Together\n    VAR    @{ack}    GET    /ack\n"
        "    VAR    @{metadata}    GET    /metadata/0-0\n"
        "    ${live} =    Build Configuration    singlechannel\n"
        "    VAR    @{job}    POST    /configure    ${live}\n"
        "    @{answers} =    Request Together    ${{[$ack, $metadata, $job]}}\n"
        "    Should Be Equal    ${{[one.status for one in $answers]}}    ${{[200, 404, 200]}}\n"
        "    @{alone} =    Request Together    ${ack}\n    Length Should Be    ${alone}    1\n"
    )
    case = observe(rows)["Together"]
    assert case.status == "PASS", case.message
    assert len(posted(sandbox)) == 1


WRONG_REQUESTS = {
    "no path": ("Request Together    ${{[['GET']]}}", "['GET'] (list) is no request"),
    "too much": ("Request Together    ${{[['GET', '/ack', '', 1]]}}", "is no request"),
    "a number": ("Request Together    ${{[['GET', '/ack'], 7]}}", "7 (int) is no request"),
    "a path as method": ("Request Together    ${{['/ack', '/ack']}}", "'/ack' is no method"),
    "two methods": ("Request Once    GET POST    /ack", "'GET POST' is no method of HTTP"),
}


def test_what_is_no_request_is_said_and_not_sent(observe, sandbox) -> None:
    rows = "".join(f"{name}\n    {row}\n" for name, (row, _) in WRONG_REQUESTS.items())
    cases = observe(rows)
    for name, (_, said) in WRONG_REQUESTS.items():
        assert cases[name].message.startswith("ERROR: "), name
        assert said in cases[name].message
    assert not sandbox.control("GET", "/requests")


def test_a_probe_draws_its_series_and_sends_nothing_more_afterwards(observe, sandbox) -> None:
    rows = (
        "Probed\n    ${probe} =    Probe During Outage    /ack    interval=20 ms\n"
        "    Sleep    1 s\n    ${series} =    Stop Probe    ${probe}\n"
        "    Probe Should Have Been Answered    ${series}    within=10 s\n"
        "    ${count} =    Stop All Probes\n    Should Be Equal As Integers    ${count}    0\n"
        "    Request Once    GET    /channels\n    Sleep    200 ms\n"
    )
    case = observe(rows)["Probed"]
    assert case.status == "PASS", case.message
    assert "<svg" in case.html
    *probes, last = [one["path"] for one in sandbox.control("GET", "/requests")]
    assert last.endswith("/channels")
    assert set(probes) == {"/focus-server/ack"}


def test_a_probe_that_is_not_answered_fails(observe, faults) -> None:
    faults("ack-fails")
    rows = (
        "Probed\n    ${probe} =    Probe During Outage    /ack    interval=20 ms\n"
        "    Sleep    1 s\n    ${series} =    Stop Probe    ${probe}\n"
        "    Probe Should Have Been Answered    ${series}    within=1 s\n"
    )
    case = observe(rows)["Probed"]
    assert case.status == "FAIL"
    assert case.message.startswith("GET /ack should be answered 200 all the time, but")


def test_a_workload_that_is_not_disturbed(observe) -> None:
    rows = (
        "Same\n    ${before} =    Snapshot Workload\n"
        "    Workload Should Be Undisturbed    ${before}\n"
        "Nothing\n    Snapshot Workload    app=nothing\n"
    )
    cases = observe(rows)
    assert cases["Same"].status == "PASS", cases["Same"].message
    assert cases["Nothing"].status == "SKIP"
    assert cases["Nothing"].message.startswith("PRECONDITION: no pod has the labels app=nothing")


def test_without_a_cluster_it_is_a_precondition(observe) -> None:
    case = observe("Blind\n    Snapshot Side Effects\n", FOCUS_KUBECONFIG="")["Blind"]
    assert case.status == "SKIP"
    assert case.message.startswith("PRECONDITION: environment 'sandbox' gives no Kubernetes access")


def test_a_recording_is_added_and_removed(run_robot, sandbox) -> None:
    rows = (
        "*** Settings ***\nLibrary    RecordingsLibrary\nLibrary    FocusServerLibrary\n\n"
        "*** Test Cases ***\nAdded\n    ${one} =    Add Recording\n"
        "    Recording Of Time Range Should Be Found    ${one.start}    ${one.end}\n"
        "    ${count} =    Remove Added Recordings\n"
        "    Should Be Equal As Integers    ${count}    1\n"
    )
    case = run_robot.suite(rows)["Added"]
    assert case.status == "PASS", case.message
    assert json.dumps(sandbox.addresses["mongo_uri"]) not in case.log


WATCHED = """\
Watched
    ${asked} =    Build Configuration    multichannel    channels.min=0
    ${before} =    Snapshot Side Effects    kinds=['jobs', 'configmaps']
    Request Once    POST    /configure    ${asked}
    Side Effects Should Be Empty    ${before}    settle=500 ms
Refused
    Configuration Should Be Rejected    multichannel    channels.min=0
    Nothing Should Be Left Behind    settle=500 ms
"""


@pytest.mark.parametrize(
    "fault",
    [
        "watch-error-without-reason",
        "watch-bookmark-empty",
        "watch-html-page",
        "watch-closed-at-once",
    ],
)
def test_a_watch_that_does_not_end_cleanly_is_undetermined(observe, faults, fault: str) -> None:
    faults(fault)
    for case in observe(WATCHED).values():
        assert case.status == "SKIP", case.message
        assert case.message.startswith("UNDETERMINED:")
        assert "What came and went meanwhile is not known" in case.message


@pytest.mark.parametrize("fault", ["api-429-once", "api-503-once"])
def test_an_ordinary_api_server_is_no_error(observe, faults, fault: str) -> None:
    faults(fault)
    assert {case.status for case in observe(WATCHED).values()} == {"PASS"}


@pytest.mark.parametrize(
    ("fault", "left"),
    [
        ("job-left-late-after-rejection", "Job grpc-job-"),
        ("config-map-left-after-rejection", "ConfigMap configuration-"),
        ("volume-claim-left-after-rejection", "PersistentVolumeClaim configuration-"),
    ],
)
def test_what_a_refusal_leaves_is_told_with_its_row(observe, faults, fault, left: str) -> None:
    faults(fault)
    case = observe(WATCHED.replace("    settle=500 ms", ""))["Refused"]
    assert case.status == "FAIL"
    assert "(row 'Refused', " in case.message
    assert f"it left {left}" in case.message
