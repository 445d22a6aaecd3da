*** Settings ***
Documentation    What the message broker holds: the product's one exchange, and a queue of a job for as long as the
...              job lives. AMQP lists nothing, so that there is no other exchange is not looked at.

Resource         broker.resource

Suite Setup      Find A Recorded Time Range

Test Tags        broker    medium


*** Test Cases ***
Exchange of the product is there
    Exchange Should Be There    ${BROKER_EXCHANGE}

Queue of a live job goes with it
    Queue Of A Live Job Should Go With It

Historic job leaves no queue behind
    Historic Job Should Leave No Queue Behind
