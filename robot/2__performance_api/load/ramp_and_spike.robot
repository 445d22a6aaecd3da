*** Settings ***
Documentation    Load that grows, and a sudden rush between two calms.

Resource         load.resource

Suite Setup      Know The Live Load
Test Timeout     ${LOAD_TIMEOUT}
Test Template    Server Should Carry

Test Tags        high


*** Test Cases ***    LOAD     INVESTIGATIONS    AT LEAST
Ramp                  ramp     ${LIVE}           ${INVESTIGATIONS_AT_ONCE}
Spike                 spike    ${LIVE}           ${INVESTIGATIONS_AT_ONCE}
