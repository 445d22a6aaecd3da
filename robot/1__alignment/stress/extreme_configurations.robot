*** Settings ***
Documentation    Extreme but valid configurations: each is served or refused properly, and the server
...              still acknowledges and serves a normal configuration afterwards.

Resource         stress.resource

Test Template    Server Should Survive

Test Tags        high    gate    plan


*** Test Cases ***                       VIEW             FIELD                      VALUE
All channels of the client               multichannel     channels                   {"min": 1, "max": ${MAX_CHANNELS}}
Largest NFFT, one channel                singlechannel    nfftSelection              ${NFFT_MAX_SINGLECHANNEL}
Largest NFFT, many channels              multichannel     nfftSelection              ${NFFT_MAX_MULTICHANNEL}
Tall canvas                              multichannel     displayInfo.height         5000
Tiny canvas                              multichannel     displayInfo.height         1
Long display                             multichannel     displayTimeAxisDuration    ${DISPLAY_DURATION * 120}
Short display                            multichannel     displayTimeAxisDuration    1
Narrowest frequency range                multichannel     frequencyRange             {"min": ${FREQUENCY_MIN}, "max": ${NARROW_FREQUENCY}}
All channels of the client, waterfall    waterfall        channels                   {"min": 1, "max": ${MAX_CHANNELS}}
Server stays alive afterwards
    [Template]    NONE
    Server Should Stay Alive
