"""The open session that all keywords share, and how they log what they saw."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from robot.api import logger
from robot.libraries.BuiltIn import BuiltIn, RobotNotRunningError

from focus_engine.checks.report import Report
from focus_engine.contract.configure.configuration import Configuration
from focus_engine.contract.endpoints.live_state import require_ready_for_live
from focus_engine.evidence import Evidence
from focus_engine.on_use import on_use
from focus_engine.transport.reply import JSON, Reply
from focus_engine.verdict import ToolError
from focus_keywords.reporting import conclude

with on_use(__name__):
    from focus_engine import environment as environments
    from focus_engine import ledger as ledgers
    from focus_engine import settings
    from focus_engine.contract import judge as judges
    from focus_engine.contract.configure import refusals
    from focus_engine.kubernetes import jobs as grpc
    from focus_engine.streams import channel
    from focus_engine.transport import client

ALIAS = "focus"
REQUESTS_LIBRARY = "RequestsLibrary"


class Server:
    """Owns the RequestsLibrary session `focus`; opened on first use, never at import."""

    def __init__(self) -> None:
        self._judge: judges.Judge | None = None
        self._refusals: refusals.Refusals | None = None

    @property
    def judge(self) -> judges.Judge:
        return self._judge or self.open()

    @property
    def api(self) -> client.FocusApi:
        return self.judge.api

    @property
    def environment(self) -> environments.Environment:
        return self.api.environment

    def open(self) -> judges.Judge:
        """Read the environment anew and replace the session."""
        environment, ledger = environments.load_environment(), ledgers.run_ledger()
        channel.load()  # the first job that is read does not wait for it
        api = _open_session(environment, ledger)
        jobs = grpc.grpc_jobs(environment)
        self._refusals = self._refusals_in(jobs)
        self._judge = judges.Judge(api, ledger, jobs, settings.requirements(), self._refusals)
        return self._judge

    def _refusals_in(self, jobs: grpc.GrpcJobs | None) -> refusals.Refusals:
        """Those of this process go on, unless another cluster is meant now."""
        cluster = jobs.cluster if jobs else None
        known = self._refusals
        if known is not None and cluster is not None and cluster.is_like(known.cluster):
            return known
        self.close()
        return refusals.Refusals(cluster, _running_place)

    def close(self) -> None:
        """End what goes on in the background of all suites."""
        if self._refusals is not None:
            self._refusals.close()

    def configure(self, asked: Configuration, *, watched: bool) -> Reply:
        """Send a configuration; `watched` looks at the cluster's jobs just before.

        Raises PreconditionUnmet for a live one while the server waits for fibre: then it answers
        every live request with 503.
        """
        if asked.is_live:
            require_ready_for_live(self.api.live_metadata())
        send = self.judge.watched if watched else self.api.configure
        return send(asked.to_body(), JSON, asked.description)

    def conclude(self, reply: Reply, findings: Report, decisive: tuple[str, ...] = ()) -> None:
        """Log the evidence as one message, then pass or raise the verdict."""
        evidence = Evidence()
        reply.add_to(evidence)
        tell_of_the_case(findings)
        conclude(findings, evidence, decisive)


def _running_place() -> refusals.CaseRow:
    """The suite and the row that run now."""
    built_in = BuiltIn()
    suite, row = (built_in.get_variable_value(name) for name in ("${SUITE NAME}", "${TEST NAME}"))
    return refusals.CaseRow(str(suite), str(row))


def tell_of_the_case(findings: Report) -> None:
    """Name in the case's metadata the side of a contradiction that was seen, and conversions."""
    told = {f"Saw {subject}": side for subject, side in findings.saw.items()}
    if findings.conversions:
        told["Converted"] = "; ".join(dict.fromkeys(findings.conversions))
    for name, value in told.items():
        with suppress(RobotNotRunningError, RuntimeError):  # in a suite's set-up there is no case
            BuiltIn().set_test_metadata(name, value)


def log_reply(reply: Reply) -> Reply:
    """Log request and response heads as one table."""
    evidence = Evidence()
    reply.add_to(evidence)
    logger.info(evidence.to_html(), html=True)
    return reply


def _open_session(
    environment: environments.Environment, ledger: ledgers.JobLedger
) -> client.FocusApi:
    library = _requests_library()
    timeout = library.timeout
    session = library.create_session(
        ALIAS, environment.base_url, verify=environment.file.tls.verify, max_retries=0
    )
    # RequestsLibrary has one time-out for all its sessions, and the last one created sets it.
    # Ours lives in the wire; the others keep theirs.
    library.timeout = timeout
    return client.connect(session, environment, ledger)


def _requests_library() -> Any:
    built_in = BuiltIn()
    try:
        built_in.import_library(REQUESTS_LIBRARY)  # by name: the instance that suites share
        return built_in.get_library_instance(REQUESTS_LIBRARY)
    except RobotNotRunningError as error:
        raise ToolError(
            "FocusServerLibrary opens its session through Robot Framework, which is not running. "
            "Use the engine's focus_engine.contract from plain Python."
        ) from error
