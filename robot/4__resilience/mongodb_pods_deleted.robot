*** Settings ***
Documentation     MongoDB's pods are deleted, and their controller brings new ones: history is served or refused in time
...               meanwhile, everything else goes on, and the server serves history again by itself. Scaling to zero is not
...               offered: nothing in the cluster would end it.

Resource          outage.resource

Suite Setup       Delete Pods Of Dependency    mongodb
Suite Teardown    Put Everything Back
Test Template     Request Should Be Answered

Test Tags         mongodb    high


*** Test Cases ***        REQUEST        STATUS        WITHIN                       NAMES
Served right before the outage
    [Template]    NONE
    Requests Should Have Been Served Before
Historic configuration    [Tags]         gate
                          ${HISTORIC}    200 or 503    ${OUTAGE_REFUSAL}            mongo
Acknowledgement           ${ACK}         200           ${OUTAGE_ACKNOWLEDGEMENT}
Live configuration
    [Template]    NONE
    Live Job Should Be Served    ${LIVE}    ${OUTAGE_UNAFFECTED_ANSWER}
Job that was read before goes on
    [Template]    NONE
    Job That Was Read Before Should Go On
Acknowledgement stays fast all the time
    [Template]    NONE
    Acknowledgement Should Have Stayed Fast
Workload is undisturbed
    [Template]    NONE
    Workload Should Have Stayed Undisturbed
Pods are brought back and the server recovers by itself
    [Template]    NONE
    Server Should Recover    ${HISTORIC}
Every view is served as before
    [Template]    NONE
    Every View Should Be Served As Before
Nothing is left behind
    [Template]    NONE
    Outage Should Have Left Nothing Behind
