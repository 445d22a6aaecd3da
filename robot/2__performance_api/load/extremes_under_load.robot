*** Settings ***
Documentation    Extreme but valid configurations among a steady load of usual ones: all are served, and the server
...              recovers. One at a time they are in 1__alignment/stress.

Resource         load.resource

Test Timeout     ${LOAD_TIMEOUT}
Test Template    Extreme Should Be Carried

Test Tags        high    stress


*** Test Cases ***            VIEW             FIELD            VALUE
All channels of the client    multichannel     channels         {"min": 1, "max": ${MAX_CHANNELS}}
Largest NFFT, one channel     singlechannel    nfftSelection    ${NFFT_MAX_SINGLECHANNEL}
