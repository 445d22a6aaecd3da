*** Settings ***
Documentation    View types that do not exist.

Resource         configure.resource

Test Template    Field Should Be Rejected

Test Tags        view    high    gate


*** Test Cases ***    VIEW            FIELD        VALUE
Negative              multichannel    view_type    "-1"
Unknown number        multichannel    view_type    "999"
Empty                 multichannel    view_type    ""
A word                multichannel    view_type    "multichannel"
Null                  multichannel    view_type    null
Missing               multichannel    view_type    missing
Nothing is left behind
    [Template]    NONE
    Nothing Should Be Left Behind
