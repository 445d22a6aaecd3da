*** Settings ***
Documentation    Every display duration that the client offers is served, with the line time that follows.

Resource         canvas.resource

Test Template    Display Duration Should Be Accepted

Test Tags        canvas    medium


*** Test Cases ***                                         VIEW             SECONDS                     HEIGHT
Shortest                                                   multichannel     ${DISPLAY_DURATIONS}[0]
Longest                                                    multichannel     ${DISPLAY_DURATIONS}[-1]
Height of a window that was made smaller, multichannel     multichannel     ${DISPLAY_DURATIONS}[0]     ${CANVAS_HEIGHT - 7}
Height of a window that was made smaller, singlechannel    singlechannel    ${DISPLAY_DURATIONS}[0]     ${CANVAS_HEIGHT - 7}
Every one, multichannel
    FOR    ${seconds}    IN    @{DISPLAY_DURATIONS}
                                                           multichannel     ${seconds}
    END
Every one, singlechannel
    FOR    ${seconds}    IN    @{DISPLAY_DURATIONS}
                                                           singlechannel    ${seconds}
    END
