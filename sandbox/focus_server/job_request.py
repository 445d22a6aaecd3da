"""A configuration that no rule refuses: its recording and job, and what keeps a server from it."""

import time
from dataclasses import dataclass

from starlette.responses import Response

from sandbox.faults import ActiveFaults
from sandbox.focus_server.capacity import (
    ID_GIVEN_AGAIN,
    SLOT_LOST,
    SLOTS_NOT_FREED,
    overload,
    share_port,
)
from sandbox.focus_server.configuration import MULTICHANNEL, ParsedConfiguration
from sandbox.focus_server.dependencies import DependencyError, Name
from sandbox.focus_server.faults import endpoints as faults_of
from sandbox.focus_server.faults.outage import MONGO_PLAYS_NEWEST, RABBIT_COUNTS_ANEW
from sandbox.focus_server.faults.responses import (
    ACCEPTED_WITH_202,
    DECLARED_AS_TEXT,
    STREAM_PER_CHANNEL,
    Answered,
    change_response,
)
from sandbox.focus_server.formulas import is_computable
from sandbox.focus_server.outage import (
    NO_RECORDING,
    answers_all_the_same,
    assumed_recording,
    dependency_failure,
    end_live_of_before,
    leave_behind,
    repeat_failed,
)
from sandbox.focus_server.response import Variant, response_body
from sandbox.focus_server.rules.acceptance import is_off, rule_context
from sandbox.focus_server.rules.contracts import Behaviour, observed_server_fails
from sandbox.focus_server.rules.domain import RULES
from sandbox.focus_server.rules.rejections import PARSE_FAILURE, error
from sandbox.focus_server.rules.request_body import ReceivedBody
from sandbox.http.long_json import LongJson
from sandbox.options import FibreState
from sandbox.recordings.reader import Recordings, StoredRecording
from sandbox.spec import SPEC
from sandbox.state import SandboxState

WAITING_REFUSAL = "Cannot proceed: Missing required fiber metadata fields: prr"
_ADDRESS = "mongodb://focus@mongodb.panda.svc:27017/prisma"
_EDGE_S = 5
_OLD_S = 2 * 86_400


@dataclass(frozen=True)
class JobRequest:
    """One configuration that the server is to serve, if it can."""

    state: SandboxState
    behaviour: Behaviour
    wanted: ParsedConfiguration
    reading: ReceivedBody

    @property
    def faults(self) -> ActiveFaults:
        return self.state.faults

    async def answer(self) -> Response:
        """Start a job for a configuration that no rule refuses, if the server can."""
        failure = await self.state.load.answer() or self._inability()
        if failure is not None:
            return failure
        try:
            recording = await self._recording()
            await self._reach_dependencies()
        except DependencyError as outage:
            if not answers_all_the_same(self.state, outage):
                leave_behind(self.state, outage, historic=self.wanted.is_historic)
                return await dependency_failure(self.state, outage, self.wanted)
            recording = assumed_recording(self.wanted)
        if self.wanted.is_historic and recording is None:
            if self.faults.on(SLOT_LOST):
                self.state.jobs.lose_slot()
            return error(self.behaviour.no_recording_status, self._no_recording_text())
        return await self._start(recording)

    def _no_recording_text(self) -> str:
        if self.faults.on(faults_of.NO_RECORDING_TEXT):
            return "Nothing here"
        tells = self.faults.on(faults_of.NO_RECORDING_TELLS)
        return f"{NO_RECORDING} ({_ADDRESS})" if tells else NO_RECORDING

    async def _reach_dependencies(self) -> None:
        """What there is to do before a job starts. Raises DependencyError."""
        needed, historic = self.state.dependencies, self.wanted.is_historic
        needed.require_view(historic=historic, usual=self.wanted.view == MULTICHANNEL)
        await (needed.before_historic() if historic else needed.before_live())

    def _inability(self) -> Response | None:
        """The error of a server that cannot do what it does not refuse."""
        observed = not self.behaviour.enforces_rules
        fails = observed and observed_server_fails(self.wanted, self.faults)
        if fails or self.faults.on(faults_of.CONFIGURE_FAILS):
            return error(500, PARSE_FAILURE)
        if not is_computable(self.wanted, SPEC.limits):
            return error(500, PARSE_FAILURE)
        if self._is_waiting() and not self.wanted.is_historic:
            return self._waiting_refusal()
        return None

    def _waiting_refusal(self) -> Response:
        """Refuse a live configuration while the fibre is waited for, as the faults have it."""
        if self.faults.on(faults_of.WAITING_LEAVES_JOB):
            self.state.jobs.start({}, historic=False)
        if self.faults.on(faults_of.WAITING_500):
            return error(500, PARSE_FAILURE)
        if self.faults.on(faults_of.WAITING_SILENT):
            return Response(status_code=503)
        return error(503, WAITING_REFUSAL)

    def _is_waiting(self) -> bool:
        waiting = self.state.fibre is FibreState.WAITING
        return waiting and not self.faults.on(faults_of.WAITING_ACCEPTED)

    async def _recording(self) -> StoredRecording | None:
        """What a historic job plays: the recording that contains its start.

        Where the look-up is skipped (the range breaks a rule that is off, or a version that did not
        look), any recording serves.
        """
        if self.wanted.start_time is None:
            return None
        newest = self.state.dependencies.shows_after(Name.MONGODB, MONGO_PLAYS_NEWEST)
        if newest or self.reading.is_misshapen or self._skips_look_up():
            return await self.state.dependencies.read(Recordings.newest, "newest")
        late = self.faults.on(faults_of.RECORDINGS_LATE)
        delay = self.faults.number(faults_of.RECORDINGS_LATE) if late else 0.0
        start = self.wanted.start_time
        found = await self.state.dependencies.read(
            lambda recordings: recordings.containing(start, delay), ("containing", start, delay)
        )
        if found is None and self.faults.on(faults_of.NO_RECORDING_200):
            return await self.state.dependencies.read(Recordings.newest, "newest")
        lost = self.faults.on(faults_of.HISTORIC_EDGES) and _at_an_edge(found, self.wanted)
        ongoing_lost = self.faults.on(faults_of.HISTORIC_ONGOING) and found and found.end is None
        old = found and found.start.timestamp() < time.time() - _OLD_S
        old_lost = self.faults.on(faults_of.HISTORIC_OLD) and old
        return None if lost or ongoing_lost or old_lost else found

    def _skips_look_up(self) -> bool:
        if self.behaviour.future_unchecked:
            return self.wanted.start_time is not None and self.wanted.start_time > time.time()
        context = rule_context(self.behaviour, self.state.prr_hz, self.faults)
        return any(
            rule.concerns_time
            and is_off(rule.id, self.faults)
            and rule.breaks(self.wanted, context)
            for rule in RULES
        )

    async def _start(self, recording: StoredRecording | None) -> Response:
        # At the last moment: others started meanwhile.
        refusal = overload(self.state.jobs, self.faults)
        if refusal is not None:
            return refusal
        others = tuple(self.state.jobs.live())
        if self.state.dependencies.shows_after(Name.RABBITMQ, RABBIT_COUNTS_ANEW):
            self.state.jobs.count_anew()
        end_live_of_before(self.state)
        job = self.state.jobs.start(
            dict(self.reading.raw),
            self.wanted.is_historic,
            slots_are_freed=not self.faults.on(SLOTS_NOT_FREED),
            is_hexadecimal=self.behaviour.hex_job_ids,
            unread_are_counted=not self.faults.on(ID_GIVEN_AGAIN),
        )
        per_channel = self.faults.on(STREAM_PER_CHANNEL) and self.wanted.view == MULTICHANNEL
        variant = Variant(
            self.state.prr_hz,
            self._decimation(),
            self.behaviour.port_as_text,
            self.state.stream_host,
            status=self.behaviour.status.value,
            job_route=self.behaviour.job_route,
            stream_per_channel=per_channel,
        )
        job.is_silent = not self.wanted.is_historic and self.state.dependencies.silences_live
        job.promised = response_body(self.wanted, variant, job, recording)
        if self.state.dependencies.loses_metadata:
            job.promised["metadata"] = {}
        job.response = dict(job.promised)
        answered = Answered(job, others, self.wanted, self.state.prr_hz)
        change_response(job.response, answered, self.faults)
        self.state.load.started(job)
        repeat_failed(self.state, job)
        await share_port(job, self.state.starting, self.faults)
        kind = "text/plain" if self.faults.on(DECLARED_AS_TEXT) else None
        status = 202 if self.faults.on(ACCEPTED_WITH_202) else 200
        return LongJson(job.response, status, media_type=kind)

    def _decimation(self) -> int:
        if self.faults.on(faults_of.MULTI_DECIMATION):
            return max(1, int(self.faults.number(faults_of.MULTI_DECIMATION)))
        return self.behaviour.multi_decimation


def _at_an_edge(found: StoredRecording | None, wanted: ParsedConfiguration) -> bool:
    """Whether the range begins or ends in the first or last five seconds, or ends beyond."""
    if found is None or found.end is None or None in (wanted.start_time, wanted.end_time):
        return False
    start, end = wanted.start_time or 0, wanted.end_time or 0
    return start < found.start.timestamp() + _EDGE_S or end > found.end.timestamp() - _EDGE_S
