*** Settings ***
Documentation    PZ's own checks beside ours, over the same corpus: every disagreement is a finding. They run
...              in a process of their own, from the checkout that FOCUS_PZ_PATH names.

Resource         arrays.resource

Suite Setup      Use Arrays Of The Profile

Test Tags        dtype    critical    gate    plan


*** Test Cases ***
PZ judges dtypes as these tests do
    PZ Should Agree About Dtypes

PZ judges summaries as these tests do
    PZ Should Agree About Summaries
