*** Settings ***
Documentation    Several users at the same moment: each gets a job and a port of its own, what ended is
...              free again, and more than the server can do is refused properly. Alone in its run,
...              because it takes the whole job budget.

Resource         together.resource

Test Timeout     5 minutes

Test Tags        exclusive    concurrency    high


*** Variables ***
# More than the server can do; the job budget must have room for so many.
${OVERLOAD}    ${{max(2, $MAX_WINDOWS // 2)}}


*** Test Cases ***
Two configurations get jobs of their own
    Configurations Together Should Get Jobs Of Their Own    2    multichannel

Windows of the client get jobs of their own
    Configurations Together Should Get Jobs Of Their Own    ${MAX_WINDOWS}    multichannel

Waterfalls get jobs of their own
    Configurations Together Should Get Jobs Of Their Own    ${{max(2, $MAX_WINDOWS // 3)}}    waterfall

Recorded windows get jobs of their own
    Recorded Configurations Together Should Get Jobs Of Their Own    ${{max(2, $MAX_WINDOWS // 3)}}    multichannel

The same configuration gets as many jobs
    Configurations Together Should Get Jobs Of Their Own
    ...    ${{max(2, $MAX_WINDOWS // 3)}}
    ...    multichannel
    ...    channels.min=${START_CHANNEL}
    ...    channels.max=${END_CHANNEL}

Slots are free again after the end
    Slots Should Be Free After The End    ${{max(2, $MAX_WINDOWS // 10)}}    singlechannel

Slots are free again after refusals
    Slots Should Be Free After Refusals    ${{max(2, $MAX_WINDOWS // 10)}}    singlechannel

More than the server can do is answered properly
    More Than Can Be Done Should Be Answered Properly    ${OVERLOAD}    multichannel

Acknowledgements together
    Requests Together Should Be Answered Alike    ${MAX_WINDOWS}    /ack

Channels together
    Requests Together Should Be Answered Alike    ${MAX_WINDOWS}    /channels

Live metadata together
    Requests Together Should Be Answered Alike    ${MAX_WINDOWS}    /live_metadata
