"""A cell without a unit or without an effect is an ERROR, in whatever table it stands."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from focus_keywords.durations import DurationError, duration

HEAD = """\
*** Settings ***
Resource    outage.resource
Resource    streams.resource
Resource    recordings.resource
Library    LatencyLibrary
Library    LoadLibrary

*** Test Cases ***
Row
    {}
"""
# So that a row about an outage needs none.
REPLACED = """
*** Keywords ***
Renew Outage
    [Arguments]    @{_}
    No Operation

Snapshot Side Effects
    No Operation

Side Effects Should Be Empty
    [Arguments]    @{_}    &{__}
    No Operation
"""
WITHOUT_UNIT = [
    "Answer Should Be    ${{None}}    200    {}",
    "Request Once    GET    /ack    deadline={}",
    "Get Recorded Time Range    duration={}",
    "Recorded Range Should Be Found    {}",
    "Measure Latency    GET /ack    warm_up={}",
    "Run Load    waves    step={}",
    "Start Outage    mongodb    ttl={}",
    "Probe During Outage    /ack    {}",
]


@pytest.mark.parametrize("cell", ["5000", "${0.3}", "5:00", "-5 s", "5 parsecs", "nan", "\uff15 s"])
def test_a_time_without_a_unit(run_robot, cell: str) -> None:
    rows = "\n".join(
        f"Row {number}\n    {row.format(cell)}" for number, row in enumerate(WITHOUT_UNIT)
    )
    cases = run_robot.suite(HEAD.partition("Row\n")[0] + rows)
    for case in cases.values():
        assert case.status == "FAIL"
        assert case.message.startswith("ERROR: '")
        assert "is no duration: it" in case.message


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("Request Should Be Answered    ${ACK}    200    2 s    mongo", "has no effect with stat"),
        ("Request Should Be Answered    ${ACK}    200 or 204    2 s    x", "has no effect with s"),
        ("Request Should Be Answered    ${ACK}    soon    2 s", "'soon' names no status"),
        ("Request Should Be Answered    ${ACK}    503 later    2 s", "'503 later' names no status"),
        ("Start Proxy Fault    mongodb    reset    300", "has no effect on a fault 'reset'"),
        ("Job Is Configured    singlechannel    histroic    1    1", "'live' or 'historic'"),
        ("Job Should Stream What Was Configured    singlechannel    now    1    1", "'live' or"),
    ],
)
def test_a_cell_without_effect(run_robot, row: str, says: str) -> None:
    start = "Set Suite Variable    ${OUTAGE}    ${None}\n    "
    case = run_robot.suite(HEAD.format(f"{start}{row}") + REPLACED)["Row"]
    assert case.status == "FAIL"
    assert says in case.message


RESOURCES = ["api", "channels", "configure", "frequencies", "robustness", "stress"]
NAMES = {
    "Field Should Be Rejected    multichannel    channels.mim    0": "Is channels.min meant?",
    "Server Should Survive    multichannel    height    5000": "has no field 'height'",
    "Injected Field Should Be Rejected    1,5    x": "has no field '1,5'",
    "Hostile Body Should Be Refused    /confgure    {": "Is /configure meant?",
    "Hostile Body Should Be Refused    /configure    {    text/\u200b": "a header cannot be sent",
    "Requests Of The Schema Should Be Answered By It    valid    GET /chanels": "/channels meant?",
    "Requests Of The Schema Should Be Answered By It    valid    /channels": "/channels has GET",
    "Other Methods Should Not Be Allowed    /chanels": "Is /channels meant?",
    "Acknowledgement Should Be Empty    5 parsecs    1": "a header cannot be sent",
    "Acknowledgement Should Be Empty    Accept    \uff15": "a header cannot be sent",
    "Job Should Be Unknown    ${EMPTY}": "no job is named",
    "Channel Number Above The Limit Should Be Judged By The Requirement    1,5    2": "'1,5'",
    "More Channels Than The Client May Ask For Should Be Rejected    1    5x": "'5x'",
    "Frequency Range Should Be Accepted    0    1,5": "'1,5' that cannot be converted to float",
}


def test_a_cell_that_names_what_is_not_there(run_robot) -> None:
    head = "".join(f"Resource    {each}.resource\n" for each in RESOURCES)
    rows = "\n".join(f"Row {number}\n    {row}" for number, row in enumerate(NAMES))
    cases = run_robot.suite(f"*** Settings ***\n{head}\n*** Test Cases ***\n{rows}\n")
    said = [case.message for case in cases.values()]
    own = [each for each in said if "that cannot be converted to" not in each]  # Robot's
    assert [each for each in own if not each.startswith("ERROR:")] == []
    assert [(a, b) for a, b in zip(NAMES.values(), said, strict=True) if a not in b] == []


def test_a_subject_that_nothing_is_about(run_robot) -> None:
    row = "Configuration Should Be Accepted    multichannel    must_check=frequency_list"
    case = run_robot(f"Row\n    {row}\n")["Row"]
    assert case.message.startswith("UNDETERMINED: frequency_list was not checked")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("300 ms", 0.3), ("2 s", 2), ("1 min 30 s", 90), ("1.5h", 5400), ("0", 0), ("1 day", 86400)],
)
def test_what_a_duration_is(text: str, seconds: float) -> None:
    assert duration(text) == timedelta(seconds=seconds)


@given(st.text(alphabet="0123456789.:- smhd", max_size=12))
def test_a_duration_has_a_unit_for_each_number_or_is_refused(text: str) -> None:
    if text.strip() not in {"0", "0.0"} and not text.strip()[-1:].isalpha():
        with pytest.raises(DurationError):
            duration(text)
