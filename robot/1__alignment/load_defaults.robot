*** Settings ***
Documentation    What load and stress cases send when nothing is said comes from the client settings.
...              The set-up sends the default load once; the rows look at what went over the wire.
...              Self-check: it judges what these tests send, not the server.

Resource         load_defaults.resource

Suite Setup      Send Default Load Once
Test Template    Default Load Should Have Sent

Test Tags        load-defaults    high    gate    self-check    plan


*** Test Cases ***                  VIEW             FIELD                      VALUE                                                   EVERY
Default channels of the client      multichannel     channels                   {"min": ${START_CHANNEL}, "max": ${END_CHANNEL}}
Full channel range of the client    multichannel     channels                   {"min": 1, "max": ${MAX_CHANNELS}}
One channel                         singlechannel    channels                   {"min": ${START_CHANNEL}, "max": ${START_CHANNEL}}
Frequency range of the client       multichannel     frequencyRange             {"min": ${START_FREQUENCY}, "max": ${END_FREQUENCY}}    every=True
Display duration of the client      multichannel     displayTimeAxisDuration    ${DISPLAY_DURATION}                                     every=True
Canvas height of the client         multichannel     displayInfo.height         ${CANVAS_HEIGHT}                                        every=True
Every NFFT option, multichannel
    FOR    ${nfft}    IN    @{NFFT_MULTICHANNEL}
                                    multichannel     nfftSelection              ${nfft}
    END
Every NFFT option, singlechannel
    FOR    ${nfft}    IN    @{NFFT_SINGLECHANNEL}
                                    singlechannel    nfftSelection              ${nfft}
    END
