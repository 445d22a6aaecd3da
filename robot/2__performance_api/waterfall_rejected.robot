*** Settings ***
Documentation    Waterfalls that the server must refuse. What the view forbids beside (frequency range,
...              duration, NFFT) is in view_rules_rejected.robot of phase 1.

Resource         configure.resource

Test Template    Field Should Be Rejected

Test Tags        waterfall    high    gate


*** Test Cases ***             VIEW         FIELD                 VALUE
One channel above the limit    waterfall    channels              {"min": 1, "max": ${MAX_CHANNELS + 1}}
Minimum above maximum          waterfall    channels              {"min": ${START_CHANNEL + 1}, "max": ${START_CHANNEL}}
Minimum is zero                waterfall    channels.min          0
Height is zero                 waterfall    displayInfo.height    0
Height is missing              waterfall    displayInfo.height    missing
NFFT is a string               waterfall    nfftSelection         "1"
Only start                     waterfall    start_time            1
Nothing is left behind
    [Template]    NONE
    Nothing Should Be Left Behind
