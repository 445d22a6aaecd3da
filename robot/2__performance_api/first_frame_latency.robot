*** Settings ***
Documentation    How long a user waits from POST /configure to the first frame of every stream of the job. The limit is
...              that of variables/thresholds.yaml (job to first frame).

Resource         first_frame.resource
Resource         time_ranges.resource

Suite Setup      Find A Recorded Time Range
Test Timeout     ${FIRST_FRAME_TIMEOUT}
Test Template    First Frame Should Arrive In Time

Test Tags        latency    exclusive    streams    high


*** Test Cases ***        VIEW             TIME        MIN                 MAX
Multichannel, live        multichannel     live        ${START_CHANNEL}    ${END_CHANNEL}
Multichannel, historic    multichannel     historic    ${START_CHANNEL}    ${END_CHANNEL}
Singlechannel, live       singlechannel    live        ${START_CHANNEL}    ${START_CHANNEL}
