*** Settings ***
Documentation    Parameters that the change touched have their reviewed value, from the reviewed file.
...              Both are said by autocfg.agreed of the profile.

Resource         pz_config.resource

Test Setup       Use PZ Profile
Test Template    Agreed Parameter Should Be In Force

Test Tags        pz-config    autocfg    high    gate


*** Test Cases ***             PARAMETER
Forwarder is enabled           forwarder enabled
Module of the forwarder        forwarder module
Streams of the forwarder       forwarder streams
Launcher of jobs               job launcher
Life of a job                  job life
Module of the recorders        recorder module
Metrics of the recorders       recorder metrics
Highest channel of the site    highest channel
Port of the broker             broker port
