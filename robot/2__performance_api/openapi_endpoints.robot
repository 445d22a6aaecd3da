*** Settings ***
Documentation    What the served OpenAPI lists is what the suites know (variables/endpoints.yaml) and what is served.

Resource         api.resource

Test Tags        endpoints    high


*** Test Cases ***
Every listed endpoint is known
    Listed Endpoints Should Be Known

Every served endpoint is listed
    Served Endpoints Should Be Listed

Configurations that are served are as described
    Configurations That Are Served Should Be As Described
