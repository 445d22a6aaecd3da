*** Settings ***
Documentation    The autocfg parameters after their change and after modules were removed from the
...              supervisor's list.

Resource         pz_config.resource

Test Setup       Use PZ Profile

Test Tags        pz-config    autocfg    critical    gate    plan


*** Test Cases ***
Parameters load although modules were removed
    Autocfg Should Load

No module that is named was removed or is unknown
    Supervisor Modules Should Cover Configuration

Parameters match the reviewed baseline
    Configuration Should Match Baseline    autocfg

Answers of the server show the values in force
    Parameter Effects Should Be Observed
