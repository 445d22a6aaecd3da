*** Settings ***
Documentation    Requests that schemathesis makes of the served OpenAPI, bounded and the same for one seed.
...              POST /configure is left out, because each request may start a job; /ack and the timeline
...              are, because the framework lists JSON for them and they answer none (other files judge
...              them).

Resource         robustness.resource

Test Template    Requests Of The Schema Should Be Answered By It

Test Tags        robustness    openapi    medium


*** Test Cases ***              REQUESTS    ENDPOINT
Channels                        valid       GET /channels
Live metadata                   valid       GET /live_metadata
Metadata of a job               valid       GET /metadata/{job_id}
Recordings                      valid       POST /recordings_in_time_range
Recordings, invalid requests    invalid     POST /recordings_in_time_range
