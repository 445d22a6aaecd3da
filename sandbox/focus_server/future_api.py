"""The endpoints of tasks that are specified for a later server; served only with their knob."""

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.focus_server.endpoints import INTERNAL_FAILURE, UNKNOWN_JOB
from sandbox.focus_server.faults import future_api as faults_of
from sandbox.focus_server.openapi import Operation
from sandbox.focus_server.rules.rejections import broken_rule, error, reject, wrong_shape
from sandbox.focus_server.rules.request_body import read
from sandbox.spec import SPEC
from sandbox.state import SandboxState

_RECEIVED = "Config received successfully"
_UNKNOWN_TASK = "Consumer not found"
_DATA_READY = 201
_ANALYSIS_ENDED = 208
_REQUIRED = ("sensors", "canvasInfo", "view_type")


class TaskRequest(BaseModel, extra="allow"):
    """Body of POST /config/{task_id}: an object whose fields are looked at one by one."""


async def _config(state: SandboxState, request: Request) -> Response:
    declared = request.headers.get("content-type", "")
    reading = read(await request.body(), declared, TaskRequest, {}, strict=False)
    if reading.problems:
        details = [problem.detail for problem in reading.problems]
        return reject(wrong_shape(details), state.faults)
    missing = [name for name in _REQUIRED if name not in reading.raw]
    if missing and not state.faults.on(faults_of.CONFIG_UNCHECKED):
        return reject(broken_rule(f"{missing[0]}: is required", missing[0]), state.faults)
    task_id, channels = request.path_params["task_id"], reading.raw.get("sensors")
    state.tasks[task_id] = state.jobs.start({"channels": channels}, historic=False)
    wrong = state.faults.on(faults_of.CONFIG_STATUS)
    return JSONResponse({"status": "" if wrong else _RECEIVED, "task_id": task_id})


async def _waterfall(state: SandboxState, request: Request) -> Response:
    task_id, row_count = request.path_params["task_id"], request.path_params["row_count"]
    faults = state.faults
    if faults.on(faults_of.WATERFALL_FAILS):
        return error(500, INTERNAL_FAILURE)
    counts = row_count.isdecimal() and int(row_count) > 0
    if not counts and not faults.on(faults_of.WATERFALL_ROWS):
        message = f"row_count: {row_count} is not a whole number above 0"
        return reject(broken_rule(message, "row_count"), faults)
    if task_id not in state.tasks and not faults.on(faults_of.WATERFALL_UNKNOWN):
        return error(404, _UNKNOWN_TASK)
    ended = task_id in state.tasks and state.jobs.find(state.tasks[task_id].id) is None
    if ended and not faults.on(faults_of.WATERFALL_GOES_ON):
        return JSONResponse({"status": "ended"}, _ANALYSIS_ENDED)
    return JSONResponse({"data": []}, _DATA_READY)


async def _sensors(state: SandboxState, _: Request) -> Response:
    fibre = SPEC.fibre
    listed = range(fibre.lowest_channel, fibre.highest_channel + 1)
    return JSONResponse([] if state.faults.on(faults_of.SENSORS_EMPTY) else list(listed))


async def _delete(state: SandboxState, request: Request) -> Response:
    faults, job_id = state.faults, request.path_params["job_id"]
    if state.jobs.find(job_id) is None and not faults.on(faults_of.DELETE_UNKNOWN):
        return error(404, UNKNOWN_JOB)
    if not faults.on(faults_of.DELETE_KEEPS):
        state.jobs.end(job_id)
    return JSONResponse({"status": "deleted", "job_id": job_id})


LATER = (
    Operation("POST", "/config/{task_id}", _config, TaskRequest),
    Operation("GET", "/waterfall/{task_id}/{row_count}", _waterfall),
    Operation("GET", "/sensors", _sensors),
    Operation("DELETE", "/job/{job_id}", _delete),
)
