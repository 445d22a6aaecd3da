*** Settings ***
Documentation    A configuration without a channel range is no configuration.

Resource         configure.resource

Test Template    Field Should Be Rejected

Test Tags        channels    high    gate


*** Test Cases ***        VIEW             FIELD       VALUE
Multichannel, missing     multichannel     channels    missing
Multichannel, null        multichannel     channels    null
Singlechannel, missing    singlechannel    channels    missing
Waterfall, missing        waterfall        channels    missing
Nothing is left behind
    [Template]    NONE
    Nothing Should Be Left Behind
