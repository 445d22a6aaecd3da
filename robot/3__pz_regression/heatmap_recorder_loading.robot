*** Settings ***
Documentation    The running server took the configuration: six claims, none of which implies another.
...              Restarts are watched for as long as the environment's file says (pz.soak).

Resource         pz_config.resource

Test Setup       Use PZ Profile
Test Timeout     10 minutes
Test Template    Claim Should Hold

Test Tags        pz-config    loading    critical    gate    plan


*** Test Cases ***                        CLAIM
Files in the pod are the expected ones    L1
Process is newer than the files           L2
Rollout is complete                       L3
Start log is clean                        L4
Container does not restart                L5
A job starts, and all other claims hold
    [Template]    NONE
    Server Should Have Taken The Configuration
