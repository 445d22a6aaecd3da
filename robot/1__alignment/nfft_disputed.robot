*** Settings ***
Documentation    NFFT values of the multichannel view that one document offers and the client does not: the
...              server may serve or refuse them, but it must do so properly (multichannel_nfft_min).

Resource         stress.resource

Test Template    Configuration Should Be Served Or Refused Properly

Test Tags        nfft    medium


*** Test Cases ***    VIEW            FIELD            VALUE
Every option below the client's own
    FOR    ${nfft}    IN    @{NFFT_DISPUTED}
                      multichannel    nfftSelection    ${nfft}
    END
