*** Settings ***
Documentation    The spectrogram views need a frequency range.

Resource         configure.resource

Test Template    Field Should Be Rejected

Test Tags        frequencies    high    gate


*** Test Cases ***        VIEW             FIELD             VALUE
Multichannel, missing     multichannel     frequencyRange    missing
Multichannel, null        multichannel     frequencyRange    null
Singlechannel, missing    singlechannel    frequencyRange    missing
Singlechannel, null       singlechannel    frequencyRange    null
Nothing is left behind
    [Template]    NONE
    Nothing Should Be Left Behind
