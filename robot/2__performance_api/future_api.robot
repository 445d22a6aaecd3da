*** Settings ***
Documentation    Endpoints of tasks that are specified and were never seen on a server: each is probed. A
...              case is skipped as NOT DEPLOYED only when the answer is that of an unknown path and the
...              served OpenAPI does not list it; the day it is there, what is specified is asserted.

Resource         future_api.resource

Test Tags        future-api    medium


*** Test Cases ***
Configuration of a task is received
    [Tags]    PZ-13547    PZ-14750
    Task Configuration Should Be Received

Configuration without sensors is rejected
    [Tags]    PZ-13879    PZ-14751    PZ-14752    PZ-14753
    Task Configuration Should Be Rejected    sensors

Configuration without a canvas is rejected
    [Tags]    PZ-13879    PZ-14752
    Task Configuration Should Be Rejected    canvasInfo

Waterfall of a configured task is answered
    [Tags]    PZ-13557    PZ-14755    PZ-14756
    Waterfall Should Be Answered

Waterfall of a task that has ended says so
    [Tags]    PZ-13557
    [Timeout]    5 minutes
    Waterfall Should Tell That The Task Has Ended

Waterfall of an unknown task is not found
    [Tags]    PZ-14757
    Waterfall Should Be Refused    ${UNKNOWN_TASK}    ${ROWS}    404

Waterfall with a row count of zero is refused
    [Tags]    PZ-14758
    Waterfall Should Be Refused    ${TASK}    0    400

Waterfall with a row count that is no number is refused
    [Tags]    PZ-14758
    Waterfall Should Be Refused    ${TASK}    many    400

Sensors are listed
    [Tags]    PZ-13897
    Sensors Should Be Listed

Deleted job is gone
    Deleted Job Should Be Gone

Unknown job is not deleted
    Unknown Job Should Not Be Deleted
