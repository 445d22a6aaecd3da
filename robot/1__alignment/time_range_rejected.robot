*** Settings ***
Documentation    Time ranges that the server must refuse: neither live (no times) nor historic
...              (both times, in epoch seconds, in order, in the past).

Resource         time_ranges.resource

Suite Setup      Find A Recorded Time Range
Test Template    Time Range Should Be Rejected

Test Tags        time-range    high    gate


*** Test Cases ***                 START                       END
Only start                         ${RECORDED_START}           null
Only start, end missing            ${RECORDED_START}           missing
Only end                           null                        ${RECORDED_END}
Only end, start missing            missing                     ${RECORDED_END}
End before start                   ${RECORDED_END}             ${RECORDED_START}
Start equals end                   ${RECORDED_START}           ${RECORDED_START}
Negative start                     -1                          ${RECORDED_END}
Negative end                       ${RECORDED_START}           -1
Milliseconds instead of seconds    ${RECORDED_START * 1000}    ${RECORDED_END * 1000}
Start in milliseconds              ${RECORDED_START * 1000}    ${RECORDED_END}
End in milliseconds                ${RECORDED_START}           ${RECORDED_END * 1000}
Start is a string                  "${RECORDED_START}"         ${RECORDED_END}
Start is not an integer            ${RECORDED_START + 0.5}     ${RECORDED_END}
Start is a boolean                 true                        ${RECORDED_END}
Nothing is left behind
    [Template]    NONE
    Nothing Should Be Left Behind
