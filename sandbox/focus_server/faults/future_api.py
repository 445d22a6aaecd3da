"""The switch of the API that is specified but not deployed anywhere, and its faults."""

from sandbox.faults import Fault, declared, knob

FUTURE_API = knob("future-api-served", "the specified endpoints of tasks are served")

CONFIG_STATUS = Fault(
    "future-config-status-wrong", "POST /config/{task_id} answers another status text"
)
CONFIG_UNCHECKED = Fault(
    "future-config-unchecked", "POST /config/{task_id} accepts a body without its fields"
)
WATERFALL_UNKNOWN = Fault(
    "future-waterfall-unknown-200", "the waterfall of an unknown task is answered with 200"
)
WATERFALL_ROWS = Fault("future-waterfall-rows-unchecked", "GET /waterfall takes any row count")
WATERFALL_FAILS = Fault("future-waterfall-fails", "the waterfall of a task is answered with 500")
WATERFALL_GOES_ON = Fault(
    "future-waterfall-goes-on", "the waterfall of a task that has ended is answered with 201"
)
SENSORS_EMPTY = Fault("future-sensors-empty", "GET /sensors lists none")
DELETE_KEEPS = Fault("future-delete-keeps-job", "DELETE /job/{job_id} answers 200 but ends nothing")
DELETE_UNKNOWN = Fault("future-delete-unknown-200", "deleting an unknown job is answered with 200")
LISTED_ONLY = Fault(
    "future-api-listed-only", "the OpenAPI lists the endpoints of tasks, but they are not served"
)

FAULTS, KNOBS = declared(vars())
