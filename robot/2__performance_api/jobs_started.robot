*** Settings ***
Documentation    An accepted configuration makes a job of the cluster that does what was asked: its Jobs, their
...              pods and its Service are there, and its command repeats the request.

Resource         jobs_started.resource
Resource         time_ranges.resource

Suite Setup      Find A Recorded Time Range
Test Template    Job Should Be Made As Asked

Test Tags        jobs    high    gate


*** Test Cases ***         VIEW             TIME
Multichannel, live         multichannel     live
Multichannel, recorded     multichannel     historic
Singlechannel, live        singlechannel    live
Singlechannel, recorded    singlechannel    historic
Waterfall, live            waterfall        live
Waterfall, recorded        waterfall        historic
