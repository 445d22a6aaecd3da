"""What a case begins in the background ends with it; what a set-up begins outlives the cases."""

SUITE = """\
*** Settings ***
Library    FocusServerLibrary
Library    OutageLibrary
Suite Setup    Begin

*** Keywords ***
Begin
    ${probe} =    Probe During Outage    /ack    interval=50 ms
    ${job} =    Configuration Should Be Accepted    singlechannel
    Stay Attached To Job    ${job}    duration=1 min
    VAR    ${OF_SUITE}    ${probe}    scope=SUITE
    VAR    ${JOB_OF_SUITE}    ${job}[job_id]    scope=SUITE

*** Test Cases ***
Leaves Everything
    ${probe} =    Probe During Outage    /ack    interval=50 ms
    ${watch} =    Snapshot Side Effects    kinds=['jobs']
    ${job} =    Configuration Should Be Accepted    singlechannel
    Stay Attached To Job    ${job}    duration=1 min
    VAR    ${LEFT}    ${{[$probe, $watch, $job['job_id']]}}    scope=SUITE
    Fail    something else went wrong

Next
    Should Be True    not $LEFT[0].runs    msg=The probe of another case goes on.
    Should Be True    all(one._over.is_set() for one in $LEFT[1].watch._followers)
    ${reply} =    Get Job Metadata    ${LEFT}[2]
    Response Status Should Be    ${reply}    404
    Should Be True    $OF_SUITE.runs    msg=The probe of the set-up has ended.
    ${reply} =    Get Job Metadata    ${JOB_OF_SUITE}
    Response Status Should Be    ${reply}    200
"""


def test_what_a_case_leaves_behind_ends_with_it_and_nothing_else(run_robot) -> None:
    cases = run_robot.suite(SUITE)
    assert cases["Leaves Everything"].message == "something else went wrong"
    assert (cases["Next"].status, cases["Next"].message) == ("PASS", "")
