*** Settings ***
Documentation    What the server offers covers what the client asks for when nothing is changed, and what it may
...              ask for at most.

Resource         channels.resource

Test Template    Channels Of The Server Should Cover

Test Tags        channels    critical    gate    smoke


*** Test Cases ***                FIRST               LAST
Default channels of the client    ${START_CHANNEL}    ${END_CHANNEL}
Full range of the client          1                   ${MAX_CHANNELS}
