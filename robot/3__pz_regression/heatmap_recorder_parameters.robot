*** Settings ***
Documentation    Every recorder gives each parameter with its type. Where a parameter stands, and its
...              type, is said by heatmap_summary.parameters of the profile.

Resource         pz_config.resource

Test Setup       Use PZ Profile
Test Template    Recorder Parameter Should Have Its Type

Test Tags        pz-config    heatmap    high    gate


*** Test Cases ***            PARAMETER
Type of the recorder          type
Service that runs it          service
Module that it needs          module
Queue that it reads           queue
Whether it is enabled         enabled
Period of its heatmaps        period
Size of its heatmaps          expected size
Type of its numbers           dtype
Time its heatmaps are kept    retention
