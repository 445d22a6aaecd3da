*** Settings ***
Documentation    Does the limit of the client bound the channel number too, or the count alone?
...              `channel_limit_bounds_number` in variables/requirements.yaml decides; while it is
...              open, the case is UNDETERMINED.

Resource         channels.resource

Suite Setup      Channels Should Be Known
Test Template    Channel Number Above The Limit Should Be Judged By The Requirement

Test Tags        channels    medium


*** Test Cases ***              MIN                    MAX
Few channels above the limit    ${MAX_CHANNELS + 1}    ${MAX_CHANNELS + 10}
