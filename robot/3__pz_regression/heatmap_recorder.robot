*** Settings ***
Documentation    The heatmap summary as a whole, after the change to it was reverted.

Resource         pz_config.resource

Test Setup       Use PZ Profile

Test Tags        pz-config    heatmap    critical    gate    plan


*** Test Cases ***
Summary is valid
    Heatmap Summary Should Be Valid

Summary matches the reviewed baseline
    Configuration Should Match Baseline    heatmap_summary

Nothing of the reverted change is left
    Reverted Change Should Be Gone

Own checker of the team accepts the files
    External Checker Should Accept Configuration
