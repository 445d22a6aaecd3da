*** Settings ***
Documentation    NFFT values that the server must refuse.

Resource         nfft.resource

Test Template    NFFT Should Be Rejected

Test Tags        nfft    high    gate


*** Test Cases ***                          VIEW             NFFT
Not a power of two                          multichannel     ${NFFT - 24}
Not a power of two, singlechannel           singlechannel    ${NFFT - 24}
Zero                                        multichannel     0
Negative                                    multichannel     ${-${NFFT}}
Twice the limit of the multichannel view    multichannel     ${NFFT_MAX_MULTICHANNEL * 2}
One above the largest option                singlechannel    ${NFFT_MAX_SINGLECHANNEL + 1}
Twice the largest option                    singlechannel    ${NFFT_MAX_SINGLECHANNEL * 2}
Below every option that is written down     multichannel     ${NFFT_BELOW_EVERY_OPTION}
A string                                    multichannel     "${NFFT}"
A boolean                                   waterfall        true
Not an integer                              multichannel     ${NFFT + 0.5}
Null, multichannel                          multichannel     null
Null, singlechannel                         singlechannel    null
Missing, multichannel                       multichannel     missing
Missing, singlechannel                      singlechannel    missing
Nothing is left behind
    [Template]    NONE
    Nothing Should Be Left Behind
