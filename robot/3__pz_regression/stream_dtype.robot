*** Settings ***
Documentation    Frames of real jobs hold what their view promises: type, byte order and length of the
...              values, axes, times, and extrema that contain them. The log says what cannot be seen.

Resource         array_streams.resource

Suite Setup      Prepare For Frames
Test Template    Frames Should Hold What The View Promises

Test Tags        dtype    streams    critical    gate    plan


*** Test Cases ***            VIEW             TIME
Multichannel, live            multichannel     live
Multichannel, historic        multichannel     historic
Singlechannel, live           singlechannel    live
Singlechannel, historic       singlechannel    historic
Waterfall, live               waterfall        live
Waterfall, historic           waterfall        historic
Heatmaps, live                [Tags]           -gate
                              [Template]       Frames Of The Heatmaps View Should Hold What It Promises
                              live
Heatmaps, historic            [Tags]           -gate
                              [Template]       Frames Of The Heatmaps View Should Hold What It Promises
                              historic
Whole job, multichannel       [Template]       Values Of A Whole Job Should Come Up To Its Extrema
                              multichannel
Whole job, singlechannel      [Template]       Values Of A Whole Job Should Come Up To Its Extrema
                              singlechannel
Whole job, waterfall          [Template]       Values Of A Whole Job Should Come Up To Its Extrema
                              waterfall
Many frames, multichannel     [Template]       Many Frames Should Hold What The View Promises
                              multichannel
Many frames, singlechannel    [Template]       Many Frames Should Hold What The View Promises
                              singlechannel
Many frames, waterfall        [Template]       Many Frames Should Hold What The View Promises
                              waterfall
