*** Settings ***
Documentation    Channel ranges that the server must refuse, in every view, live and historic. Each row fails when the server accepts
...              it, when the answer does not name the channels, or when a job is left behind.

Resource         channels.resource

Suite Setup      Channels Should Be Known
Test Template    Channel Range Should Be Rejected

Test Tags        channels    critical    plan    gate


*** Test Cases ***                      MIN                     MAX
One above the limit of the client       [Template]              More Channels Than The Client May Ask For Should Be Rejected
                                        1                       ${MAX_CHANNELS + 1}
One above it, not from the first        [Template]              More Channels Than The Client May Ask For Should Be Rejected
                                        2                       ${MAX_CHANNELS + 2}
Former limit                            [Template]              More Channels Than The Client May Ask For Should Be Rejected
                                        1                       ${FORMER_LIMIT}
One above the former limit              [Template]              More Channels Than The Client May Ask For Should Be Rejected
                                        1                       ${FORMER_LIMIT + 1}
Beyond the last channel of the fibre    ${HIGHEST_CHANNEL}      ${HIGHEST_CHANNEL + 1}
Minimum is zero                         0                       ${END_CHANNEL}
Minimum is negative                     -1                      ${END_CHANNEL}
Minimum above maximum                   ${START_CHANNEL + 1}    ${START_CHANNEL}
Minimum above maximum, at the start     1                       0
Minimum is not an integer               1.5                     ${END_CHANNEL}
Maximum is a string                     ${START_CHANNEL}        "${END_CHANNEL}"
Minimum is a boolean                    true                    ${END_CHANNEL}
Minimum is null                         null                    ${END_CHANNEL}
Maximum is null                         ${START_CHANNEL}        null
Maximum is missing                      ${START_CHANNEL}        missing
Minimum is missing                      missing                 ${END_CHANNEL}
Nothing is left behind
    [Template]    NONE
    Nothing Should Be Left Behind
