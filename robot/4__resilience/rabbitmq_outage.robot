*** Settings ***
Documentation     Nobody reaches RabbitMQ: a NetworkPolicy on its pods, and the server's open connections are broken. A live
...               configuration is refused by the name of what is away, and starts nothing.

Resource          broker.resource
Resource          outage.resource

Suite Setup       Cut Dependency Off    rabbitmq    server
Suite Teardown    Put Everything Back
Test Template     Request Should Be Answered

Test Tags         rabbitmq    high


*** Test Cases ***            REQUEST          STATUS                   WITHIN                         NAMES
Served right before the outage
    [Template]    NONE
    Requests Should Have Been Served Before
Live configuration
    [Tags]    gate
    [Template]    NONE
    Live Request Should Be Answered    ${LIVE}    502 or 503    ${OUTAGE_REFUSAL}    rabbit
Live configuration again
    [Template]    NONE
    Live Request Should Be Answered    ${LIVE}    502 or 503    ${OUTAGE_REFUSAL}    rabbit
Recordings of a time range    ${RECORDINGS}    200                      ${OUTAGE_UNAFFECTED_ANSWER}
Metadata of an unknown job    ${METADATA}      ${UNKNOWN_JOB_STATUS}    ${OUTAGE_UNAFFECTED_ANSWER}
Channels                      ${CHANNELS}      200                      ${OUTAGE_UNAFFECTED_ANSWER}
All others at once            ${OTHERS}        200                      ${OUTAGE_UNAFFECTED_ANSWER}
Acknowledgement               ${ACK}           200                      ${OUTAGE_ACKNOWLEDGEMENT}
Live metadata
    [Template]    NONE
    Live Metadata Should Be As Before    ${OUTAGE_UNAFFECTED_ANSWER}
Historic jobs
    [Template]    NONE
    Historic Jobs Should Be Served    ${HISTORIC}    ${OUTAGE_UNAFFECTED_ANSWER}
Acknowledgement stays fast all the time
    [Template]    NONE
    Acknowledgement Should Have Stayed Fast
Workload is undisturbed
    [Template]    NONE
    Workload Should Have Stayed Undisturbed
Server recovers by itself
    [Template]    NONE
    Server Should Recover For Live    ${LIVE}
Every view is served as before
    [Template]    NONE
    Every View Should Be Served As Before
Broker is as before
    [Template]    NONE
    Broker Should Be As Before
Nothing is left behind
    [Template]    NONE
    Outage Should Have Left Nothing Behind
