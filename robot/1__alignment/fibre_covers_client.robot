*** Settings ***
Documentation    What the server offers covers what the client asks for when nothing is changed.

Resource         channels.resource

Test Template    Channels Of The Server Should Cover

Test Tags        channels    critical    gate    smoke    PZ-13560    PZ-13762    PZ-13895


*** Test Cases ***                FIRST               LAST
Default channels of the client    ${START_CHANNEL}    ${END_CHANNEL}
