*** Settings ***
Documentation    How much of what lies on the disk the server recognises as recordings: the limit is open.

Resource         recordings_quality.resource

Suite Setup      Read The Recordings Once
Test Template    Recordings Should Satisfy

Test Tags        data-quality    medium    PZ-13598    PZ-14812


*** Test Cases ***              RULE
Unrecognised folders are few    unrecognised share
