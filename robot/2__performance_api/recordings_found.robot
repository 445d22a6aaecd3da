*** Settings ***
Documentation    POST /recordings_in_time_range lists the recordings of a range, in either of the two
...              shapes that are documented. Epoch seconds.

Resource         recordings.resource

Suite Setup      Note The Time

Test Tags        recordings    high    gate


*** Test Cases ***
Last week
    Recordings Of The Last Days Should Lie There    7

Last year
    Recordings Of The Last Days Should Lie There    366

None is left out
    All Recordings Of The Last Days Should Be Listed    28

None is left out of ranges of any length
    Recordings Of Ranges Of Every Length Should Be Listed

Minute inside a recording
    Recorded Range Should Be Found    1 minute

Second inside a recording
    Recorded Range Should Be Found    1 second

Instant inside a recording
    Recorded Range Should Be Found    0 seconds

Minute inside the recording that goes on
    Recording That Goes On Should Be Listed    1 minute

Range that ends tomorrow
    Recordings At An Edge Should Be Listed    ${NOW - ${DAY}}    ${NOW + ${DAY}}

Hour that lies ahead
    Recordings Should Lie In Time Range    ${NOW + ${DAY}}    ${NOW + ${DAY} + 3600}

First day of 1971
    No Recording Should Lie There    ${365 * ${DAY}}    ${366 * ${DAY}}

Listed recordings can be played
    Recordings Of The Day Before Should Be Playable

Deleted recording is not played
    Hidden Recording Should Not Be Played    deleted

Recording of an archived base path is not played
    Hidden Recording Should Not Be Played    archived
