*** Settings ***
Documentation    Historic requests: a recorded range is served, with a hole where nothing was recorded; a
...              range without a recording is refused as such (404 with its text was seen, 400 is written
...              down), a range in the future one way or the other.

Resource         time_ranges.resource

Suite Setup      Find A Recorded Time Range

Test Tags        time-range    high    gate


*** Test Cases ***
Recorded range is served
    Historic Configuration Should Be Accepted    multichannel    ${RECORDED_START}    ${RECORDED_END}

Recorded range is served in the singlechannel view
    Historic Configuration Should Be Accepted    singlechannel    ${RECORDED_START}    ${RECORDED_END}

Range from the first second of a recording is served
    Historic Configuration Should Be Accepted    multichannel    ${GAP[1] + 1}    ${GAP[1] + 31}

Range to the last second of a recording is served
    Historic Configuration Should Be Accepted    multichannel    ${GAP[0] - 31}    ${GAP[0] - 1}

Range that crosses a gap is served with a hole
    Range Across A Gap Should Be Accepted    multichannel

Range inside the recording that goes on is served
    Range Inside The Recording That Goes On Should Be Accepted    multichannel

Range inside a gap is refused
    Range Inside A Gap Should Find No Recording

Range from a gap into a recording is refused
    Range From A Gap Should Find No Recording

Range without a recording is refused with its text
    No Recording Should Be Found    ${YEAR_1971}    ${YEAR_1971 + 60}

Range in the future is refused
    Future Time Range Should Be Refused    ${TOMORROW}    ${TOMORROW + 60}
    Future Time Range Should Be Refused    ${IN_TEN_MINUTES}    ${IN_TEN_MINUTES + 60}

Range from a recording into the future is refused
    Future Time Range Should Be Refused    ${RECORDED_START}    ${TOMORROW}
    Future Time Range Should Be Refused    ${RECORDED_START}    ${IN_TEN_MINUTES}

Times that are left out ask for the present
    Configuration Without Times Should Be Live    multichannel
