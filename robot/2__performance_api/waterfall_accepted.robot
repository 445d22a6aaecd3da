*** Settings ***
Documentation    On today's API the waterfall is POST /configure with view "2" and the stream of its job:
...              there is no waterfall endpoint (future_api.robot probes the specified one). It shows
...              amplitudes over time, so it has no frequency range, no display duration and NFFT 1.
...              What its frequencies and line time must be was never observed: only their types are
...              judged, with the channels and their streams.

Resource         time_ranges.resource
Resource         waterfall.resource

Suite Setup      Find A Recorded Time Range

Test Tags        waterfall    high    gate


*** Test Cases ***
One channel
    Waterfall Should Be Accepted    channels={"min": ${START_CHANNEL}, "max": ${START_CHANNEL}}

Two channels
    Waterfall Should Be Accepted    channels={"min": ${START_CHANNEL}, "max": ${SECOND_CHANNEL}}

Optional fields are null
    Waterfall Should Be Accepted    displayTimeAxisDuration=null    frequencyRange=null    nfftSelection=null

Optional fields are missing
    Waterfall Should Be Accepted    nfftSelection=missing    start_time=missing    end_time=missing

Recorded range
    Waterfall Should Be Accepted    start_time=${RECORDED_START}    end_time=${RECORDED_END}

Canvas of one line
    Waterfall Should Be Accepted    displayInfo.height=1
