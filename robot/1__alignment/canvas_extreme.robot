*** Settings ***
Documentation    Heights and durations for which no upper limit has been agreed: the server may serve
...              or refuse them, but it must do so properly.

Resource         stress.resource

Test Template    Configuration Should Be Served Or Refused Properly

Test Tags        canvas    medium


*** Test Cases ***    VIEW            FIELD                      VALUE
Huge height           multichannel    displayInfo.height         ${CANVAS_HEIGHT * 10**6}
Huge duration         multichannel    displayTimeAxisDuration    ${DISPLAY_DURATION * 10**6}
