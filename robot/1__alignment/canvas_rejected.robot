*** Settings ***
Documentation    Canvas heights and display durations that the server must refuse.

Resource         configure.resource

Test Template    Field Should Be Rejected

Test Tags        canvas    medium    gate


*** Test Cases ***            VIEW            FIELD                      VALUE
Height is zero                multichannel    displayInfo.height         0
Height is negative            multichannel    displayInfo.height         -100
Height is null                multichannel    displayInfo.height         null
Height is missing             multichannel    displayInfo.height         missing
Height is a string            multichannel    displayInfo.height         "${CANVAS_HEIGHT}"
Height is not an integer      multichannel    displayInfo.height         1.5
Height is a boolean           multichannel    displayInfo.height         true
Display info is missing       multichannel    displayInfo                missing
Display info is null          multichannel    displayInfo                null
Duration is zero              multichannel    displayTimeAxisDuration    0
Duration is negative          multichannel    displayTimeAxisDuration    -1
Duration is null              multichannel    displayTimeAxisDuration    null
Duration is missing           multichannel    displayTimeAxisDuration    missing
Duration is a string          multichannel    displayTimeAxisDuration    "${DISPLAY_DURATION}"
Duration is not an integer    multichannel    displayTimeAxisDuration    1.5
Duration is a boolean         multichannel    displayTimeAxisDuration    true
Nothing is left behind
    [Template]    NONE
    Nothing Should Be Left Behind
