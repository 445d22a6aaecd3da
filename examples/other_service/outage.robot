*** Settings ***
Documentation     Without its database the shop goes on answering.

Library           OutageLibrary    base_url=${SHOP}    namespace=${NAMESPACE}    server=${PODS}
...               dependencies=${CURDIR}/dependencies.yaml    allow=['disruptive']

Test Tags         disruptive    exclusive


*** Variables ***
${SHOP}           http://127.0.0.1:8080
${NAMESPACE}      shop
${PODS}           app=shop


*** Test Cases ***
The Database Is Away And Comes Back
    ${outage} =    Start Outage    database    ttl=30 s
    Outage Should Be Effective    ${outage}
    Stop Outage    ${outage}
    Dependency Should Be Reachable    database
