*** Settings ***
Documentation    How the formatter leaves a table: one row per case, columns aligned.

Resource         ../../../resources/channels.resource

Test Template    Channel Range Should Be Accepted

Test Tags        channels    gate    PZ-13876


*** Test Cases ***             MIN                 MAX
Default range of the client    ${START_CHANNEL}    ${END_CHANNEL}
All channels                   1                   ${MAX_CHANNELS}
Maximum is a string            1                   "${END_CHANNEL}"
