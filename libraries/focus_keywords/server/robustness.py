"""Keywords that send what no client should, and requests made of the served OpenAPI."""

import time
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus

from robot.api.deco import keyword

from focus_engine.checks.report import Report
from focus_engine.contract.endpoints.server_contract import judge_ack, judge_openapi
from focus_engine.contract.fuzz import Generated, fuzz
from focus_engine.evidence import Evidence
from focus_engine.on_use import on_use
from focus_engine.transport.reply import JSON, Reply
from focus_engine.verdict import ToolError
from focus_keywords.reporting import conclude
from focus_keywords.server.server import Server

with on_use(__name__):
    from focus_engine.contract.endpoints import coverage, job_answers

CONFIGURE = "/configure"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")
NO_SUCH_METHOD = "the endpoint has no such method"
ASKED_EVERY = 0.25  # seconds


class RobustnessKeywords:
    """Bounded and sent once; for bodies and fuzzing the environment must allow `abuse`."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @keyword
    def other_methods_should_not_be_allowed(self, path: str) -> None:
        """Ask an endpoint by each method that it does not have, of those that clients send.

        They are GET, POST, PUT, PATCH, DELETE and HEAD. Each must be refused with 405, and with a
        reason in JSON, which an answer to HEAD cannot have.

        Args:
            path: Below the server's prefix, such as `/metadata/0-0`.

        Raises:
            ProductFailure: `PUT /channels should be refused (405) because the endpoint has no such
                method, but the server answered 200: …`; also a 405 that tells no reason.
            ToolError: `ERROR: there is no endpoint '/chanels'. Is /channels meant?`

        ```robotframework
        Other Methods Should Not Be Allowed    /channels
        ```
        """
        own, findings, evidence = coverage.methods_of(path), Report(), Evidence()
        for method in METHODS:
            if method not in own:
                reply = self._server.api.send(method, path)
                reply.add_to(evidence)
                silent = method == "HEAD"
                judge = job_answers.judge_refused if silent else job_answers.judge_inability
                findings.extend(judge(reply, [HTTPStatus.METHOD_NOT_ALLOWED], NO_SUCH_METHOD))
        conclude(findings, evidence)

    @keyword
    def body_should_be_refused_without_harm(
        self, path: str, body: bytes | str, content_type: str = JSON
    ) -> None:
        """POST a hostile body; it must be refused, and the server must be none the worse.

        That is: a status from 400 to 499, nothing of the server's inside in the answer (a
        traceback, a path, a package), no job left behind, and /ack still answers. The status is
        not bound to 400 and 422, because a proxy may refuse such a body before the server does.

        Args:
            path: Below the server's prefix, such as `/configure`.
            body: Bytes, or text that is sent as UTF-8.
            content_type: The Content-Type header; default `application/json`.

        Raises:
            ToolError: `ERROR: no endpoint has the path '/confiure'. Is /configure meant? …`
            ProductFailure: `POST /configure with the body '{"channels":' should be refused with a
                status from 400 to 499, but the server answered: 500: …`

        ```robotframework
        Body Should Be Refused Without Harm    /configure    {"channels":
        ```
        """
        coverage.require_endpoint(f"POST {path}")
        sent = body.encode() if isinstance(body, str) else body
        reply = self._post(path, sent, content_type)
        findings = self._server.judge.harmless(reply)
        alive = self._server.api.ack()
        findings.extend(judge_ack(alive))
        self._server.conclude(reply, findings)

    @keyword
    def endpoint_should_follow_its_schema(
        self, endpoint: str, generated: Generated = Generated.VALID
    ) -> None:
        """Send up to 15 requests made of the served OpenAPI; the answers must be what it says.

        Checked are: no status of 500 and above, a status that is listed, and a body that matches
        its schema; for invalid requests also that they are refused. The requests are the same for
        the same seed (`FOCUS_SEED`). POST /configure is refused: each of its requests may start a
        job, and the tables of phase 1 judge its fields.

        Args:
            endpoint: Method and path as the document lists them, such as `GET /channels`.
            generated: `valid` requests (default) or `invalid` ones.

        Raises:
            ProductFailure: `2 of 15 requests made of the OpenAPI broke it: GET /channels: Response
                violates schema: …`
            Undetermined: The document does not list the endpoint.
            ToolError: The endpoint is POST /configure, or not in variables/endpoints.yaml.

        ```robotframework
        Endpoint Should Follow Its Schema    GET /channels
        ```
        """
        if endpoint.endswith(CONFIGURE):
            raise ToolError(
                f"{endpoint} starts a job with each request. Judge its fields with "
                "Configuration Should Be Rejected instead."
            )
        coverage.require_endpoint(endpoint)
        served = self._server.api.openapi()
        judge_openapi(served).conclude()
        fuzzed = fuzz(self._server.api, served.json(), endpoint, generated)
        self._server.conclude(served, fuzzed.findings(endpoint))

    @keyword
    def server_should_stay_alive(self, duration: timedelta | None = None) -> None:
        """Ask /ack four times a second: a server may break seconds after what breaks it.

        Args:
            duration: How long; default is `alive` of the environment.

        Raises:
            ProductFailure: `GET /ack should answer 200, but the server answered 503: …`
            ToolError: The server is unreachable.

        ```robotframework
        Server Should Stay Alive    1 second
        ```
        """
        api = self._server.api
        seconds = duration.total_seconds() if duration else api.environment.file.alive
        end = time.monotonic() + seconds
        while True:
            alive = api.ack()
            self._server.conclude(alive, judge_ack(alive))
            if time.monotonic() >= end:
                return
            time.sleep(ASKED_EVERY)

    def _post(self, path: str, body: bytes, content_type: str) -> Reply:
        judge = self._server.judge
        if path == CONFIGURE:
            return judge.watched(body, content_type, "")
        before = judge.look_before()  # a job that another endpoint starts is a job left behind
        return replace(self._server.api.send("POST", path, body, content_type), jobs_before=before)
