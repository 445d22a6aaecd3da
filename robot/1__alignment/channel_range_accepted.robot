*** Settings ***
Documentation    Channel ranges that the production client may ask for. The response must count
...              exactly these channels and map each of them to a stream.

Resource         channels.resource

Suite Setup      Channels Should Be Known
Test Template    Channel Range Should Be Accepted

Test Tags        channels    critical    plan    gate


*** Test Cases ***                    MIN                   MAX                   TIME
Full range of the client              1                     ${MAX_CHANNELS}
Full range of the client, recorded    1                     ${MAX_CHANNELS}       recorded
Default range of the client           ${START_CHANNEL}      ${END_CHANNEL}
One channel                           ${START_CHANNEL}      ${START_CHANNEL}
Two channels share two streams        ${START_CHANNEL}      ${SECOND_CHANNEL}
Last channel of the fibre             ${HIGHEST_CHANNEL}    ${HIGHEST_CHANNEL}
