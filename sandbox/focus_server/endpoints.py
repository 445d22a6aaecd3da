"""The endpoints beside POST /configure: what each answers in the present state of the world."""

from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, Response

from sandbox.faults import ActiveFaults
from sandbox.focus_server import endpoint_faults as faults_of
from sandbox.focus_server.acceptance import is_off
from sandbox.focus_server.configuration import configuration
from sandbox.focus_server.contracts import BEHAVIOURS
from sandbox.focus_server.dependencies import DependencyError
from sandbox.focus_server.model import RecordingsRequest
from sandbox.focus_server.outage import dependency_failure
from sandbox.focus_server.range_rules import RANGE_RULES
from sandbox.focus_server.reading import read
from sandbox.focus_server.rejections import Rejection, broken_rule, error, reject, wrong_shape
from sandbox.focus_server.shape_rules import RANGE_GROUPS, shape_rule_id
from sandbox.jobs import Job
from sandbox.options import FibreState
from sandbox.recordings import Recording
from sandbox.spec import SPEC
from sandbox.state import World

INTERNAL_FAILURE = "Internal Server Error"
UNKNOWN_JOB = "Invalid job_id"

_YEARS_S = 3 * 366 * 86_400
_WAITING_TEXT = "waiting for fiber"


async def ack(world: World) -> Response:
    """Answer GET /ack: nothing at all, not even a content type."""
    await world.dependencies.before_ack()
    if world.wedged:
        return error(503, "The server is not able to serve")
    if world.faults.on(faults_of.ACK_FAILS):
        return error(500, INTERNAL_FAILURE)
    if world.faults.on(faults_of.ACK_HAS_BODY):
        return JSONResponse({})
    return Response()


def channels(world: World) -> Response:
    """Answer GET /channels."""
    faults, fibre = world.faults, SPEC.fibre
    if faults.on(faults_of.CHANNELS_FAIL):
        return error(500, INTERNAL_FAILURE)
    lowest: Any = 0 if faults.on(faults_of.CHANNELS_ZERO) else fibre.lowest_channel
    highest: Any = fibre.highest_channel
    if faults.on(faults_of.CHANNELS_SHORT):
        highest = 100
    if faults.on(faults_of.CHANNELS_DEFAULT):
        highest = fibre.highest_channel - 1
    if faults.on(faults_of.CHANNELS_VARY):
        highest -= next(world.answers) % 2
    if faults.on(faults_of.CHANNELS_TEXT):
        lowest, highest = str(lowest), str(highest)
    return JSONResponse({"lowest_channel": lowest, "highest_channel": highest})


async def live_metadata(world: World) -> Response:
    """Answer GET /live_metadata in the present state of the fibre."""
    faults, behaviour = world.faults, BEHAVIOURS[world.contract]
    try:
        await world.dependencies.before_metadata()
    except DependencyError as outage:
        return await dependency_failure(world, outage)
    if faults.on(faults_of.LIVE_FAILS):
        return error(500, INTERNAL_FAILURE)
    if world.state is FibreState.WAITING and not behaviour.waiting_placeholder:
        return error(404, "No metadata yet")
    body = _live_metadata(world.state, world.prr_hz)
    _spoil_live_metadata(body, faults)
    return JSONResponse(body)


def _spoil_live_metadata(body: dict[str, Any], faults: ActiveFaults) -> None:
    if faults.on(faults_of.LIVE_CONTRADICTS):
        body["dx"] = 0.0 if body["dx"] else SPEC.fibre.dx_m
    if faults.on(faults_of.LIVE_MISSING):
        del body["dx"]
    if faults.on(faults_of.LIVE_EXTRA):
        body["extra"] = 1
    if faults.on(faults_of.LIVE_TEXT):
        body["prr"] = str(body["prr"])
    if faults.on(faults_of.LIVE_FRACTION):
        body["number_of_channels"] = SPEC.fibre.samples_per_trace / 4
    if faults.on(faults_of.LIVE_NULL):
        body["fiber_length_meters"] = None
    if faults.on(faults_of.LIVE_NEGATIVE):
        body["prr"] = -body["prr"]


def _live_metadata(state: FibreState, prr_hz: int) -> dict[str, Any]:
    fibre = SPEC.fibre
    waiting, ready = state is FibreState.WAITING, state is FibreState.READY
    return {
        "dx": 0.0 if waiting else fibre.dx_m,
        "prr": 0.0 if waiting else float(prr_hz),
        "fiber_start_meters": None if waiting else fibre.start_m,
        "fiber_length_meters": None if waiting else fibre.length_m,
        "sw_version": fibre.software_version if ready else _WAITING_TEXT,
        "number_of_channels": fibre.samples_per_trace if ready else fibre.highest_channel,
        "fiber_description": _WAITING_TEXT if waiting else fibre.description,
    }


async def metadata(world: World, job_id: str) -> Response:
    """Answer GET /metadata/{job_id}: known only while a consumer reads the job."""
    try:
        await world.dependencies.before_metadata()
    except DependencyError as outage:
        return await dependency_failure(world, outage)
    job = world.jobs.find(job_id)
    unread = world.faults.on(faults_of.METADATA_UNREAD)
    if job is not None and (job.consumer_attached or unread):
        return JSONResponse(_metadata_shown(world, job).response)
    ended = world.jobs.ended(job_id)
    if ended is not None and world.faults.on(faults_of.METADATA_ENDED):
        return JSONResponse(ended.response)
    unknown = world.faults.on(faults_of.METADATA_UNKNOWN)
    text = "No such job" if world.faults.on(faults_of.METADATA_TEXT) else UNKNOWN_JOB
    return error(200 if unknown else 404, text)


def _metadata_shown(world: World, job: Job) -> Job:
    """Return the job whose metadata is shown: with the fault another live one, if there is one."""
    if not world.faults.on(faults_of.METADATA_OF_ANOTHER):
        return job
    return next((other for other in world.jobs.live() if other is not job), job)


def timeline(world: World) -> Response:
    """Answer GET /get_recordings_timeline."""
    if world.faults.on(faults_of.TIMELINE_JSON):
        return JSONResponse({})
    return HTMLResponse(
        "<!DOCTYPE html>\n<html><head><title>Recordings</title></head>"
        "<body><h1>Recordings timeline</h1></body></html>"
    )


async def recordings_in_time_range(world: World, body: bytes, content_type: str) -> Response:
    """Answer POST /recordings_in_time_range."""
    strict = BEHAVIOURS[world.contract].enforces_rules
    reading = read(body, content_type, RecordingsRequest, RANGE_GROUPS, strict)
    world.note_malformed(reading.is_malformed)
    details = [
        problem.detail
        for problem in reading.problems
        if not is_off(shape_rule_id(problem.group, problem.kind), world.faults)
    ]
    if details:
        return reject(wrong_shape(details), world.faults)
    wanted = configuration(reading.raw)
    start, end = wanted.start_time or 0, wanted.end_time or 0
    if strict and not reading.is_misshapen:
        rejection = _range_rejection(world, start, end)
        if rejection is not None:
            return reject(rejection, world.faults)
    elif max(start, end) > SPEC.limits.epoch_max_s:
        return error(500, INTERNAL_FAILURE)
    return await _recordings(world, start, end)


def _range_rejection(world: World, start: int, end: int) -> Rejection | None:
    for rule in RANGE_RULES:
        if rule.breaks(start, end) and not is_off(rule.id, world.faults):
            return broken_rule(rule.message, rule.field)
    return None


async def _recordings(world: World, start: int, end: int) -> Response:
    faults = world.faults
    if faults.on(faults_of.RECORDINGS_ALL):
        start, end = 0, SPEC.limits.epoch_max_s
    try:
        await world.dependencies.before_listing()
        deleted = faults.on(faults_of.RECORDINGS_DELETED)
        found = await world.dependencies.read(
            lambda recordings: recordings.between(start, end, with_deleted=deleted)
        )
    except DependencyError as outage:
        return await dependency_failure(world, outage)
    ranges = [_range(recording, faults) for recording in found]
    return JSONResponse(
        {"recordings": ranges} if faults.on(faults_of.RECORDINGS_OBJECT) else ranges
    )


def _range(recording: Recording, faults: ActiveFaults) -> list[int]:
    factor = 1000 if faults.on(faults_of.RECORDINGS_MS) else 1
    shift = _YEARS_S if faults.on(faults_of.RECORDINGS_SHIFTED) else 0
    return [end if end == -1 else (end - shift) * factor for end in recording.as_range()]
