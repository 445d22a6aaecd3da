*** Settings ***
Documentation    A table.

Resource         channels.resource
Resource         nfft.resource

Test Template    Channel Range Should Be Rejected

Test Tags        channels


*** Test Cases ***    MIN    MAX
Minimum is zero       0      ${END_CHANNEL}
