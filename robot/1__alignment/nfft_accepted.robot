*** Settings ***
Documentation    Every NFFT option of the client settings that the view allows, with the spectral
...              numbers of each response checked. Where windows overlap by less than half, the server
...              computes with twice the NFFT (of the largest it is not known whether it does).

Resource         nfft.resource

Test Template    NFFT Should Be Accepted

Test Tags        nfft    critical    gate


*** Test Cases ***                         VIEW             NFFT                         TIME        OVERLAP
Default of the client, multichannel        multichannel     ${NFFT}
Default of the client, singlechannel       singlechannel    ${NFFT}
Smallest option, multichannel              multichannel     ${NFFT_MULTICHANNEL}[0]
Largest option, multichannel               multichannel     ${NFFT_MULTICHANNEL}[-1]
Smallest option, singlechannel             singlechannel    ${NFFT_SINGLECHANNEL}[0]
Largest option, singlechannel              singlechannel    ${NFFT_SINGLECHANNEL}[-1]
Largest option, multichannel, recorded     multichannel     ${NFFT_MULTICHANNEL}[-1]     recorded
Largest option, singlechannel, recorded    singlechannel    ${NFFT_SINGLECHANNEL}[-1]    recorded
Least overlap of windows, multichannel     multichannel     ${NFFT}                      live        0.5
Least overlap of windows, singlechannel    singlechannel    ${NFFT}                      live        0.5
Every option, multichannel
    FOR    ${nfft}    IN    @{NFFT_MULTICHANNEL}
                                           multichannel     ${nfft}
    END
Every option, singlechannel
    FOR    ${nfft}    IN    @{NFFT_SINGLECHANNEL}
                                           singlechannel    ${nfft}
    END
Every option, multichannel, recorded
    FOR    ${nfft}    IN    @{NFFT_MULTICHANNEL}
                                           multichannel     ${nfft}                      recorded
    END
Every option, singlechannel, recorded
    FOR    ${nfft}    IN    @{NFFT_SINGLECHANNEL}
                                           singlechannel    ${nfft}                      recorded
    END
Every option, overlap too small, multichannel
    FOR    ${nfft}    IN    @{NFFT_MULTICHANNEL}
                                           multichannel     ${nfft}                      live        0.25
                                           multichannel     ${nfft}                      recorded    0.25
    END
Every option, overlap too small, singlechannel
    FOR    ${nfft}    IN    @{NFFT_SINGLECHANNEL}[:-1]
                                           singlechannel    ${nfft}                      live        0.25
                                           singlechannel    ${nfft}                      recorded    0.25
    END
