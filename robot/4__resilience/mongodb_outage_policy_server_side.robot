*** Settings ***
Documentation     Nobody reaches MongoDB: a NetworkPolicy on its pods, and the server's open connections are broken.
...               History is refused in time by the name of what is away, and everything else goes on.

Resource          outage.resource

Suite Setup       Cut Dependency Off    mongodb    server
Suite Teardown    Put Everything Back
Test Template     Request Should Be Answered

Test Tags         mongodb    critical    plan


*** Test Cases ***              REQUEST          STATUS                   WITHIN                         NAMES
Served right before the outage
    [Template]    NONE
    Requests Should Have Been Served Before
Historic configuration          [Tags]           gate
                                ${HISTORIC}      503                      ${OUTAGE_REFUSAL}              mongo
Recordings of a time range      ${RECORDINGS}    503                      ${OUTAGE_REFUSAL}              mongo
Historic configuration again    ${HISTORIC}      503                      ${OUTAGE_REFUSAL}              mongo
Metadata of an unknown job      ${METADATA}      ${UNKNOWN_JOB_STATUS}    ${OUTAGE_UNAFFECTED_ANSWER}
Channels                        ${CHANNELS}      200                      ${OUTAGE_UNAFFECTED_ANSWER}
All others at once              ${OTHERS}        200                      ${OUTAGE_UNAFFECTED_ANSWER}
Acknowledgement                 ${ACK}           200                      ${OUTAGE_ACKNOWLEDGEMENT}
Live configuration
    [Template]    NONE
    Live Job Should Be Served    ${LIVE}    ${OUTAGE_UNAFFECTED_ANSWER}
Live metadata
    [Template]    NONE
    Live Metadata Should Be As Before    ${OUTAGE_UNAFFECTED_ANSWER}
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
