*** Settings ***
Documentation    GET /metadata/{job_id} knows the jobs that somebody reads, and answers every other id
...              with 404 and its text. The metadata of a job that is read: stream_ports.robot.

Resource         job_metadata.resource

Test Template    Job Should Be Unknown

Test Tags        metadata    high    gate


*** Test Cases ***        JOB ID
Unknown job               0-0
Unknown counter           1-999999999
Slot without a counter    1
Words                     not-a-job
Negative slot             -1-1
Fraction                  1.5-1
Very long                 ${{'9' * 2000}}
Quote and condition       1-1' OR '1'='1
Operator of a database    {"$ne": null}
Markup                    <script>alert(1)<script>
Job that has ended
    [Timeout]    5 minutes
    [Template]    NONE
    Metadata Of An Ended Job Should Be Unknown
Job that nobody reads
    [Template]    NONE
    Metadata Of A Job That Nobody Reads Should Be Unknown
