*** Settings ***
Documentation    The three views of the client: "0" multichannel, "1" singlechannel, "2" waterfall.

Resource         views.resource

Test Template    View Should Be Accepted

Test Tags        view    critical    gate    PZ-13873    PZ-13878    PZ-13557    PZ-13238    PZ-13861


*** Test Cases ***    VIEW
Multichannel          multichannel
Singlechannel         singlechannel
Waterfall             waterfall
