*** Settings ***
Documentation    What the server offers covers what the client asks for when nothing is changed.

Resource         channels.resource

Test Template    Channels Of The Server Should Cover

Test Tags        channels    critical    gate    smoke


*** Test Cases ***                FIRST               LAST
Default channels of the client    ${START_CHANNEL}    ${END_CHANNEL}
