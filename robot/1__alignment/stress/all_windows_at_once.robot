*** Settings ***
Documentation    A client that opens all of its windows at the same moment: every one is served, the server recovers,
...              and nothing is left behind. Growing waves and longer loads are in 2__performance_api/load.

Resource         load.resource

Suite Setup      Know The Live And The Historic Load
Test Timeout     ${LOAD_TIMEOUT}
Test Template    Windows Should Open At Once

Test Tags        load    exclusive    high


*** Test Cases ***    WINDOWS           INVESTIGATIONS
Live                  ${MAX_WINDOWS}    ${LIVE}
Historic              ${MAX_WINDOWS}    ${HISTORIC}
