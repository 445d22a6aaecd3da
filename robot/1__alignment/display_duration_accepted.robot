*** Settings ***
Documentation    Every display duration that the client offers is served, with the line time that follows.

Resource         canvas.resource

Test Template    Display Duration Should Be Accepted

Test Tags        canvas    medium


*** Test Cases ***    VIEW             SECONDS
Shortest              multichannel     ${DISPLAY_DURATIONS}[0]
Longest               multichannel     ${DISPLAY_DURATIONS}[-1]
Every one, multichannel
    FOR    ${seconds}    IN    @{DISPLAY_DURATIONS}
                      multichannel     ${seconds}
    END
Every one, singlechannel
    FOR    ${seconds}    IN    @{DISPLAY_DURATIONS}
                      singlechannel    ${seconds}
    END
