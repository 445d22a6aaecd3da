*** Settings ***
Documentation    Rules that a view sets for the other fields.

Resource         configure.resource

Test Template    Field Should Be Rejected

Test Tags        view    high    gate


*** Test Cases ***                        VIEW             FIELD                      VALUE
Singlechannel with a range of channels    singlechannel    channels                   {"min": ${START_CHANNEL}, "max": ${START_CHANNEL + 1}}
Singlechannel with two channels           singlechannel    channels                   {"min": 1, "max": 2}
Waterfall with a frequency range          waterfall        frequencyRange             {"min": ${START_FREQUENCY}, "max": ${END_FREQUENCY}}
Waterfall with a display duration         waterfall        displayTimeAxisDuration    ${DISPLAY_DURATION}
Waterfall with an NFFT                    waterfall        nfftSelection              ${NFFT}
Nothing is left behind
    [Template]    NONE
    Nothing Should Be Left Behind
