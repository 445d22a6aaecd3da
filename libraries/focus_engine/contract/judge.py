"""Judges one reply, with the live prr, the job ledger and the cluster's jobs."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from focus_engine.checks.report import Report
from focus_engine.contract.configure.accepted import asked_fields, judge_configure, slot_of
from focus_engine.contract.configure.bounds import judge_pointed_bound
from focus_engine.contract.configure.context import Circumstances, Form
from focus_engine.contract.configure.leak_checks import judge_harmless
from focus_engine.contract.configure.limits import FibreLimits, judge_limits, limits_of
from focus_engine.contract.configure.refusals import Refusals
from focus_engine.contract.configure.rejection import (
    Leftovers,
    channels_of,
    judge_leftovers,
    judge_no_recording,
    judge_rejection,
)
from focus_engine.contract.endpoints.job_answers import judge_inability
from focus_engine.contract.endpoints.server_contract import judged_json, live_prr
from focus_engine.contract.json_types import is_int
from focus_engine.environment import Environment
from focus_engine.given import whole_given
from focus_engine.kubernetes.jobs import GrpcJobs
from focus_engine.ledger import JobLedger
from focus_engine.settings import Requirements, client_settings
from focus_engine.transport.client import FocusApi
from focus_engine.transport.reply import Reply


@dataclass(frozen=True)
class Judge:
    """Judges replies to POST /configure. `jobs` is None where no cluster is given."""

    api: FocusApi
    ledger: JobLedger
    jobs: GrpcJobs | None
    required: Requirements
    refusals: Refusals

    def watched(self, body: bytes, content_type: str, described: str) -> Reply:
        """Send a configuration, having looked at the cluster's jobs just before."""
        before = self.look_before()
        return replace(self.api.configure(body, content_type, described), jobs_before=before)

    def look_before(self) -> frozenset[str] | None:
        """The jobs in the cluster before something is sent; from then on it is watched.

        They also tell what became of unclear answers. None where no cluster is given.
        """
        if self.jobs is None:
            return None
        self.refusals.watch()
        began = time.time()
        here = frozenset(job.job_id for job in self.jobs.current())
        self.ledger.seen_in_cluster(here, began)
        return here

    def accepted(self, reply: Reply, form: Form | None = None) -> Report:
        """That `reply` is an acceptance and keeps the contract; `form` is what the case judges."""
        findings, status = Report(), self.required.accepted_status
        sentence = (
            f"{reply.request} should be accepted ({' or '.join(map(str, status.accepted))}), but "
            f"the server answered {reply.answer}"
        )
        if not findings.expect_either("accepted with", reply.status, status, sentence):
            return findings
        answer = judged_json(reply, findings)
        if answer is None:
            return findings
        job_id = answer.get("job_id") if isinstance(answer, dict) else None
        circumstances = Circumstances(
            stream_port_base=stream_port_base(self.api.environment),
            largest_nfft=max(client_settings().Options.nfftSingleChannel),
            required=self.required,
            form=form,
            prr=live_prr(self.api.live_metadata()),
            neighbours=self.ledger.alive_when_started(job_id) if isinstance(job_id, str) else (),
            most_alive=self._most_alive(reply, job_id),
        )
        findings.extend(judge_configure(answer, asked_fields(reply.sent), circumstances))
        return findings

    def _most_alive(self, reply: Reply, job_id: object) -> int | None:
        """How many jobs can have been alive when `reply` came, with that of `job_id`.

        None where that is not known, or somebody else may have started some.
        """
        environment = self.api.environment
        if environment.file.shared or self.jobs is None:
            return None
        sent = time.time() - (time.monotonic() - reply.sent_at)
        grace = environment.file.settle + environment.job_life
        most, slot = self.ledger.most_alive(sent, environment.job_life, grace), slot_of(job_id)
        if most is None or slot is None or slot <= most:
            return most  # nobody needs to be looked for
        here = {job.job_id for job in self.jobs.current()}
        # Jobs may live longer than the environment says; a slot that a job has is not lost.
        return None if here - self.ledger.job_ids() else max(most, len(here))

    def rejected(self, reply: Reply, naming: Sequence[str], limits: Sequence[int] = ()) -> Report:
        """That `reply` is a rejection that names one of `naming` and left nothing behind.

        `limits` are what the request breaks: a refusal that tells a limit must tell one of them.
        """
        findings = judge_rejection(reply, naming, self.required)
        if not findings.failures:
            told = self._limits(reply, naming, limits, FibreLimits())
            if told.failures:  # it may tell what the fibre limits, which is asked for then alone
                told = self._limits(reply, naming, limits, self.fibre())
            findings.extend(told)
            findings.extend(judge_pointed_bound(reply, client_settings()))
        return self._with_leftovers(reply, findings)

    def _limits(
        self, reply: Reply, naming: Sequence[str], broken: Sequence[int], fibre: FibreLimits
    ) -> Report:
        """What the refusal tells of the limits of the fields that it must name, judged."""
        found, client = Report(), client_settings()
        for field in naming:
            limits = limits_of(field, reply, client, self.required, fibre)
            if limits is not None:
                found.extend(judge_limits(reply, limits, broken))
        return found

    def fibre(self) -> FibreLimits:
        """What the fibre of now limits, as far as the server tells it."""
        channels, prr = self.api.channels().json_or_none(), live_prr(self.api.live_metadata())
        highest = channels.get("highest_channel") if isinstance(channels, dict) else None
        nyquist = prr and prr * self.required.frequency_max_fraction_of_prr.value
        return FibreLimits(highest if is_int(highest) else None, nyquist)

    def accepted_or_rejected(self, reply: Reply, naming: Sequence[str]) -> Report:
        """That `reply` is one or the other, and a proper one."""
        if reply.is_accepted:
            return self.accepted(reply)
        if reply.status in self.required.rejection_statuses.value:
            return self.rejected(reply, naming)
        findings = Report()
        statuses = " or ".join(str(status) for status in self.required.rejection_statuses.value)
        sentence = (
            f"{reply.request} should be accepted (200) or rejected ({statuses}), but the server "
            f"answered {reply.answer}"
        )
        findings.expect("status", False, f"200, {statuses}", reply.status, sentence)
        return findings

    def found_no_recording(self, reply: Reply) -> Report:
        """That `reply` says, as agreed, that there is no recording in its time range."""
        return self._with_leftovers(reply, judge_no_recording(reply, self.required))

    def unable(self, reply: Reply, statuses: Sequence[int], why: str) -> Report:
        """That `reply` refuses a valid request that cannot be served now, leaving nothing."""
        return self._with_leftovers(reply, judge_inability(reply, statuses, why))

    def harmless(self, reply: Reply) -> Report:
        """That a hostile body was refused, told nothing of the inside and left nothing."""
        return self._with_leftovers(reply, judge_harmless(reply))

    def _with_leftovers(self, reply: Reply, findings: Report) -> Report:
        if reply.is_accepted:  # accepted: its job is expected, and failing already
            return findings
        channels = channels_of(_parsed(reply.sent), client_settings().Defaults)
        self.refusals.note(reply, channels)
        leftovers = Leftovers(self.jobs, self.ledger, self.api.environment.file.shared)
        findings.extend(judge_leftovers(reply, channels, leftovers))
        return findings


def stream_port_base(environment: Environment) -> int:
    """The port of slot 0: FOCUS_STREAM_PORT_BASE where it is set, else the environment's file."""
    return whole_given("FOCUS_STREAM_PORT_BASE", environment.file.ports.stream_base, 1, 65_535)


def _parsed(sent: bytes) -> object:
    try:
        return json.loads(sent)
    except (ValueError, RecursionError):  # raw bytes may be anything; then they name no channels
        return None
