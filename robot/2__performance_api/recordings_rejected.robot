*** Settings ***
Documentation    Time ranges for which no recordings can be asked.

Resource         recordings.resource

Suite Setup      Find Times
Test Template    Recordings Request Should Be Rejected

Test Tags        recordings    high    gate    PZ-13564    PZ-13869    PZ-13759


*** Test Cases ***                 START                       END
End before start                   ${RECORDED_END}             ${RECORDED_START}
Milliseconds instead of seconds    ${RECORDED_START * 1000}    ${RECORDED_END * 1000}
Negative start                     -1                          ${RECORDED_END}
Negative end                       ${RECORDED_START}           -1
Start is missing                   missing                     ${RECORDED_END}
End is missing                     ${RECORDED_START}           missing
Start is null                      null                        ${RECORDED_END}
End is a string                    ${RECORDED_START}           "${RECORDED_END}"
Start is not an integer            ${RECORDED_START + 0.5}     ${RECORDED_END}
End is a boolean                   ${RECORDED_START}           true
Start is a list                    \[1, 2]                     ${RECORDED_END}
Start is an object                 {"$gt": 0}                  ${RECORDED_END}
