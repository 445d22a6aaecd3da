*** Settings ***
Documentation    Endpoints of tasks that are specified and were never seen on a server: each is probed. A
...              case is skipped as NOT DEPLOYED only when the answer is that of an unknown path and the
...              served OpenAPI does not list it; the day it is there, what is specified is asserted.

Resource         future_api.resource

Test Tags        future-api    medium


*** Test Cases ***
Configuration of a task is received
    Task Configuration Should Be Received

Configuration without sensors is rejected
    Task Configuration Should Be Rejected    sensors

Configuration without a canvas is rejected
    Task Configuration Should Be Rejected    canvasInfo

Configuration without a view is rejected
    Task Configuration Should Be Rejected    view_type

Waterfall of a configured task is answered
    Waterfall Should Be Answered

Waterfall of a task that has ended says so
    [Timeout]    5 minutes
    Waterfall Should Tell That The Task Has Ended

Waterfall of an unknown task is not found
    Waterfall Should Be Refused    ${UNKNOWN_TASK}    ${ROWS}    404

Waterfall with a row count of zero is refused
    Waterfall Should Be Refused    ${TASK}    0    400

Waterfall with a row count of one and a half is refused
    Waterfall Should Be Refused    ${TASK}    1.5    400

Waterfall with a row count that is no number is refused
    Waterfall Should Be Refused    ${TASK}    many    400

Sensors are listed
    Sensors Should Be Listed

Deleted job is gone
    Deleted Job Should Be Gone

Unknown job is not deleted
    Unknown Job Should Not Be Deleted
