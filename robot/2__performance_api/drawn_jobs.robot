*** Settings ***
Documentation    Jobs of configurations from all over what a client may ask for are read: each stream of each delivers.
...              The same SEED draws the same; -v SEED:2 draws others. A job at a time, some minutes on a real server.

Resource         streams.resource

Test Timeout     15 minutes
Test Template    Drawn Jobs Should Stream

Test Tags        streams    channels    nfft    frequencies    canvas    high


*** Variables ***
${SEED}    1


*** Test Cases ***         VIEW             TIME        COUNT    SEED
Multichannel, live         multichannel     live        12       ${SEED}
Multichannel, recorded     multichannel     recorded    12       ${SEED}
Singlechannel, live        singlechannel    live        12       ${SEED}
Singlechannel, recorded    singlechannel    recorded    12       ${SEED}
Waterfall, live            waterfall        live        12       ${SEED}
Waterfall, recorded        waterfall        recorded    12       ${SEED}
