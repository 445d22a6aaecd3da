*** Settings ***
Documentation    Nothing above half the pulse repetition rate exists in the data. Decidable where
...              that half lies below the frequency limit of the client.

Resource         frequencies.resource

Test Tags        frequencies    high    gate


*** Test Cases ***
Range above half the pulse repetition rate is rejected
    Range Above Nyquist Should Be Rejected
