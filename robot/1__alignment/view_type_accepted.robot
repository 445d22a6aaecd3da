*** Settings ***
Documentation    The three views of the client: "0" multichannel, "1" singlechannel, "2" waterfall.

Resource         views.resource

Test Template    View Should Be Accepted

Test Tags        view    critical    gate


*** Test Cases ***    VIEW
Multichannel          multichannel
Singlechannel         singlechannel
Waterfall             waterfall
