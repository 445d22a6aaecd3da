*** Settings ***
Documentation    The fibre is ready, half-ready or waited for. Each case judges the state that it finds:
...              no run can bring one about, the proof does.

Resource         configure.resource

Test Tags        live-metadata    high    gate


*** Test Cases ***
State of the fibre is told without contradiction
    Fibre State Should Be Consistent

Live multichannel request is answered as the state says
    Live Configuration Should Follow The State    multichannel

Live singlechannel request is answered as the state says
    Live Configuration Should Follow The State    singlechannel

Live waterfall request is answered as the state says
    Live Configuration Should Follow The State    waterfall

Historic request is served in any state
    ${range}=    Get Recorded Time Range    duration=1 minute
    Configuration Should Be Accepted    multichannel    time_range=${range}
