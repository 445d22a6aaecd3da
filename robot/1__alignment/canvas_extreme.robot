*** Settings ***
Documentation    Heights and durations for which no upper limit has been agreed: the server may serve
...              or refuse them, but it must do so properly, and a limit that it tells must be true.

Resource         configure.resource

Test Template    Told Limit Should Hold Everywhere

Test Tags        canvas    medium


*** Test Cases ***    VIEW                 FIELD                      VALUE
Huge height           every view           displayInfo.height         ${CANVAS_HEIGHT * 10**6}
Huge duration         spectrogram views    displayTimeAxisDuration    ${DISPLAY_DURATION * 10**6}
