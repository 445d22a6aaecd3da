*** Settings ***
Documentation     Articles come fast enough for a page that waits for them.

Library           LatencyLibrary    base_url=${SHOP}    thresholds=${CURDIR}/thresholds.yaml
...               allow=['load']    timeout=5 s

Test Tags         latency    exclusive


*** Variables ***
${SHOP}           http://127.0.0.1:8080


*** Test Cases ***
Articles Come In Time
    ${measured} =    Measure Latency    GET /articles    rate=50    samples=100    warm_up=200 ms
    Latency Should Be Within    ${measured}

A Limit Of One Case
    ${measured} =    Measure Latency    GET /articles    rate=50    samples=100    warm_up=0 s
    Latency Should Be Within    ${measured}    p95=1 s
