"""The endpoints of tasks that are specified for a later server; served only with their knob."""

from typing import Any

from fastapi import FastAPI
from starlette.responses import JSONResponse, Response

from sandbox.focus_server.endpoints import INTERNAL_FAILURE, UNKNOWN_JOB
from sandbox.focus_server.faults import future_api as faults_of
from sandbox.focus_server.rules.rejections import broken_rule, error, reject
from sandbox.spec import SPEC
from sandbox.state import SandboxState

_RECEIVED = "Config received successfully"
_UNKNOWN_TASK = "Consumer not found"
_DATA_READY = 201
_ANALYSIS_ENDED = 208
_REQUIRED = ("sensors", "canvasInfo", "view_type")


def add_future_api(app: FastAPI, state: SandboxState) -> None:
    """Add the endpoints to `app`."""

    @app.post("/config/{task_id}")
    async def config(task_id: str, body: dict[str, Any]) -> Response:
        return _config(state, task_id, body)

    @app.get("/waterfall/{task_id}/{row_count}")
    async def waterfall(task_id: str, row_count: str) -> Response:
        return _waterfall(state, task_id, row_count)

    @app.get("/sensors")
    async def sensors() -> Response:
        fibre = SPEC.fibre
        listed = range(fibre.lowest_channel, fibre.highest_channel + 1)
        return JSONResponse([] if state.faults.on(faults_of.SENSORS_EMPTY) else list(listed))

    @app.delete("/job/{job_id}")
    async def delete_job(job_id: str) -> Response:
        return _delete(state, job_id)


def _config(state: SandboxState, task_id: str, body: dict[str, Any]) -> Response:
    missing = [name for name in _REQUIRED if name not in body]
    if missing and not state.faults.on(faults_of.CONFIG_UNCHECKED):
        return reject(broken_rule(f"{missing[0]}: is required", missing[0]), state.faults)
    state.tasks[task_id] = state.jobs.start({"channels": body.get("sensors")}, historic=False)
    wrong = state.faults.on(faults_of.CONFIG_STATUS)
    return JSONResponse({"status": "" if wrong else _RECEIVED, "task_id": task_id})


def _waterfall(state: SandboxState, task_id: str, row_count: str) -> Response:
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


def _delete(state: SandboxState, job_id: str) -> Response:
    faults = state.faults
    if state.jobs.find(job_id) is None and not faults.on(faults_of.DELETE_UNKNOWN):
        return error(404, UNKNOWN_JOB)
    if not faults.on(faults_of.DELETE_KEEPS):
        state.jobs.end(job_id)
    return JSONResponse({"status": "deleted", "job_id": job_id})
