*** Settings ***
Documentation    Jobs really stream: every stream of a job delivers frames of the channels that it was
...              configured with, in sequence. What the values mean is judged in phase 3.

Resource         streams.resource
Resource         time_ranges.resource

Suite Setup      Find A Recorded Time Range
Test Template    Job Should Stream What Was Configured

Test Tags        streams    critical    gate


*** Test Cases ***                   VIEW             TIME                                                MIN                 MAX
Multichannel, live                   multichannel     live                                                ${START_CHANNEL}    ${END_CHANNEL}
Multichannel, historic               multichannel     historic                                            ${START_CHANNEL}    ${END_CHANNEL}
Singlechannel, live                  singlechannel    live                                                ${START_CHANNEL}    ${START_CHANNEL}
Singlechannel, historic              singlechannel    historic                                            ${START_CHANNEL}    ${START_CHANNEL}
Waterfall, live                      waterfall        live                                                ${START_CHANNEL}    ${END_CHANNEL}
Waterfall, historic                  waterfall        historic                                            ${START_CHANNEL}    ${END_CHANNEL}
All channels of the client, live     multichannel     live                                                1                   ${MAX_CHANNELS}
Two channels in two streams, live    multichannel     live                                                ${START_CHANNEL}    ${SECOND_CHANNEL}
One channel, multichannel            multichannel     live                                                ${START_CHANNEL}    ${START_CHANNEL}
One channel, waterfall               waterfall        live                                                ${START_CHANNEL}    ${START_CHANNEL}
Live job is read for long            [Timeout]        5 minutes
                                     [Template]       Live Job Should Stream As Long As It Is Read
                                     singlechannel    ${START_CHANNEL}                                    ${START_CHANNEL}
Live job is read again               [Template]       Live Job Should Stream Again For Its Next Reader
                                     multichannel     ${START_CHANNEL}                                    ${END_CHANNEL}
Historic job is read again           [Template]       Historic Job Should Not Be Played Again
                                     multichannel     ${START_CHANNEL}                                    ${END_CHANNEL}
Live job is read by two at once      [Template]       Live Job Should Stream To Two Readers At Once
                                     multichannel     ${START_CHANNEL}                                    ${END_CHANNEL}
Streams that there are not           [Template]       Job Should Refuse Streams That It Does Not Have
                                     multichannel     ${START_CHANNEL}                                    ${END_CHANNEL}
