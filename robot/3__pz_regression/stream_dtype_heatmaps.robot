*** Settings ***
Documentation    Frames of the heatmaps view, whose values are wider than those of the other views. Which
...              code the view has is a value of the profile.

Resource         array_streams.resource
Resource         time_ranges.resource

Suite Setup      Prepare For Frames
Test Template    Frames Of The Heatmaps View Should Hold What It Promises

Test Tags        dtype    streams    high    plan


*** Test Cases ***    TIME
Heatmaps, live        live
Heatmaps, historic    historic
