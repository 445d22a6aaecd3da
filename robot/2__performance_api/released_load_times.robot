*** Settings ***
Documentation    How long it takes until recorded data shows: seconds that were released, by NFFT, the window that is
...              shown, channels, highest frequency and how much data is asked for (load_times of
...              variables/thresholds.yaml). The limit holds for the median of a few jobs.

Resource         released_load_times.resource

Test Timeout     1 hour
Test Template    Data Should Show In Released Time

Test Tags        latency    exclusive    streams    medium


*** Test Cases ***                NFFT    WINDOW     CHANNELS    FREQUENCY    DATA       LIMIT
256 of 500 channels, 30 s         256     30 s       500         300          60 s       ${LOAD_TIME_256_500_30}
256 of 500 channels, 60 s         256     60 s       500         300          120 s      ${LOAD_TIME_256_500_60}
256 of 500 channels, 300 s        256     300 s      500         300          600 s      ${LOAD_TIME_256_500_300}
512 of 500 channels, 30 s         512     30 s       500         300          60 s       ${LOAD_TIME_512_500_30}
512 of 500 channels, 60 s         512     60 s       500         300          120 s      ${LOAD_TIME_512_500_60}
512 of 500 channels, 300 s        512     300 s      500         300          600 s      ${LOAD_TIME_512_500_300}
1024 of 500 channels, 30 s        1024    30 s       500         300          60 s       ${LOAD_TIME_1024_500_30}
1024 of 500 channels, 60 s        1024    60 s       500         300          120 s      ${LOAD_TIME_1024_500_60}
1024 of 500 channels, 300 s       1024    300 s      500         300          600 s      ${LOAD_TIME_1024_500_300}
2048 of 500 channels, 30 s        2048    30 s       500         300          60 s       ${LOAD_TIME_2048_500_30}
2048 of 500 channels, 60 s        2048    60 s       500         300          120 s      ${LOAD_TIME_2048_500_60}
2048 of 500 channels, 300 s       2048    300 s      500         300          600 s      ${LOAD_TIME_2048_500_300}
1024 of 2000 channels, 30 s       1024    30 s       2000        1000         60 s       ${LOAD_TIME_1024_2000_30}
1024 of 2000 channels, 60 s       1024    60 s       2000        1000         120 s      ${LOAD_TIME_1024_2000_60}
1024 of 2000 channels, 3600 s     1024    3600 s     2000        1000         7200 s     ${LOAD_TIME_1024_2000_3600}
2048 of 2000 channels, 30 s       2048    30 s       2000        1000         60 s       ${LOAD_TIME_2048_2000_30}
2048 of 2000 channels, 60 s       2048    60 s       2000        1000         120 s      ${LOAD_TIME_2048_2000_60}
2048 of 500 channels, 3600 s      2048    3600 s     500         300          7200 s     ${LOAD_TIME_2048_500_3600}
2048 of 1000 channels, 86400 s    2048    86400 s    1000        1000         21600 s    ${LOAD_TIME_2048_1000_86400}
2048 of 500 channels, 86400 s     2048    86400 s    500         300          21600 s    ${LOAD_TIME_2048_500_86400}
