*** Settings ***
Documentation    Channels that do not exist on the fibre must be refused in the singlechannel view too.

Resource         channels.resource

Suite Setup      Channels Should Be Known
Test Template    Single Channel Should Be Rejected

Test Tags        channels    view    high    gate


*** Test Cases ***                      CHANNEL
Channel zero                            0
Negative channel                        -1
Beyond the last channel of the fibre    ${HIGHEST_CHANNEL + 1}
Nothing is left behind
    [Template]    NONE
    Nothing Should Be Left Behind
