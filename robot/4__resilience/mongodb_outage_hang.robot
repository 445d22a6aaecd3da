*** Settings ***
Documentation     Connections to MongoDB stay open, and nothing is answered on them: only a time limit of the server helps.

Resource          outage.resource

Suite Setup       Disturb Dependency    mongodb    hang
Suite Teardown    Put Everything Back
Test Template     Request Should Be Answered

Test Tags         mongodb    high    PZ-13603    PZ-13604    PZ-13640


*** Test Cases ***        REQUEST        STATUS    WITHIN                       NAMES
Historic configuration    ${HISTORIC}    503       ${OUTAGE_REFUSAL}            mongo
Acknowledgement           ${ACK}         200       ${OUTAGE_ACKNOWLEDGEMENT}
Live configuration
    [Template]    NONE
    Live Request Should Be Answered    ${LIVE}    200    ${OUTAGE_UNAFFECTED_ANSWER}
Acknowledgement stays fast all the time
    [Template]    NONE
    Acknowledgement Should Have Stayed Fast
Nothing is left behind
    [Template]    NONE
    Outage Should Have Left Nothing Behind
Workload is undisturbed
    [Template]    NONE
    Workload Should Have Stayed Undisturbed
Server recovers by itself
    [Template]    NONE
    Server Should Recover    ${HISTORIC}
