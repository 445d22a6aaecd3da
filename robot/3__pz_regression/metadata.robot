*** Settings ***
Documentation    What recordings and the fibre say of themselves fits together: layers, numbers, dtype. The
...              same is asked of the answer to a configuration, of MongoDB and of /live_metadata.

Resource         metadata.resource

Suite Setup      Use Arrays Of The Profile
Test Template    Metadata Of The Source Should Satisfy

Test Tags        metadata    dtype    high    gate    plan


*** Test Cases ***                              SOURCE           RULE
Answer is the recording's, multichannel         [Tags]           -gate
                                                [Template]       Metadata Of The Answer Should Be That Of The Recording
                                                multichannel
Answer is the recording's, singlechannel        [Tags]           -gate
                                                [Template]       Metadata Of The Answer Should Be That Of The Recording
                                                singlechannel
Answer is the recording's, waterfall            [Tags]           -gate
                                                [Template]       Metadata Of The Answer Should Be That Of The Recording
                                                waterfall
Answers are their recordings', of any age       [Tags]           -gate
                                                [Template]       Metadata Of Answers Should Be Those Of Their Recordings
                                                singlechannel    6
Job: layers are in order                        configure        layers in order
Job: one leaf describes the recording           configure        one leaf
Job: numbers are numbers                        configure        numbers
Job: samples are length by dx                   configure        samples fit
Job: gauge is a multiple of dx                  configure        gauge fits
Job: pulses have a rate                         configure        prr above zero
Job: dtype is the agreed one                    configure        dtype as agreed
Job: no null among numbers                      configure        no null
Recordings: layers are in order                 recordings       layers in order
Recordings: one leaf describes the recording    recordings       one leaf
Recordings: numbers are numbers                 recordings       numbers
Recordings: samples are length by dx            recordings       samples fit
Recordings: gauge is a multiple of dx           recordings       gauge fits
Recordings: pulses have a rate                  recordings       prr above zero
Recordings: dtype is the agreed one             recordings       dtype as agreed
Recordings: no null among numbers               recordings       no null
Fibre: numbers are numbers                      live             numbers
Fibre: pulses have a rate                       live             prr above zero
Fibre: channels are a whole number              live             whole channels
Fibre: as it is recorded now    [Tags]    -gate
    [Template]    NONE
    Fibre Should Be As It Is Recorded Now
Frequencies hold no null, multichannel          [Template]       Answer Should Hold No Null Among Numbers
                                                multichannel
Frequencies hold no null, singlechannel         [Template]       Answer Should Hold No Null Among Numbers
                                                singlechannel
