*** Settings ***
Documentation    One channel, wherever it lies on the fibre: the answer counts it alone and maps it to the one stream.

Resource         channels.resource

Suite Setup      Channels Should Be Known
Test Template    Single Channel Should Be Accepted

Test Tags        channels    view    high    gate


*** Test Cases ***                     CHANNEL
First channel                          1
Default first channel of the client    ${START_CHANNEL}
Same channel again                     ${START_CHANNEL}
Middle channel                         ${HIGHEST_CHANNEL // 2}
Last channel of the fibre              ${HIGHEST_CHANNEL}
