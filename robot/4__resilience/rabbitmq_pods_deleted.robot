*** Settings ***
Documentation     RabbitMQ's pods are deleted, and their controller brings new ones: a live job is served or refused in time
...               meanwhile, everything else goes on, and the server serves live again by itself. Scaling to zero is not
...               offered: nothing in the cluster would end it.

Resource          broker.resource
Resource          outage.resource

Suite Setup       Delete Pods Of Dependency    rabbitmq
Suite Teardown    Put Everything Back
Test Template     Request Should Be Answered

Test Tags         rabbitmq    high


*** Test Cases ***    REQUEST    STATUS    WITHIN                       NAMES
Served right before the outage
    [Template]    NONE
    Requests Should Have Been Served Before
Acknowledgement       ${ACK}     200       ${OUTAGE_ACKNOWLEDGEMENT}
Live configuration
    [Tags]    gate
    [Template]    NONE
    Live Request Should Be Answered    ${LIVE}    200 or 502 or 503    ${OUTAGE_REFUSAL}    rabbit
Historic jobs
    [Template]    NONE
    Historic Jobs Should Be Served    ${HISTORIC}    ${OUTAGE_UNAFFECTED_ANSWER}
Acknowledgement stays fast all the time
    [Template]    NONE
    Acknowledgement Should Have Stayed Fast
Workload is undisturbed
    [Template]    NONE
    Workload Should Have Stayed Undisturbed
Pods are brought back and the server recovers by itself
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
