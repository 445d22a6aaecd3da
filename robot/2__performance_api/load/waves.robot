*** Settings ***
Documentation    Waves of users who open an investigation at the same moment. At least as many as are required must
...              be served; where it breaks above that is metadata of the case.

Resource         load.resource

Suite Setup      Know The Live And The Historic Load
Test Timeout     ${LOAD_TIMEOUT}
Test Template    Waves Should Be Carried

Test Tags        high


*** Test Cases ***    INVESTIGATIONS    AT LEAST
Live                  ${LIVE}           ${INVESTIGATIONS_AT_ONCE}
Historic              ${HISTORIC}       ${INVESTIGATIONS_AT_ONCE}
