*** Settings ***
Documentation    Historic requests: a recorded range is served, a range without a recording is
...              answered with 404 and its text, a range in the future is refused one way or the other.

Resource         time_ranges.resource

Suite Setup      Find A Recorded Time Range

Test Tags        time-range    high    gate    PZ-13548    PZ-13866    PZ-13870    PZ-13984    PZ-14089    PZ-14019


*** Test Cases ***
Recorded range is served
    Historic Configuration Should Be Accepted    multichannel    ${RECORDED_START}    ${RECORDED_END}

Recorded range is served in the singlechannel view
    Historic Configuration Should Be Accepted    singlechannel    ${RECORDED_START}    ${RECORDED_END}

Range without a recording answers 404 with its text
    No Recording Should Be Found    ${YEAR_1971}    ${YEAR_1971 + 60}

Range in the future is refused
    Future Time Range Should Be Refused    ${TOMORROW}    ${TOMORROW + 60}
