*** Settings ***
Documentation    Frequency ranges that the production client may ask for. The response must list
...              the frequencies that follow from the range, the NFFT and the pulse repetition rate.

Resource         frequencies.resource

Test Template    Frequency Range Should Be Accepted

Test Tags        frequencies    critical    gate    plan


*** Test Cases ***          MIN                    MAX
Full range of the client    ${FREQUENCY_MIN}       ${FREQUENCY_MAX}
Lower half                  ${FREQUENCY_MIN}       ${MIDDLE_FREQUENCY}
Upper half                  ${MIDDLE_FREQUENCY}    ${FREQUENCY_MAX}
Lowest tenth                ${FREQUENCY_MIN}       ${LOW_FREQUENCY}
