*** Settings ***
Documentation    What a load that is laid on sends when nothing is said: the client's own settings. The set-up sends
...              the default load in one wave; the rows look at what was handed to the sampler.
...              Self-check: it judges what these tests send, not the server.

Resource         load.resource

Suite Setup      Send The Default Load At Once
Test Template    Default Load Should Send

Test Tags        load-defaults    high    self-check


*** Test Cases ***                  VIEW             FIELD             VALUE                                                   EVERY
Default channels of the client      multichannel     channels          {"min": ${START_CHANNEL}, "max": ${END_CHANNEL}}
Full channel range of the client    multichannel     channels          {"min": 1, "max": ${MAX_CHANNELS}}
Frequency range of the client       multichannel     frequencyRange    {"min": ${START_FREQUENCY}, "max": ${END_FREQUENCY}}    every=True
Every NFFT option, multichannel
    FOR    ${nfft}    IN    @{NFFT_MULTICHANNEL}
                                    multichannel     nfftSelection     ${nfft}
    END
Every NFFT option, singlechannel
    FOR    ${nfft}    IN    @{NFFT_SINGLECHANNEL}
                                    singlechannel    nfftSelection     ${nfft}
    END
