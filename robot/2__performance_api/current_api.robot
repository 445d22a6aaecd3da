*** Settings ***
Documentation    The endpoints of today that only tell something, beyond the shape of their answers
...              (phase 1 checks that). Other files judge metadata, live state and recordings.

Resource         api.resource

Test Tags        endpoints    high    gate    plan


*** Test Cases ***
Channels stay the same
    Answer Should Stay The Same    GET /channels    Get Channels    50

Fibre stays the same
    Answer Should Stay The Same    GET /live_metadata    Get Live Metadata    50

Channels and fibre stay the same while jobs run
    Answers Should Stay The Same While Jobs Run

Timeline of the recordings is a page
    Page Should Be Served    /get_recordings_timeline    <html

Documentation of the API is a page
    Page Should Be Served    /docs    openapi.json
