*** Settings ***
Documentation    Every NFFT option of the client settings that the view allows, with the spectral
...              numbers of each response checked.

Resource         nfft.resource

Test Template    NFFT Should Be Accepted

Test Tags        nfft    critical    gate


*** Test Cases ***                         VIEW             NFFT                         TIME
Default of the client, multichannel        multichannel     ${NFFT}
Default of the client, singlechannel       singlechannel    ${NFFT}
Smallest option, multichannel              multichannel     ${NFFT_MULTICHANNEL}[0]
Largest option, multichannel               multichannel     ${NFFT_MULTICHANNEL}[-1]
Smallest option, singlechannel             singlechannel    ${NFFT_SINGLECHANNEL}[0]
Largest option, singlechannel              singlechannel    ${NFFT_SINGLECHANNEL}[-1]
Largest option, multichannel, recorded     multichannel     ${NFFT_MULTICHANNEL}[-1]     recorded
Largest option, singlechannel, recorded    singlechannel    ${NFFT_SINGLECHANNEL}[-1]    recorded
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
