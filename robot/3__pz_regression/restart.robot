*** Settings ***
Documentation    The server takes the configuration when it is started anew. Needs `disruptive` in the
...              environment's file and the opt-in annotation on the namespace.

Resource         pz_config.resource

Test Setup       Use PZ Profile
Test Timeout     10 minutes

Test Tags        pz-config    loading    high    gate    disruptive    exclusive


*** Test Cases ***
Restarted server takes the configuration
    Restarted Server Should Have Taken The Configuration
