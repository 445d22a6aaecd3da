"""POST /configure: from the bytes of the request to the answer."""

import asyncio
import time

from starlette.responses import JSONResponse, Response

from sandbox.faults import Fault
from sandbox.focus_server.capacity import SLOTS_NOT_FREED, overload, share_port
from sandbox.focus_server.configuration import (
    HEATMAPS,
    MULTICHANNEL,
    ParsedConfiguration,
    configuration,
)
from sandbox.focus_server.dependencies import DependencyError
from sandbox.focus_server.faults import endpoints as faults_of
from sandbox.focus_server.faults.responses import (
    ACCEPTED_WITH_202,
    STREAM_PER_CHANNEL,
    Answered,
    change_response,
)
from sandbox.focus_server.formulas import is_computable
from sandbox.focus_server.model import ConfigureRequest, DocumentedConfigureRequest
from sandbox.focus_server.outage import (
    answers_all_the_same,
    assumed_recording,
    dependency_failure,
    leave_behind,
    repeat_failed,
)
from sandbox.focus_server.response import Variant, response_body
from sandbox.focus_server.rules.acceptance import (
    HEATMAPS_SERVED,
    channel_limit,
    is_off,
    rules_in_force,
)
from sandbox.focus_server.rules.contracts import BEHAVIOURS, Behaviour, observed_server_fails
from sandbox.focus_server.rules.domain import RULES
from sandbox.focus_server.rules.refusals import TALL_PX, wrong_refusal
from sandbox.focus_server.rules.rejections import (
    JOB_LEFT,
    JOB_LEFT_LATE,
    OBJECTS_LEFT,
    PARSE_FAILURE,
    Rejection,
    broken_rule,
    error,
    reject,
    wrong_shape,
)
from sandbox.focus_server.rules.request_body import Problem, ReceivedBody, read
from sandbox.focus_server.rules.rule import RuleContext
from sandbox.focus_server.rules.shape import CONFIGURE_GROUPS, shape_rule_id
from sandbox.options import FibreState
from sandbox.recordings.reader import Recordings, StoredRecording
from sandbox.spec import SPEC
from sandbox.state import SandboxState

WAITING_REFUSAL = "Cannot proceed: Missing required fiber metadata fields: prr"
_EDGE_S = 5
NO_RECORDING = "No recording found in given time range"


async def configure(state: SandboxState, body: bytes, content_type: str) -> Response:
    """Answer one POST /configure."""
    if state.wedged:
        return error(500, PARSE_FAILURE)
    behaviour = BEHAVIOURS[state.contract]
    model = DocumentedConfigureRequest if behaviour.integer_views else ConfigureRequest
    reading = read(body, content_type, model, CONFIGURE_GROUPS, strict=behaviour.enforces_rules)
    state.note_malformed(reading.is_malformed)
    wanted = configuration(reading.raw)
    rejection = _shape_rejection(state, reading)
    if not reading.is_misshapen:
        rejection = _rule_rejection(state, behaviour, wanted)
    rejection = rejection or wrong_refusal(wanted, state.faults)
    if rejection is not None:
        _leave_behind(state, wanted, reading)
        return reject(rejection, state.faults)
    _note_stress(state, wanted)
    return await _accept(state, behaviour, wanted, reading)


def _leave_behind(state: SandboxState, wanted: ParsedConfiguration, reading: ReceivedBody) -> None:
    """Leave behind what the active faults have a refusal leave."""

    def start(fault: Fault) -> None:
        if state.faults.on(fault):
            state.jobs.start(dict(reading.raw), wanted.is_historic)

    start(JOB_LEFT)
    if state.faults.on(JOB_LEFT_LATE):
        delay_s = state.faults.number(JOB_LEFT_LATE)
        asyncio.get_running_loop().call_later(delay_s, start, JOB_LEFT_LATE)
    for fault, (plural, kind) in OBJECTS_LEFT.items():
        if state.faults.on(fault):
            state.leftovers.leave(plural, kind)


def _shape_rejection(state: SandboxState, reading: ReceivedBody) -> Rejection | None:
    """Refuse a body of the wrong shape, as far as the rules about it are on."""
    details = [
        problem.detail for problem in reading.problems if not _is_let_through(state, problem)
    ]
    return wrong_shape(details) if details else None


def _is_let_through(state: SandboxState, problem: Problem) -> bool:
    is_heatmaps = problem.group == "view-type" and problem.detail["input"] == str(HEATMAPS)
    if is_heatmaps and state.faults.on(HEATMAPS_SERVED):
        return True
    return is_off(shape_rule_id(problem.group, problem.kind), state.faults)


def _rule_rejection(
    state: SandboxState, behaviour: Behaviour, wanted: ParsedConfiguration
) -> Rejection | None:
    """Refuse what breaks a domain rule; observed servers have none."""
    if not behaviour.enforces_rules:
        return None
    context = _context(state)
    for rule in rules_in_force(state.faults):
        if rule.breaks(wanted, context):
            message = rule.message(wanted, context)
            return broken_rule(message, rule.field, behaviour.refusal_status)
    return None


def _context(state: SandboxState) -> RuleContext:
    highest, limit = SPEC.fibre.highest_channel, channel_limit(state.faults)
    behaviour = BEHAVIOURS[state.contract]
    return RuleContext(
        SPEC.limits,
        state.prr_hz,
        highest,
        time.time(),
        limit,
        smallest_nfft=behaviour.smallest_nfft or SPEC.limits.nfft_minimum,
        waterfall_duration=behaviour.waterfall_duration,
    )


def _note_stress(state: SandboxState, wanted: ParsedConfiguration) -> None:
    """Remember, for the fault that wedges the server, that something extreme was asked for."""
    extreme = (
        wanted.channel_count >= SPEC.limits.channels
        or wanted.height >= TALL_PX
        or (wanted.nfft or 0) >= SPEC.limits.nfft_singlechannel
    )
    state.wedged = extreme and state.faults.on(faults_of.WEDGED)
    if extreme and state.faults.on(faults_of.WEDGED_LATER):
        state.wedged_from = time.monotonic() + state.faults.number(faults_of.WEDGED_LATER)


async def _accept(
    state: SandboxState, behaviour: Behaviour, wanted: ParsedConfiguration, reading: ReceivedBody
) -> Response:
    """Start a job for a configuration that no rule refuses, if the server can."""
    failure = await state.load.answer() or _inability(state, behaviour, wanted)
    if failure is not None:
        return failure
    try:
        recording = await _recording(state, behaviour, wanted, reading)
        if not wanted.is_historic:
            await state.dependencies.before_live()
    except DependencyError as outage:
        if not answers_all_the_same(state, outage):
            leave_behind(state, outage, historic=wanted.is_historic)
            return await dependency_failure(state, outage)
        recording = assumed_recording(wanted)
    if wanted.is_historic and recording is None:
        text = "Nothing here" if state.faults.on(faults_of.NO_RECORDING_TEXT) else NO_RECORDING
        return error(behaviour.no_recording_status, text)
    return await _start_job(state, behaviour, wanted, reading, recording)


def _inability(
    state: SandboxState, behaviour: Behaviour, wanted: ParsedConfiguration
) -> Response | None:
    """The error of a server that cannot do what it does not refuse."""
    fails = not behaviour.enforces_rules and observed_server_fails(wanted, state.faults)
    if fails or state.faults.on(faults_of.CONFIGURE_FAILS):
        return error(500, PARSE_FAILURE)
    if not is_computable(wanted, SPEC.limits):
        return error(500, PARSE_FAILURE)
    if _is_waiting(state) and not wanted.is_historic:
        return _waiting_refusal(state)
    return None


def _waiting_refusal(state: SandboxState) -> Response:
    """Refuse a live configuration while the fibre is waited for, as the active faults have it."""
    if state.faults.on(faults_of.WAITING_LEAVES_JOB):
        state.jobs.start({}, historic=False)
    if state.faults.on(faults_of.WAITING_500):
        return error(500, PARSE_FAILURE)
    if state.faults.on(faults_of.WAITING_SILENT):
        return Response(status_code=503)
    return error(503, WAITING_REFUSAL)


def _is_waiting(state: SandboxState) -> bool:
    waiting = state.fibre is FibreState.WAITING
    return waiting and not state.faults.on(faults_of.WAITING_ACCEPTED)


async def _recording(
    state: SandboxState, behaviour: Behaviour, wanted: ParsedConfiguration, reading: ReceivedBody
) -> StoredRecording | None:
    """What a historic job plays: the recording that contains its start.

    Where the look-up is skipped (the range breaks a rule that is off, or a version that did not
    look), any recording serves.
    """
    if wanted.start_time is None:
        return None
    if reading.is_misshapen or _skips_look_up(state, behaviour, wanted):
        return await state.dependencies.read(Recordings.newest, "newest")
    late = state.faults.on(faults_of.RECORDINGS_LATE)
    delay = state.faults.number(faults_of.RECORDINGS_LATE) if late else 0.0
    start = wanted.start_time
    found = await state.dependencies.read(
        lambda recordings: recordings.containing(start, delay), ("containing", start, delay)
    )
    if found is None and state.faults.on(faults_of.NO_RECORDING_200):
        return await state.dependencies.read(Recordings.newest, "newest")
    lost = state.faults.on(faults_of.HISTORIC_EDGES) and _at_an_edge(found, wanted)
    return None if lost else found


def _at_an_edge(found: StoredRecording | None, wanted: ParsedConfiguration) -> bool:
    """Whether the range begins or ends in the first or last five seconds, or ends beyond."""
    if found is None or found.end is None or None in (wanted.start_time, wanted.end_time):
        return False
    start, end = wanted.start_time or 0, wanted.end_time or 0
    return start < found.start.timestamp() + _EDGE_S or end > found.end.timestamp() - _EDGE_S


def _skips_look_up(state: SandboxState, behaviour: Behaviour, wanted: ParsedConfiguration) -> bool:
    if behaviour.future_unchecked:
        return wanted.start_time is not None and wanted.start_time > time.time()
    context = _context(state)
    return any(
        rule.concerns_time and is_off(rule.id, state.faults) and rule.breaks(wanted, context)
        for rule in RULES
    )


async def _start_job(
    state: SandboxState,
    behaviour: Behaviour,
    wanted: ParsedConfiguration,
    reading: ReceivedBody,
    recording: StoredRecording | None,
) -> Response:
    refusal = overload(state.jobs, state.faults)  # at the last moment: others started meanwhile
    if refusal is not None:
        return refusal
    others = tuple(state.jobs.live())
    job = state.jobs.start(
        dict(reading.raw),
        wanted.is_historic,
        slots_are_freed=not state.faults.on(SLOTS_NOT_FREED),
        is_hexadecimal=behaviour.hex_job_ids,
    )
    faults = state.faults
    variant = Variant(
        state.prr_hz,
        _decimation(state, behaviour),
        behaviour.port_as_text,
        state.stream_host,
        status=behaviour.status.value,
        job_route=behaviour.job_route,
        stream_per_channel=faults.on(STREAM_PER_CHANNEL) and wanted.view == MULTICHANNEL,
    )
    job.is_silent = not wanted.is_historic and state.dependencies.silences_live
    job.promised = response_body(wanted, variant, job, recording)
    job.response = dict(job.promised)
    change_response(job.response, Answered(job, others), state.faults)
    state.load.started(job)
    repeat_failed(state, job)
    await share_port(job, state.starting, state.faults)
    return JSONResponse(job.response, 202 if faults.on(ACCEPTED_WITH_202) else 200)


def _decimation(state: SandboxState, behaviour: Behaviour) -> int:
    if state.faults.on(faults_of.MULTI_DECIMATION):
        return max(1, int(state.faults.number(faults_of.MULTI_DECIMATION)))
    return behaviour.multi_decimation
