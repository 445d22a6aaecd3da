*** Settings ***
Documentation    What the served OpenAPI lists is what the suites know (variables/endpoints.yaml) and what is served.

Resource         api.resource

Test Tags        endpoints    high


*** Test Cases ***
Every listed endpoint is known
    Listed Endpoints Should Be Known

Every served endpoint is listed
    Served Endpoints Should Be Listed

Answers to configurations are as described
    Answers To Configurations Should Be As Described
