"""POST /configure: from the bytes of the request to the answer."""

import asyncio
import time

from starlette.responses import Response

from sandbox.faults import Fault
from sandbox.focus_server.configuration import (
    HEATMAPS,
    ParsedConfiguration,
    configuration,
)
from sandbox.focus_server.dependencies import Name
from sandbox.focus_server.faults import endpoints as faults_of
from sandbox.focus_server.faults.outage import MONGO_LIFTS_LIMIT
from sandbox.focus_server.job_request import JobRequest
from sandbox.focus_server.model import ConfigureRequest, DocumentedConfigureRequest
from sandbox.focus_server.rules.acceptance import (
    HEATMAPS_SERVED,
    is_off,
    rule_context,
    rules_in_force,
)
from sandbox.focus_server.rules.contracts import BEHAVIOURS, Behaviour
from sandbox.focus_server.rules.refusals import REFUSES_PARAMETERS, TALL_PX, wrong_refusal
from sandbox.focus_server.rules.rejections import (
    JOB_LEFT,
    JOB_LEFT_LATE,
    OBJECTS_LEFT,
    PARSE_FAILURE,
    SEVERAL_UNTOLD,
    Rejection,
    broken_rule,
    error,
    reject,
    wrong_shape,
)
from sandbox.focus_server.rules.request_body import Problem, ReceivedBody, read
from sandbox.focus_server.rules.shape import CONFIGURE_GROUPS, shape_rule_id
from sandbox.spec import SPEC
from sandbox.state import SandboxState


async def configure(state: SandboxState, body: bytes, content_type: str) -> Response:
    """Answer one POST /configure."""
    if state.wedged:
        return error(500, PARSE_FAILURE)
    behaviour = BEHAVIOURS[state.contract]
    model = DocumentedConfigureRequest if behaviour.integer_views else ConfigureRequest
    if state.faults.on(REFUSES_PARAMETERS) and ";" in content_type:
        content_type = ""
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
    return await JobRequest(state, behaviour, wanted, reading).answer()


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
    if len(details) > 1 and state.faults.on(SEVERAL_UNTOLD):
        return wrong_shape([])
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
    context = rule_context(behaviour, state.prr_hz, state.faults)
    lifted = state.dependencies.shows_without(Name.MONGODB, MONGO_LIFTS_LIMIT)
    for rule in rules_in_force(state.faults):
        if lifted and rule.id == "channel-count":
            continue
        if rule.breaks(wanted, context):
            message = rule.message(wanted, context)
            return broken_rule(message, rule.field, behaviour.refusal_status)
    return None


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
