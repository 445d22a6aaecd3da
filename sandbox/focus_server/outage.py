"""The answers of a server that misses a dependency, as the active faults have them."""

import asyncio
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime

from starlette.responses import HTMLResponse, JSONResponse, Response

from sandbox.faults import ActiveFaults, Fault
from sandbox.focus_server.configuration import MULTICHANNEL, ParsedConfiguration
from sandbox.focus_server.dependencies import DependencyError, Name
from sandbox.focus_server.faults import outage as faults_of
from sandbox.focus_server.jobs import Job
from sandbox.focus_server.rules.rejections import PARSE_FAILURE, TRACE, error
from sandbox.recordings.reader import StoredRecording
from sandbox.state import SandboxState

RETRY_AFTER_S = 5

NO_RECORDING = "No recording found in given time range"

_HANG_STEP_S = 0.1
_ANSWERED_WELL = 3
_FAILS: Mapping[Name, Fault] = {
    Name.MONGODB: faults_of.MONGO_500,
    Name.RABBITMQ: faults_of.RABBIT_500,
}
_UNNAMED: Mapping[Name, Fault] = {
    Name.MONGODB: faults_of.MONGO_UNNAMED,
    Name.RABBITMQ: faults_of.RABBIT_UNNAMED,
}
_LEAKS: Mapping[Name, Fault] = {
    Name.MONGODB: faults_of.MONGO_LEAKS_TRACE,
    Name.RABBITMQ: faults_of.RABBIT_LEAKS_TRACE,
}
_CRASHES: Mapping[Name, Fault] = {
    Name.MONGODB: faults_of.MONGO_CRASH,
    Name.RABBITMQ: faults_of.RABBIT_CRASH,
}
_LEAVES_JOB: Mapping[Name, Fault] = {
    Name.MONGODB: faults_of.MONGO_LEAVES_JOB,
    Name.RABBITMQ: faults_of.RABBIT_LEAVES_JOB,
}


_SERVES: Mapping[Name, Fault] = {
    Name.MONGODB: faults_of.MONGO_200,
    Name.RABBITMQ: faults_of.RABBIT_200,
}


def answers_all_the_same(state: SandboxState, failure: DependencyError) -> bool:
    """Whether the server configures a job without its dependency."""
    return state.faults.on(_SERVES[failure.dependency])


def assumed_recording(wanted: ParsedConfiguration) -> StoredRecording | None:
    """What a server that does not look takes for the recording of a historic job."""
    if wanted.start_time is None:
        return None
    return StoredRecording(
        str(uuid.uuid4()), datetime.fromtimestamp(wanted.start_time, UTC), None, {}
    )


async def dependency_failure(
    state: SandboxState, failure: DependencyError, wanted: ParsedConfiguration | None = None
) -> Response:
    """Answer a request that cannot be served without the dependency; `wanted` it configured."""
    faults, missing = state.faults, failure.dependency
    while missing is Name.MONGODB and faults.on(faults_of.MONGO_HANG):  # noqa: ASYNC110
        await asyncio.sleep(_HANG_STEP_S)
    if faults.on(_CRASHES[missing]):
        state.server.crash()
        return HTMLResponse("<html><h1>502 Bad Gateway</h1></html>", 502)
    if faults.on(_FAILS[missing]):
        return error(500, PARSE_FAILURE)
    if wanted is not None and missing is Name.MONGODB:
        if faults.on(faults_of.MONGO_OTHER_VIEWS) and wanted.view != MULTICHANNEL:
            return error(404, NO_RECORDING)
        often = state.dependencies.failed_configurations > _ANSWERED_WELL
        if faults.on(faults_of.MONGO_500_AGAIN) and often:
            return error(500, PARSE_FAILURE)
    unnamed, leaks = faults.on(_UNNAMED[missing]), faults.on(_LEAKS[missing])
    body = {"error": "A dependency is not reachable" if unnamed else str(failure)}
    if leaks:
        body["trace"] = TRACE
    is_text = missing is Name.RABBITMQ and faults.on(faults_of.RABBIT_AS_TEXT)
    kind = "text/plain" if is_text else None
    return JSONResponse(body, 503, headers=_retry_after(faults, missing), media_type=kind)


def _retry_after(faults: ActiveFaults, missing: Name) -> dict[str, str]:
    """The header that says when to ask again, as the faults have it."""
    is_mongo = missing is Name.MONGODB
    if is_mongo and faults.on(faults_of.MONGO_NO_RETRY_AFTER):
        return {}
    sign = -1 if is_mongo and faults.on(faults_of.MONGO_RETRY_BEFORE) else 1
    return {"Retry-After": str(sign * RETRY_AFTER_S)}


def leave_behind(state: SandboxState, failure: DependencyError, *, historic: bool) -> None:
    """Leave behind what a server that checks too late has made for a configuration."""
    if state.faults.on(_LEAVES_JOB[failure.dependency]):
        state.jobs.start({}, historic)
    if failure.dependency is Name.MONGODB:
        if state.faults.on(faults_of.MONGO_ENDS_LIVE):
            _end_live(state, time.time())
        state.dependencies.failed_configurations += 1
        if state.faults.on(faults_of.MONGO_LEAVES_SERVICE):
            state.jobs.start({}, historic, is_service_only=True)


def end_live_of_before(state: SandboxState) -> None:
    """End the live jobs of before the last outage of MongoDB, for the fault that has it so."""
    if state.dependencies.shows_after(Name.MONGODB, faults_of.MONGO_ENDS_LIVE_AFTER):
        _end_live(state, state.dependencies.mongo_back_at)


def _end_live(state: SandboxState, started_before: float) -> None:
    for job in state.jobs.live():
        if not job.historic and job.started_at < started_before:
            state.jobs.end(job.id)


def repeat_failed(state: SandboxState, job: Job) -> None:
    """Start once more what failed without MongoDB, for the fault that has it repeated."""
    if not job.historic:
        return
    failed, state.dependencies.failed_configurations = state.dependencies.failed_configurations, 0
    if state.faults.on(faults_of.MONGO_DOUBLES_JOB):
        for _ in range(failed):
            state.jobs.start(dict(job.request), historic=True)
