*** Settings ***
Documentation    What is likely of recordings but was observed only, never specified: no gate.

Resource         recordings_quality.resource

Suite Setup      Read The Recordings Once
Test Template    Recordings Should Satisfy

Test Tags        data-quality    medium


*** Test Cases ***                              RULE
Recordings are whole chunks long                durations are chunks
Recordings are no longer than a day             durations bounded
What goes on is the last of its path            live are last
Paths in use, marked or not, have recordings    paths have recordings
