*** Settings ***
Documentation    The same load for long. On the sandbox it lasts seconds; for a day: -v SOAK_STEP:4h.

Resource         load.resource

Suite Setup      Know The Live Load
Test Timeout     ${SOAK_TIMEOUT}
Test Template    Server Should Carry For Long

Test Tags        medium


*** Test Cases ***           LOAD      INVESTIGATIONS
All windows of one client    steady    ${LIVE}
For long                     soak      ${LIVE}
