*** Settings ***
Documentation    Configurations from all over what a client may ask for: each field takes its edges and values
...              between them, in other company each time. The same SEED draws the same; -v SEED:2 draws others.

Resource         configure.resource

Test Template    Drawn Configurations Should Be Accepted

Test Tags        channels    nfft    frequencies    canvas    high    gate


*** Variables ***
${SEED}    1


*** Test Cases ***         VIEW             TIME        COUNT    SEED
Multichannel, live         multichannel     live        12       ${SEED}
Multichannel, recorded     multichannel     recorded    12       ${SEED}
Singlechannel, live        singlechannel    live        12       ${SEED}
Singlechannel, recorded    singlechannel    recorded    12       ${SEED}
Waterfall, live            waterfall        live        8        ${SEED}
Waterfall, recorded        waterfall        recorded    8        ${SEED}
