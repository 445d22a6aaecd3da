"""Keywords about which endpoints exist: those the server lists, and those of the later API."""

from __future__ import annotations

import re
from typing import Any

from robot.api.deco import keyword

from focus_engine.checks.report import Report
from focus_engine.contract.endpoints.server_contract import judge_openapi
from focus_engine.evidence import compact
from focus_engine.on_use import on_use
from focus_engine.transport.reply import Reply
from focus_engine.verdict import ToolError
from focus_keywords.server.server import Server, log_reply

with on_use(__name__):
    from focus_engine import settings
    from focus_engine.contract.configure import leak_checks, limits
    from focus_engine.contract.endpoints import coverage, openapi, planned
    from focus_engine.contract.endpoints import described as schemas

SHOWN = 5  # of what is not as described
NOWHERE = "/no-endpoint-of-any-server"
CONFIGURE = ("/configure", "POST")
METADATA = ("/metadata/{}", "GET")
BOUNDED = ("channels.max", "frequencyRange.max", "nfftSelection")  # whose limits are agreed


class DeploymentKeywords:
    """What is deployed is probed, never assumed."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @keyword
    def probe_endpoint(
        self, method: str, template: str, body: dict[str, Any] | None = None, **values: str
    ) -> Reply:
        """Send a request to an endpoint that may not exist; skip the case when it does not.

        It does not exist when the answer is 404 with exactly `{"detail":"Not Found"}` and the
        served OpenAPI does not list it. A job that the request starts is entered in the job ledger.

        Args:
            method: Such as `GET`.
            template: Path below the server's prefix, with its parameters in braces, such as
                `/job/{job_id}`.
            body: Sent as JSON; default none.
            values: The parameters by name.

        Returns:
            The reply of any status, of an endpoint that exists.

        Raises:
            NotDeployed: `NOT DEPLOYED: GET /sensors does not exist on this server: …`
            ProductFailure: `GET /sensors is listed in the served OpenAPI, but the server answered
                404: {"detail":"Not Found"}`
            Undetermined: There is no OpenAPI document to look into.

        ```robotframework
        ${reply} =    Probe Endpoint    GET    /sensors
        Response Status Should Be One Of    ${reply}    200
        ```
        """
        sent = None if body is None else compact(body).encode()
        api = self._server.api
        reply = log_reply(api.send(method, _filled(template, values), sent))
        prefix = api.environment.file.prefix
        planned.require_deployed(reply, f"{method} {template}", api.openapi(), prefix)
        return reply

    @keyword
    def build_task_configuration(self) -> dict[str, Any]:
        """Return the client's default configuration in the words of POST /config/{task_id}.

        Returns:
            The configuration as a dictionary; nothing is sent.

        Raises:
            ToolError: The client settings cannot be read.

        ```robotframework
        ${configuration} =    Build Task Configuration
        Log    ${configuration}[sensors]
        ```
        """
        return dict(planned.task_configuration(settings.client_settings()))

    @keyword
    def response_status_should_be_one_of(self, reply: Reply, *statuses: int) -> None:
        """Judge the status of a reply where several are right.

        Args:
            reply: What a sending keyword returned.
            statuses: The numbers, such as `200` and `201`.

        Raises:
            ProductFailure: `GET /waterfall/t1/10 should answer 200 or 201, but the server answered
                500: …`

        ```robotframework
        ${reply} =    Get Job Metadata    0-0
        Response Status Should Be One Of    ${reply}    200    404
        ```
        """
        findings = Report()
        expected = " or ".join(str(status) for status in statuses)
        said = f"{reply.request} should answer {expected}, but the server answered {reply.answer}"
        findings.expect("status", reply.status in statuses, expected, reply.status, said)
        findings.extend(leak_checks.judge_tight_lipped(reply))
        self._server.conclude(reply, findings)

    @keyword
    def listed_endpoints_should_be_known(self) -> list[str]:
        """Ask for the OpenAPI document; each endpoint in it must have a case or a listed reason.

        `variables/endpoints.yaml` names them, so that nothing the server offers goes untested
        unnoticed.

        Returns:
            `METHOD /path` of every listed endpoint.

        Raises:
            ProductFailure: `the server's OpenAPI lists GET /unlisted, which no case covers. …`

        ```robotframework
        @{endpoints} =    Listed Endpoints Should Be Known
        Should Contain    ${endpoints}    GET /ack
        ```
        """
        reply, served, findings = self._listed()
        if served:
            findings.extend(coverage.judge_coverage(served, coverage.known_endpoints()))
        self._server.conclude(reply, findings)
        return served

    @keyword
    def served_endpoints_should_be_listed(self) -> None:
        """Ask for the OpenAPI document; it must list each known endpoint that is served.

        Known are those of `variables/endpoints.yaml`. Whether one that is not listed is served
        tells an OPTIONS request at its path: it is answered otherwise than at a path that nobody
        serves.

        Raises:
            ProductFailure: `GET /ack is served (OPTIONS /ack is answered 405, an unknown path 404),
                but the server's OpenAPI does not list it.`

        ```robotframework
        Served Endpoints Should Be Listed
        ```
        """
        reply, served, findings = self._listed()
        api = self._server.api
        if missing := coverage.unlisted(served, coverage.known_endpoints()) if served else []:
            nowhere = api.send("OPTIONS", NOWHERE)
            asked = {one: api.send("OPTIONS", _somewhere(one)) for one in missing}
            findings.extend(coverage.judge_listing(asked, nowhere))
        self._server.conclude(reply, findings)

    @keyword
    def exchange_should_be_as_described(
        self, configuration: dict[str, Any], response: dict[str, Any]
    ) -> None:
        """Ask for the OpenAPI document; a configuration that was served must be as it describes.

        So must its answer, and the id of its job as a parameter of /metadata/{job_id}: fields that
        are demanded, types, enums, bounds and whatever else JSON Schema knows. An upper bound of
        channels, frequencies or NFFT must be the limit that was agreed. Not checked where the
        document says nothing.

        Args:
            configuration: As it was sent.
            response: The answer to it, which was accepted.

        Raises:
            ProductFailure: `the server's OpenAPI describes the answer to POST /configure, but
                lines_dt is 0.15, which that does not allow.`

        ```robotframework
        ${configuration} =    Build Configuration    multichannel
        ${response} =    Configuration Should Be Accepted    multichannel
        Exchange Should Be As Described    ${configuration}    ${response}
        ```
        """
        reply, _, findings = self._listed()
        document = {} if findings.failures else reply.json()
        described = {
            "the body of POST /configure": (
                openapi.described_request(document, *CONFIGURE),
                configuration,
            ),
            "the answer to POST /configure": (
                openapi.described_answer(document, *CONFIGURE),
                response,
            ),
            "the id in GET /metadata/{job_id}": (
                openapi.described_parameter(document, *METADATA),
                response.get("job_id"),
            ),
        }
        for what, (told, value) in described.items():
            if told is None:
                findings.not_checked(what, "the server's OpenAPI says nothing of it")
                continue
            wrong = told.misfits(value)
            said = f"the server's OpenAPI describes {what}, but {'; '.join(wrong[:SHOWN])}."
            findings.expect(what, not wrong, "as described", wrong, said)
        told, _ = described["the body of POST /configure"]
        if told is not None:
            self._judge_bounds(told, configuration, findings)
        self._server.conclude(reply, findings)

    def _judge_bounds(
        self, told: schemas.Described, configuration: dict[str, Any], findings: Report
    ) -> None:
        """That a bound which the document tells of a field is a limit that was agreed."""
        for path in BOUNDED:
            highest = told.highest(configuration, path)
            if highest is None:
                continue
            judge, field = self._server.judge, path.partition(".")[0]
            agreed = limits.upper_limits(
                field, settings.client_settings(), judge.required, judge.fibre()
            )
            words = " or ".join(f"{each:g}" for each in sorted(agreed))
            said = (
                f"the server's OpenAPI says that {path} is {highest} at most, but agreed is "
                f"{words}."
            )
            findings.expect(f"bound of {path}", highest in agreed, words, highest, said)

    def _listed(self) -> tuple[Reply, list[str], Report]:
        """The OpenAPI document, the endpoints that it lists, and what is wrong with it."""
        reply = self._server.api.openapi()
        findings, prefix = judge_openapi(reply), self._server.environment.file.prefix
        if findings.failures:
            return reply, [], findings
        document = reply.json()
        told = ", ".join(openapi.strange_servers(document, prefix))
        said = f"the server's OpenAPI should say that it is at {prefix}, but it says {told}."
        findings.expect("servers", not told, prefix, told, said)
        return reply, openapi.served_endpoints(document, prefix), findings


def _somewhere(endpoint: str) -> str:
    """The path of `METHOD /path/{parameter}`, with something for each parameter."""
    return re.sub(r"\{[^}]*\}", "0-0", endpoint.rpartition(" ")[2])


def _filled(template: str, values: dict[str, str]) -> str:
    try:
        return template.format_map(values)
    except KeyError as error:
        raise ToolError(
            f"{template} needs a value for {error}. Give it as a named argument."
        ) from error
