*** Settings ***
Documentation     How long the endpoints take. What the selected cases are about is measured together, before the first
...               of them: one schedule of POST /configure with their configurations in turn, and beside it each GET
...               endpoint. It lasts as long as a gate looks: 30 seconds on the sandbox; on a real server the job budget
...               sets the pace, and all rows take half an hour.

Resource          measured_together.resource

Suite Setup       Measure The Selected Cases Together
Suite Teardown    Detach From Jobs

Test Tags         latency    exclusive
