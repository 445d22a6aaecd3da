*** Settings ***
Documentation    Jobs of every view, live and recorded, end by themselves and leave nothing in the cluster:
...              those that nobody reads, and those whose readers have left. The next job has an id of its own.

Resource         jobs_end.resource
Resource         time_ranges.resource

Suite Setup      Find A Recorded Time Range
Test Timeout     10 minutes
Test Template    Jobs Of Every View Should Leave Nothing Behind

Test Tags        jobs    streams    high    gate


*** Test Cases ***              WHICH
Jobs that nobody reads          unread
Jobs whose readers have left    read and left
