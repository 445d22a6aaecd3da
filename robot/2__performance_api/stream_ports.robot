*** Settings ***
Documentation    Ports and names of jobs that stream: a port is freed at the end, the next job is not served
...              frames of the last one, and a job that is read is known by its metadata.

Resource         streams.resource
Resource         time_ranges.resource

Suite Setup      Find A Recorded Time Range

Test Tags        streams    high    gate


*** Test Cases ***
Port is freed at the end of a multichannel job
    Port Should Be Freed At The End    multichannel    ${START_CHANNEL}    ${END_CHANNEL}

Port is freed at the end of a singlechannel job
    Port Should Be Freed At The End    singlechannel    ${START_CHANNEL}    ${START_CHANNEL}

Next job is not served frames of the last
    Next Job Should Not Be Served Frames Of The Last    singlechannel    ${END_CHANNEL}    ${END_CHANNEL}

Job that is read is known by its metadata
    Metadata Should Be Known Of Each Job That Is Read    multichannel    ${START_CHANNEL}    ${END_CHANNEL}

Job that is played is known by its metadata
    Metadata Should Be Known Of A Job That Is Played    multichannel    ${START_CHANNEL}    ${END_CHANNEL}

Job that one of two readers has left is known by its metadata
    Metadata Should Be Known Of A Job That One Of Two Has Left    multichannel    ${START_CHANNEL}    ${END_CHANNEL}

Job that was played is unknown after its end
    Metadata Should Be Unknown Of A Job That Was Played    singlechannel    ${START_CHANNEL}    ${START_CHANNEL}
