"""The endpoints beside POST /configure: what each answers in the present state of the sandbox."""

import time
from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, Response

from sandbox.faults import ActiveFaults
from sandbox.focus_server.configuration import configuration
from sandbox.focus_server.dependencies import DependencyError, Name
from sandbox.focus_server.faults import endpoints as faults_of
from sandbox.focus_server.faults import outage as outage_faults
from sandbox.focus_server.jobs import Job
from sandbox.focus_server.model import RecordingsRequest
from sandbox.focus_server.outage import dependency_failure
from sandbox.focus_server.rules.acceptance import is_off
from sandbox.focus_server.rules.contracts import BEHAVIOURS
from sandbox.focus_server.rules.rejections import Rejection, broken_rule, error, reject, wrong_shape
from sandbox.focus_server.rules.request_body import read
from sandbox.focus_server.rules.shape import RANGE_GROUPS, shape_rule_id
from sandbox.focus_server.rules.time_range import RANGE_RULES
from sandbox.options import FibreState
from sandbox.recordings.reader import StoredRecording
from sandbox.spec import SPEC
from sandbox.state import SandboxState

INTERNAL_FAILURE = "Internal Server Error"
UNKNOWN_JOB = "Invalid job_id"

_NEAR_S, _HOUR_S = 120, 3600
_LONG_S, _LATEST_S = 30 * 86_400, 2 * 86_400
_YEARS_S = 3 * 366 * 86_400
_WAITING_TEXT = "waiting for fiber"
_LIVE_LIES = (
    (faults_of.LIVE_FRACTION, "number_of_channels", SPEC.fibre.samples_per_trace / 4),
    (faults_of.LIVE_NULL, "fiber_length_meters", None),
    (faults_of.LIVE_STEP, "dx", SPEC.fibre.dx_m + 1),
    (faults_of.LIVE_START, "fiber_start_meters", SPEC.fibre.start_m + 1),
)


async def ack(state: SandboxState) -> Response:
    """Answer GET /ack: nothing at all, not even a content type."""
    await state.dependencies.before_ack()
    if state.wedged or time.monotonic() >= state.wedged_from:
        return error(503, "The server is not able to serve")
    if state.faults.on(faults_of.ACK_FAILS):
        return error(500, INTERNAL_FAILURE)
    if state.faults.on(faults_of.ACK_HAS_BODY):
        return JSONResponse({})
    if state.faults.on(faults_of.ACK_DECLARED):
        return Response(media_type="application/json")
    return Response()


async def channels(state: SandboxState) -> Response:
    """Answer GET /channels."""
    faults, fibre = state.faults, SPEC.fibre
    try:
        await state.dependencies.before_channels()
    except DependencyError as outage:
        return await dependency_failure(state, outage)
    if faults.on(faults_of.CHANNELS_FAIL):
        return error(500, INTERNAL_FAILURE)
    lowest: Any = 0 if faults.on(faults_of.CHANNELS_ZERO) else fibre.lowest_channel
    highest: Any = fibre.highest_channel
    if faults.on(faults_of.CHANNELS_SHORT):
        highest = 100
    if state.dependencies.shows_without(Name.MONGODB, outage_faults.MONGO_LOWERS_CHANNELS):
        highest = SPEC.limits.channels
    if faults.on(faults_of.CHANNELS_DEFAULT):
        highest = fibre.highest_channel - 1
    if faults.on(faults_of.CHANNELS_VARY):
        highest -= next(state.answers) % 2
    if faults.on(faults_of.CHANNELS_TEXT):
        lowest, highest = str(lowest), str(highest)
    return _told(state, {"lowest_channel": lowest, "highest_channel": highest})


def _told(state: SandboxState, body: dict[str, Any]) -> Response:
    """200 with the body; with the fault an empty object and nothing at all in turn."""
    if not state.faults.on(faults_of.TELL_NOTHING):
        return JSONResponse(body)
    return JSONResponse({}) if next(state.answers) % 2 else Response()


async def live_metadata(state: SandboxState) -> Response:
    """Answer GET /live_metadata in the present state of the fibre."""
    faults, behaviour = state.faults, BEHAVIOURS[state.contract]
    try:
        await state.dependencies.before_metadata()
    except DependencyError as outage:
        return await dependency_failure(state, outage)
    if faults.on(faults_of.LIVE_FAILS):
        return error(500, INTERNAL_FAILURE)
    if state.fibre is FibreState.WAITING and not behaviour.waiting_placeholder:
        return error(404, "No metadata yet")
    body = _live_metadata(state.fibre, state.prr_hz)
    _spoil_live_metadata(body, faults)
    if faults.on(faults_of.LIVE_VARIES) and state.fibre is not FibreState.WAITING:
        body["fiber_start_meters"] += next(state.answers) % 2
    if state.dependencies.zeroes_prr:
        body["prr"] = 0.0
    return _told(state, body)


def _spoil_live_metadata(body: dict[str, Any], faults: ActiveFaults) -> None:
    if faults.on(faults_of.LIVE_CONTRADICTS):
        body["dx"] = 0.0 if body["dx"] else SPEC.fibre.dx_m
    if faults.on(faults_of.LIVE_MISSING):
        del body["dx"]
    if faults.on(faults_of.LIVE_EXTRA):
        body["extra"] = 1
    if faults.on(faults_of.LIVE_TEXT):
        body["prr"] = str(body["prr"])
    body |= {field: told for fault, field, told in _LIVE_LIES if faults.on(fault)}
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


async def metadata(state: SandboxState, job_id: str) -> Response:
    """Answer GET /metadata/{job_id}: known only while a consumer reads the job."""
    try:
        await state.dependencies.before_metadata()
    except DependencyError as outage:
        return await dependency_failure(state, outage)
    job = _job_asked_for(state, job_id)
    if job is not None and _is_told(state, job):
        return _told(state, _metadata_shown(state, job).response)
    ended = state.jobs.ended(job_id)
    if ended is not None and state.faults.on(faults_of.METADATA_ENDED):
        return JSONResponse(ended.response)
    unknown = state.faults.on(faults_of.METADATA_UNKNOWN)
    text = "No such job" if state.faults.on(faults_of.METADATA_TEXT) else UNKNOWN_JOB
    return error(200 if unknown else 404, text)


def _job_asked_for(state: SandboxState, job_id: str) -> Job | None:
    """The live job of that id, or with the faults one of which the id tells a part."""
    if state.dependencies.forgets_jobs:
        return None
    if state.faults.on(faults_of.METADATA_BY_NUMBERS):
        return state.jobs.find(_of_plain_numbers(job_id))
    if state.faults.on(faults_of.METADATA_BY_BEGINNING):
        return next((job for job in state.jobs.live() if job.id.startswith(job_id)), None)
    if not state.faults.on(faults_of.METADATA_BY_SLOT):
        return state.jobs.find(job_id)
    slot = job_id.partition("-")[0]
    return next((job for job in state.jobs.live() if str(job.slot) == slot), None)


def _of_plain_numbers(job_id: str) -> str:
    """`1-5` for `01-005`, ` 1-5` and `1-+5`; any other id as it is."""
    try:
        slot, counter = map(int, job_id.split("-"))
    except ValueError:
        return job_id
    return f"{slot}-{counter}"


def _is_told(state: SandboxState, job: Job) -> bool:
    """Whether somebody reads the job; the faults are content with less, or ask for more."""
    stays = job.was_read and state.faults.on(faults_of.METADATA_STAYS)
    forgets = (Name.RABBITMQ, outage_faults.RABBIT_FORGETS_HISTORIC)
    if job.historic and (
        state.faults.on(faults_of.METADATA_PLAYED) or state.dependencies.shows_without(*forgets)
    ):
        return False
    if job.one_has_left and state.faults.on(faults_of.METADATA_LEFT):
        return False
    if not job.of_first_stream and state.faults.on(faults_of.METADATA_OF_FIRST):
        return False
    return job.consumer_attached or stays or state.faults.on(faults_of.METADATA_UNREAD)


def _metadata_shown(state: SandboxState, job: Job) -> Job:
    """The job whose metadata is shown: with the fault another live one, if there is one."""
    if not state.faults.on(faults_of.METADATA_OF_ANOTHER):
        return job
    return next((other for other in state.jobs.live() if other is not job), job)


async def timeline(state: SandboxState) -> Response:
    """Answer GET /get_recordings_timeline."""
    try:
        await state.dependencies.before_timeline()
    except DependencyError as outage:
        return await dependency_failure(state, outage)
    if state.faults.on(faults_of.TIMELINE_JSON):
        return JSONResponse({})
    return HTMLResponse(
        "<!DOCTYPE html>\n<html><head><title>Recordings</title></head>"
        "<body><h1>Recordings timeline</h1></body></html>"
    )


async def recordings_in_time_range(state: SandboxState, body: bytes, content_type: str) -> Response:
    """Answer POST /recordings_in_time_range."""
    strict = BEHAVIOURS[state.contract].enforces_rules
    reading = read(body, content_type, RecordingsRequest, RANGE_GROUPS, strict)
    state.note_malformed(reading.is_malformed)
    details = [
        problem.detail
        for problem in reading.problems
        if not is_off(shape_rule_id(problem.group, problem.kind), state.faults)
    ]
    if details:
        return reject(wrong_shape(details), state.faults)
    wanted = configuration(reading.raw)
    start, end = wanted.start_time or 0, wanted.end_time or 0
    if strict and not reading.is_misshapen:
        rejection = _range_rejection(state, start, end)
        if rejection is not None:
            return reject(rejection, state.faults)
    elif max(start, end) > SPEC.limits.epoch_max_s:
        return error(500, INTERNAL_FAILURE)
    return await _recordings(state, start, end)


def _range_rejection(state: SandboxState, start: int, end: int) -> Rejection | None:
    for rule in RANGE_RULES:
        if rule.breaks(start, end) and not is_off(rule.id, state.faults):
            return broken_rule(rule.message, rule.field)
    if state.faults.on(faults_of.RECORDINGS_AHEAD) and start > time.time():
        return broken_rule("lies in the future", "start_time")
    return None


async def _recordings(state: SandboxState, start: int, end: int) -> Response:
    faults = state.faults
    if faults.on(faults_of.RECORDINGS_ALL):
        start, end = 0, SPEC.limits.epoch_max_s
    if faults.on(faults_of.RECORDINGS_NEAR):
        start, end = start - _NEAR_S, end + _NEAR_S
    if faults.on(faults_of.RECORDINGS_OLD) and end - start > _LONG_S:
        start = end - _LATEST_S
    try:
        await state.dependencies.before_listing()
        deleted = faults.on(faults_of.RECORDINGS_DELETED) or state.dependencies.shows_after(
            Name.MONGODB, outage_faults.MONGO_LISTS_DELETED
        )
        found = await state.dependencies.read(
            lambda recordings: recordings.between(start, end, with_deleted=deleted),
            ("between", start, end, deleted),
        )
    except DependencyError as outage:
        if faults.on(outage_faults.MONGO_LISTS_NOTHING) and end - start > _HOUR_S:
            return JSONResponse([])
        return await dependency_failure(state, outage)
    ranges = [_range(recording, faults) for recording in _listed(state, found, start, end)]
    return JSONResponse(
        {"recordings": ranges} if faults.on(faults_of.RECORDINGS_OBJECT) else ranges,
        media_type="text/plain" if faults.on(faults_of.RECORDINGS_AS_TEXT) else None,
    )


def _listed(
    state: SandboxState, found: list[StoredRecording], start: int, end: int
) -> list[StoredRecording]:
    """What is listed of the recordings of a range: all of them, but for the faults."""
    faults = state.faults
    told = found[:3] if faults.on(faults_of.RECORDINGS_CUT) else found
    if faults.on(faults_of.RECORDINGS_WHOLE):
        told = [one for one in told if one.lies_within(start, end)]
    ended_alone = (Name.RABBITMQ, outage_faults.RABBIT_LISTS_ENDED)
    if (
        faults.on(faults_of.RECORDINGS_ONGOING) and end < time.time() - 1
    ) or state.dependencies.shows_without(*ended_alone):
        told = [one for one in told if one.end is not None]
    if faults.on(faults_of.RECORDINGS_FUTURE) and end > time.time() + 1:
        told = []
    if faults.on(faults_of.RECORDINGS_INSTANT) and start == end:
        told = []
    return told


def _range(recording: StoredRecording, faults: ActiveFaults) -> list[int]:
    factor = 1000 if faults.on(faults_of.RECORDINGS_MS) else 1
    shift = _YEARS_S if faults.on(faults_of.RECORDINGS_SHIFTED) else 0
    return [end if end == -1 else (end - shift) * factor for end in recording.as_range()]
