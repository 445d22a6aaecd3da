*** Settings ***
Documentation    What an outage promises, before anything is measured in one: it is refused where it must be, it is
...              real where it is claimed, it reaches nothing else, it ends.
...              Self-check: it judges the promises of these tests, not the server.

Resource         outage_safety.resource

Suite Setup      Know The Requests

Test Tags        outage-safety    critical    self-check


*** Test Cases ***
Policy that would admit the traffic is found
    Policy That Admits The Traffic Should Be Found    mongodb

Outage that is claimed is real
    [Tags]    gate
    Outage Should Be Real    mongodb    ${HISTORIC}    mongo

Outage on the server side leaves others alone
    Outage Should Leave Others Alone    mongodb    server    ${LIVE}

Outage on the client side leaves others alone
    Outage Should Leave Others Alone    mongodb    client    ${LIVE}

Outage that is too broad is noticed
    Too Broad An Outage Should Be Noticed    mongodb    rabbitmq

Outage ends by itself
    Outage Should End By Itself    mongodb    ${HISTORIC}

Production refuses an outage
    Production Should Refuse An Outage    mongodb    kefar_saba

Expired outage is swept
    Expired Outage Should Be Swept    mongodb

Second run waits for the first
    Second Run Should Wait For The First    mongodb
