*** Settings ***
Documentation    Load whose investigations are read, as clients do: streams deliver first frames in time and do not stall.

Resource         load.resource

Suite Setup      Know Live And Historic In Turn
Test Timeout     ${LOAD_TIMEOUT}
Test Template    Readers Should Be Carried

Test Tags        high    streams    PZ-14803    PZ-15235


*** Test Cases ***           LOAD            INVESTIGATIONS
Live and historic, read      read_waves      ${LIVE_AND_HISTORIC}
Live, read slowly            slow_readers    ${LIVE}
