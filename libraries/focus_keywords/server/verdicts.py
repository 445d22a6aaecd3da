"""Keywords that judge a configuration as accepted, as either, or by the served schema."""

from typing import Any

from robot.api.deco import keyword

from focus_engine.checks.report import Report
from focus_engine.contract.configure.configuration import Configuration, View, configuration
from focus_engine.contract.endpoints.server_contract import judge_openapi
from focus_engine.on_use import on_use
from focus_engine.transport.reply import Reply
from focus_engine.verdict import Undetermined
from focus_keywords.server.server import Server

with on_use(__name__):
    from focus_engine import settings
    from focus_engine.contract.configure import leak_checks, rejection
    from focus_engine.contract.endpoints import openapi

TimeRange = tuple[int, int]
ANY_TEXT = ""


class VerdictKeywords:
    """Each logs request, response and checks as tables before it passes or fails."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @keyword
    def configuration_should_be_accepted(
        self,
        view: View,
        time_range: TimeRange | None = None,
        must_check: str = "",
        **overrides: Any,
    ) -> dict[str, Any]:
        """Send a configuration; it must be accepted and the response keep the contract.

        Checked are the key set, the types, and every number: channel_amount, stream_amount and
        channel_to_stream_index, lines_dt, the frequencies, job_id and stream_port.

        Args:
            view: `multichannel`, `singlechannel` or `waterfall`.
            time_range: Start and end in epoch seconds (historic); default None is live.
            must_check: A response field, such as `frequencies_list`, that the case is about: the
                case is UNDETERMINED when it could not be checked.
            overrides: Fields by dotted path in the language of the tables.

        Returns:
            The response as a dictionary.

        Raises:
            ProductFailure: `lines_dt is 0.4; expected displayTimeAxisDuration / height = 300 /
                600 = 0.5.`
            PreconditionUnmet: The configuration is live and the server waits for fibre.
            ToolError: The server is unreachable.

        ```robotframework
        ${response} =    Configuration Should Be Accepted    multichannel    channels.max=50
        Log    ${response}[job_id]
        ```
        """
        asked = configuration(settings.client_settings(), view, time_range, overrides)
        return self._accept(self._server.configure(asked, watched=False), must_check)

    @keyword
    def response_should_be_accepted_configuration(
        self, reply: Reply, must_check: str = ""
    ) -> dict[str, Any]:
        """Judge a reply to `Send Configuration`: it must be accepted and keep the contract.

        Args:
            reply: What `Send Configuration` or `Send Raw Configuration` returned.
            must_check: A response field that the case is about: the case is UNDETERMINED when it
                could not be checked.

        Returns:
            The response as a dictionary.

        Raises:
            ProductFailure: `POST /configure with nfftSelection 512 should be accepted (200), but
                the server answered 500: …`

        ```robotframework
        ${reply} =    Send Configuration    multichannel    nfftSelection=512
        Response Should Be Accepted Configuration    ${reply}
        ```
        """
        return self._accept(reply, must_check)

    @keyword
    def configuration_should_be_accepted_or_rejected(
        self,
        view: View,
        time_range: TimeRange | None = None,
        naming: str = "",
        further_field: bool = False,
        **overrides: Any,
    ) -> str:
        """Send an extreme configuration; either answer is right, but it must be a proper one.

        Args:
            view: `multichannel`, `singlechannel` or `waterfall`.
            time_range: Start and end in epoch seconds (historic); default None is live.
            naming: What a rejection must name; default is made of the overridden fields.
            further_field: Whether a field may be changed that no configuration has.
            overrides: Fields by dotted path in the language of the tables.

        Returns:
            `accepted` or `rejected`.

        Raises:
            ProductFailure: `POST /configure with displayInfo {"height":5000} should be accepted
                (200) or rejected (400 or 422), but the server answered 500: …`; also a 200 that
                breaks the contract, and an improper rejection.

        ```robotframework
        ${verdict} =    Configuration Should Be Accepted Or Rejected    multichannel
        ...    displayInfo.height=5000
        Log    ${verdict}
        ```
        """
        asked = configuration(
            settings.client_settings(), view, time_range, overrides, further=further_field
        )
        names = rejection.alternatives(naming) or rejection.names_of(asked.overridden)
        reply = self._server.configure(asked, watched=True)
        self._server.conclude(reply, self._server.judge.accepted_or_rejected(reply, names))
        return "accepted" if reply.is_accepted else "rejected"

    @keyword
    def configuration_should_follow_served_schema(
        self, view: View, field: str, time_range: TimeRange | None = None, **overrides: Any
    ) -> str:
        """Send a configuration whose one field is legal or not by the served OpenAPI document.

        When the schema of POST /configure allows the value it must be accepted, else rejected.

        Args:
            view: `multichannel`, `singlechannel` or `waterfall`.
            field: The field of the body that the schema decides, such as `view_type`.
            time_range: Start and end in epoch seconds (historic); default None is live.
            overrides: Fields by dotted path in the language of the tables.

        Returns:
            `accepted` or `rejected`.

        Raises:
            ProductFailure: `POST /configure with view_type 0 should be rejected (400 or 422), but
                the server accepted it: 200, job 3-12.`
            Undetermined: The served document does not describe the field.

        ```robotframework
        Configuration Should Follow Served Schema    multichannel    view_type    view_type="3"
        ```
        """
        asked = configuration(settings.client_settings(), view, time_range, overrides)
        allowed = self._schema_allows(asked, field)
        reply = self._server.configure(asked, watched=True)
        judge = self._server.judge
        findings = (
            judge.accepted(reply) if allowed else judge.rejected(reply, rejection.names_of([field]))
        )
        self._server.conclude(reply, findings)
        return "accepted" if allowed else "rejected"

    @keyword
    def response_status_should_be(self, reply: Reply, status: int, text: str = ANY_TEXT) -> None:
        """Judge the status of a reply, and a text in its body.

        Args:
            reply: What a sending keyword returned.
            status: The number, such as `404`.
            text: What the body must contain; default is any body.

        Raises:
            ProductFailure: `GET /metadata/0-0 should answer 404, but the server answered 200: …`

        ```robotframework
        ${reply} =    Get Job Metadata    0-0
        Response Status Should Be    ${reply}    404
        ```
        """
        findings = Report()
        said = f"{reply.request} should answer {status}, but the server answered {reply.answer}"
        findings.expect("status", reply.status == status, str(status), reply.status, said)
        if text:
            said = f"{reply.request} should say '{text}', but the server answered {reply.answer}"
            findings.expect("text", text in reply.text, text, reply.text, said)
        findings.extend(leak_checks.judge_tight_lipped(reply))
        self._server.conclude(reply, findings)

    def _accept(self, reply: Reply, must_check: str) -> dict[str, Any]:
        findings = self._server.judge.accepted(reply)
        self._server.conclude(reply, findings, tuple(rejection.alternatives(must_check)))
        answer: dict[str, Any] = reply.json()
        return answer

    def _schema_allows(self, asked: Configuration, field: str) -> bool:
        reply = self._server.api.openapi()
        if reply.is_ok:
            judge_openapi(reply).conclude()
        document = reply.json() if reply.is_ok else {}
        schema = openapi.request_field(document, "/configure", "POST", field)
        if schema is None:
            raise Undetermined(
                f"the server's OpenAPI (GET /openapi.json: {reply.status}) does not describe "
                f"{field} of POST /configure, so whether the value is legal is unknown."
            )
        return schema.allows(asked.fields.get(field))
