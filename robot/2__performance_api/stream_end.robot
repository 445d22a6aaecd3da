*** Settings ***
Documentation    A historic job is played and then ended by the server: UNAVAILABLE with GOAWAY, as it was
...              observed. Anything else (a lost connection, another status, no end) is a failure.
...              Its Jobs, pods and Service go with it, where a cluster is given to look at.

Resource         streams.resource
Resource         time_ranges.resource

Suite Setup      Find A Recorded Time Range
Test Template    Job Should Be Played And Ended

Test Tags        streams    high    gate


*** Test Cases ***     VIEW             MIN                                            MAX
Multichannel           multichannel     ${START_CHANNEL}                               ${END_CHANNEL}
Singlechannel          singlechannel    ${START_CHANNEL}                               ${START_CHANNEL}
Waterfall              waterfall        ${START_CHANNEL}                               ${END_CHANNEL}
Two readers at once    [Template]       Job Should Be Ended For Both Of Its Readers
                       multichannel     ${START_CHANNEL}                               ${END_CHANNEL}
