*** Settings ***
Documentation     MongoDB answers late. The server serves history in time or refuses it in time, and nothing else
...               waits for MongoDB.

Resource          outage.resource

Suite Setup       Disturb Dependency    mongodb    latency    ${SLOW_MS}
Suite Teardown    Put Everything Back
Test Template     Request Should Be Answered

Test Tags         mongodb    high


*** Variables ***
# Later than GET /ack may be, and early enough for a historic answer, which takes a few round trips.
${SLOW_MS}    1500


*** Test Cases ***        REQUEST        STATUS        WITHIN                       NAMES
Served right before the outage
    [Template]    NONE
    Requests Should Have Been Served Before
Historic configuration    [Tags]         gate
                          ${HISTORIC}    200 or 503    ${OUTAGE_REFUSAL}
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
Server recovers by itself
    [Template]    NONE
    Server Should Recover    ${HISTORIC}
Every view is served as before
    [Template]    NONE
    Every View Should Be Served As Before
Nothing is left behind
    [Template]    NONE
    Outage Should Have Left Nothing Behind
