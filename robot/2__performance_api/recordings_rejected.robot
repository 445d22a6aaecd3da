*** Settings ***
Documentation    Time ranges for which no recordings can be asked.

Resource         recordings.resource

Suite Setup      Note The Time
Test Template    Recordings Request Should Be Rejected

Test Tags        recordings    high    gate


*** Test Cases ***                 START              END
End before start                   ${END}             ${START}
Milliseconds instead of seconds    ${START * 1000}    ${END * 1000}
Start in milliseconds              ${START * 1000}    ${END}
End in milliseconds                ${START}           ${END * 1000}
Negative start                     -1                 ${END}
Negative end                       ${START}           -1
Start is missing                   missing            ${END}
End is missing                     ${START}           missing
Start is null                      null               ${END}
End is a string                    ${START}           "${END}"
Start is not an integer            ${START + 0.5}     ${END}
End is a boolean                   ${START}           true
Start is a list                    \[1, 2]            ${END}
Start is an object                 {"$gt": 0}         ${END}
