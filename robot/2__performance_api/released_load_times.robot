*** Settings ***
Documentation    How long it takes until recorded data shows: seconds that were released, by NFFT, the window that is
...              shown, channels, highest frequency and how much data is asked for (load_times of
...              variables/thresholds.yaml). Where a row takes several jobs, their median counts.

Resource         released_load_times.resource

Test Timeout     1 hour
Test Template    Data Should Show In Released Time

Test Tags        latency    exclusive    streams    medium


*** Test Cases ***                     NFFT    WINDOW    CHANNELS    FREQUENCY    DATA
NFFT 256 of 500 channels, 30 s         256     30        500         300          60
NFFT 256 of 500 channels, 60 s         256     60        500         300          120
NFFT 256 of 500 channels, 300 s        256     300       500         300          600
NFFT 512 of 500 channels, 30 s         512     30        500         300          60
NFFT 512 of 500 channels, 60 s         512     60        500         300          120
NFFT 512 of 500 channels, 300 s        512     300       500         300          600
NFFT 1024 of 500 channels, 30 s        1024    30        500         300          60
NFFT 1024 of 500 channels, 60 s        1024    60        500         300          120
NFFT 1024 of 500 channels, 300 s       1024    300       500         300          600
NFFT 2048 of 500 channels, 30 s        2048    30        500         300          60
NFFT 2048 of 500 channels, 60 s        2048    60        500         300          120
NFFT 2048 of 500 channels, 300 s       2048    300       500         300          600
NFFT 1024 of 2000 channels, 30 s       1024    30        2000        1000         60
NFFT 1024 of 2000 channels, 60 s       1024    60        2000        1000         120
NFFT 1024 of 2000 channels, 3600 s     1024    3600      2000        1000         7200
NFFT 2048 of 2000 channels, 30 s       2048    30        2000        1000         60
NFFT 2048 of 2000 channels, 60 s       2048    60        2000        1000         120
NFFT 2048 of 500 channels, 3600 s      2048    3600      500         300          7200
NFFT 2048 of 1000 channels, 86400 s    2048    86400     1000        1000         21600
NFFT 2048 of 500 channels, 86400 s     2048    86400     500         300          21600
