*** Settings ***
Documentation    How long POST /configure takes, by view, live or historic, number of channels and NFFT.
...              Limits by name come from variables/thresholds.yaml. A row takes 105 samples for P95: seconds on the
...              sandbox, minutes on a real server, whose job budget sets the pace. P99: configure_latency_gate.robot.

Resource         configure_latency.resource

Test Timeout     ${LATENCY_TIMEOUT}
Test Template    Configuration Should Be Answered Within

Test Tags        latency    exclusive    configure    high


*** Test Cases ***           VIEW             TIME        CHANNELS               NFFT                         P95
Full range of the client     multichannel     live        ${ALL_CHANNELS}        ${NFFT}                      p95=${CONFIGURE_P95}
Full range, largest NFFT     multichannel     live        ${ALL_CHANNELS}        ${NFFT_MAX_MULTICHANNEL}     p95=${CONFIGURE_P95}
One channel, largest NFFT    singlechannel    live        ${ONE_CHANNEL}         ${NFFT_MAX_SINGLECHANNEL}    p95=${CONFIGURE_P95}
Waterfall                    waterfall        live        ${DEFAULT_CHANNELS}    1                            p95=${CONFIGURE_P95}
Recorded, default range      multichannel     historic    ${DEFAULT_CHANNELS}    ${NFFT}                      p95=${CONFIGURE_P95}
Recorded, full range         multichannel     historic    ${ALL_CHANNELS}        ${NFFT}                      p95=${CONFIGURE_P95}
Recorded, one channel        singlechannel    historic    ${ONE_CHANNEL}         ${NFFT}                      p95=${CONFIGURE_P95}
Recorded waterfall           waterfall        historic    ${DEFAULT_CHANNELS}    1                            p95=${CONFIGURE_P95}
