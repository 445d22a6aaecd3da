*** Settings ***
Documentation    Fields that the contract does not have: ignored or refused by name, nobody has decided
...              which. Both are right, a crash or a changed answer is not.

Resource         robustness.resource

Test Template    Unknown Field Should Be Ignored Or Refused

Test Tags        robustness    medium


*** Test Cases ***         FIELD        VALUE
Unknown number             focusTest    1
Unknown object             focusTest    {"a": {"b": \[1, 2]}}
Field of the answer        job_id       "1-1"
Prototype of JavaScript    __proto__    {"view_type": "1"}
