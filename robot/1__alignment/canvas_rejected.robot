*** Settings ***
Documentation    Canvas heights and display durations that the server must refuse.

Resource         configure.resource

Test Template    Field Should Be Rejected

Test Tags        canvas    medium    gate


*** Test Cases ***            VIEW                 FIELD                      VALUE
Height is zero                every view           displayInfo.height         0
Height is negative            every view           displayInfo.height         -100
Height is null                every view           displayInfo.height         null
Height is missing             every view           displayInfo.height         missing
Height is a string            every view           displayInfo.height         "${CANVAS_HEIGHT}"
Height is not an integer      every view           displayInfo.height         1.5
Height is a boolean           every view           displayInfo.height         true
Display info is missing       every view           displayInfo                missing
Display info is null          every view           displayInfo                null
Duration is zero              spectrogram views    displayTimeAxisDuration    0
Duration is negative          spectrogram views    displayTimeAxisDuration    -1
Duration is null              spectrogram views    displayTimeAxisDuration    null
Duration is missing           spectrogram views    displayTimeAxisDuration    missing
Duration is a string          every view           displayTimeAxisDuration    "${DISPLAY_DURATION}"
Duration is not an integer    every view           displayTimeAxisDuration    1.5
Duration is a boolean         every view           displayTimeAxisDuration    true
Height and channels are strings
    [Template]    NONE
    Two Strings Should Be Rejected
Nothing is left behind
    [Template]    NONE
    Nothing Should Be Left Behind
