*** Settings ***
Documentation    How long the endpoints take that the client asks before it configures anything, and
...              while a job runs. Limits (P95, P99 and errors) are those of variables/thresholds.yaml, and each row
...              gates. They are measured together for as long as a gate looks: 30 seconds on the sandbox, 5 minutes on
...              a real server. What gates are not told by: incidents that come less often than three times in it.

Resource         endpoint_latency.resource

Test Timeout     ${ENDPOINT_TIMEOUT}
Test Template    Endpoint Should Meet Thresholds

Test Tags        latency
...              exclusive
...              endpoints
...              high
...              gate


*** Test Cases ***    ENDPOINT
Acknowledgement       GET /ack
Channels              GET /channels
Live metadata         GET /live_metadata
Metadata of a job     GET /metadata/{job_id}
