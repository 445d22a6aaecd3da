*** Settings ***
Documentation    A configuration without a channel range is no configuration.

Resource         configure.resource

Test Template    Field Should Be Rejected

Test Tags        channels    high    gate


*** Test Cases ***    VIEW          FIELD       VALUE
Missing               every view    channels    missing
Null                  every view    channels    null
Nothing is left behind
    [Template]    NONE
    Nothing Should Be Left Behind
