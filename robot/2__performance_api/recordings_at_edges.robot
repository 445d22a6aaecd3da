*** Settings ***
Documentation    Which recordings POST /recordings_in_time_range lists for ranges at the edges of a gap between two
...              of them: all that MongoDB holds and that lie in the range, and no other. What only touches a range
...              may be listed or not. BEFORE is the end of the one, AFTER the start of the next (epoch seconds).

Resource         recordings.resource

Suite Setup      Find The Edges Of A Gap
Test Template    Recordings At An Edge Should Be Listed

Test Tags        recordings    high    gate


*** Test Cases ***                               START             END
Ends one second inside the next recording        ${AFTER - 30}     ${AFTER + 1}
Ends at its first instant                        ${AFTER - 30}     ${AFTER}
Ends one second before it                        ${AFTER - 30}     ${AFTER - 1}
Begins one second before its first instant       ${AFTER - 1}      ${AFTER + 30}
Begins one second inside the recording before    ${BEFORE - 1}     ${BEFORE + 30}
Begins at its last instant                       ${BEFORE}         ${BEFORE + 30}
Begins one second after it                       ${BEFORE + 1}     ${BEFORE + 30}
Ends one second after its last instant           ${BEFORE - 30}    ${BEFORE + 1}
Lies in the gap                                  ${BEFORE + 1}     ${AFTER - 1}
Is the gap                                       ${BEFORE}         ${AFTER}
Crosses the gap                                  ${BEFORE - 1}     ${AFTER + 1}
