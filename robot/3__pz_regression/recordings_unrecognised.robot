*** Settings ***
Documentation    How much of what lies on the disk the server recognises as recordings: the limit is open.

Resource         recordings_quality.resource

Suite Setup      Read The Recordings Once
Test Template    Recordings Should Satisfy

Test Tags        data-quality    medium


*** Test Cases ***              RULE
Unrecognised folders are few    unrecognised share
