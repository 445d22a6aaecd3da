*** Settings ***
Documentation    View types on which the specification is silent: the OpenAPI document that the
...              server serves says whether each is legal, and the server must do what it says.

Resource         views.resource

Test Template    View Type Should Be Handled As OpenAPI Says

Test Tags        view    medium


*** Test Cases ***          VALUE
An integer                  0
A fourth view (heatmaps)    "3"
