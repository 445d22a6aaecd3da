*** Settings ***
Documentation    The one latency row of POST /configure that gates: the client's default investigation, P95 and P99.
...              A row of a template cannot carry a tag of its own, so it has a file of its own. P99 takes 420 samples
...              to pass at the first to third look: 30 seconds on the sandbox, 13 minutes on a real server.

Resource         configure_latency.resource

Test Timeout     ${LATENCY_TIMEOUT}
Test Template    Configuration Should Pass The Gate Within

Test Tags        latency
...              exclusive
...              configure
...              critical
...              plan
...              gate


*** Test Cases ***       VIEW            TIME    CHANNELS               NFFT       P95                     P99
Default investigation    multichannel    live    ${DEFAULT_CHANNELS}    ${NFFT}    p95=${CONFIGURE_P95}    p99=${CONFIGURE_P99}
