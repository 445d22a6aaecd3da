*** Settings ***
Documentation    NFFT values that the server must refuse.

Resource         nfft.resource

Test Template    NFFT Should Be Rejected

Test Tags        nfft    high    gate


*** Test Cases ***                          VIEW                 NFFT
Not a power of two                          spectrogram views    ${NFFT * 3 // 4}
One above an option                         spectrogram views    ${NFFT + 1}
One below an option                         spectrogram views    ${NFFT - 1}
Zero                                        spectrogram views    0
Negative                                    spectrogram views    ${-${NFFT}}
Twice the limit of the multichannel view    multichannel         ${NFFT_MAX_MULTICHANNEL * 2}
One above the largest option                singlechannel        ${NFFT_MAX_SINGLECHANNEL + 1}
Twice the largest option                    singlechannel        ${NFFT_MAX_SINGLECHANNEL * 2}
Below every option that is written down     spectrogram views    ${NFFT_BELOW_EVERY_OPTION}
A string                                    every view           "${NFFT}"
A boolean                                   every view           true
Not an integer                              every view           ${NFFT + 0.5}
Null, multichannel                          multichannel         null
Null, singlechannel                         singlechannel        null
Missing, multichannel                       multichannel         missing
Missing, singlechannel                      singlechannel        missing
Nothing is left behind
    [Template]    NONE
    Nothing Should Be Left Behind
