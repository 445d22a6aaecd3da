"""Keywords that judge a configuration as rejected, or as one without a recording."""

from typing import Any

from robot.api.deco import keyword

from focus_engine.checks.report import Report
from focus_engine.contract.configure.configuration import View, configuration
from focus_engine.on_use import on_use
from focus_engine.transport.reply import Reply
from focus_keywords.server.server import Server

with on_use(__name__):
    from focus_engine import settings
    from focus_engine.contract.configure import rejection

TimeRange = tuple[int, int]


class RejectionKeywords:
    """Each logs request, response and checks as tables before it passes or fails."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @keyword
    def configuration_should_be_rejected(
        self,
        view: View,
        time_range: TimeRange | None = None,
        naming: str = "",
        limits: str = "",
        **overrides: Any,
    ) -> None:
        """Send an invalid configuration; it must be rejected properly.

        Proper is: status 400 or 422, a JSON body that names the field and carries no job_id and
        no port, and no new grpc-job in the cluster. Where no Kubernetes API is given, the log
        says that the last part was not checked. A limit that it tells ("at most 2222") is one of
        the field's: the client's, the fibre's or the view's.

        Args:
            view: `multichannel`, `singlechannel` or `waterfall`.
            time_range: Start and end in epoch seconds (historic); default None is live.
            naming: What the message must name, alternatives separated by commas; default is
                made of the overridden fields.
            limits: The limits that the request breaks, separated by commas; default is none. A
                refusal that tells a limit must then tell one of these: the log says which.
            overrides: Fields by dotted path in the language of the tables; without any, and
                without a time range, nothing is wrong, which is an ERROR.

        Raises:
            ProductFailure: `POST /configure with channels {"min":1,"max":2223} should be
                rejected (400 or 422), but the server accepted it: 200, job 3-12.`
            PreconditionUnmet: The configuration is live and the server waits for fibre.
            ToolError: The server is unreachable.

        ```robotframework
        Configuration Should Be Rejected    multichannel    channels.min=0
        ```
        """
        rejection.require_change(overrides, time_range)
        asked = configuration(settings.client_settings(), view, time_range, overrides)
        names = rejection.alternatives(naming) or rejection.names_of(asked.overridden)
        broken = rejection.limits_of(limits)
        reply = self._server.configure(asked, watched=True)
        self._server.conclude(reply, self._server.judge.rejected(reply, names, broken))

    @keyword
    def response_should_be_rejection(self, reply: Reply, naming: str) -> None:
        """Judge a reply as a rejection, as `Configuration Should Be Rejected` does.

        Args:
            reply: What `Send Configuration` or `Send Raw Configuration` returned.
            naming: What the message must name, alternatives separated by commas.

        Raises:
            ProductFailure: `… should be rejected (400 or 422), but the server answered 500: …`

        ```robotframework
        ${reply} =    Send Raw Configuration    []
        Response Should Be Rejection    ${reply}    naming=body
        ```
        """
        findings = self._server.judge.rejected(reply, rejection.alternatives(naming))
        self._server.conclude(reply, findings)

    @keyword
    def configuration_should_find_no_recording(
        self, view: View, time_range: TimeRange | None = None, **overrides: Any
    ) -> None:
        """Send a historic configuration; the answer must say that nothing was recorded then.

        That is a 404 with its text, as observed, or a 400 that speaks of recordings, as
        documented: `no_recording_status` and `no_recording_text` of the requirements. As with a
        rejection, no job may be left behind.

        Args:
            view: `multichannel`, `singlechannel` or `waterfall`.
            time_range: Start and end in epoch seconds.
            overrides: Fields by dotted path in the language of the tables.

        Raises:
            ProductFailure: `POST /configure with … should be rejected (404 or 400), but the
                server accepted it: 200, job 3-12.`

        ```robotframework
        Configuration Should Find No Recording    multichannel    start_time=86400    end_time=86460
        ```
        """
        asked = configuration(settings.client_settings(), view, time_range, overrides)
        reply = self._server.configure(asked, watched=True)
        self._server.conclude(reply, self._server.judge.found_no_recording(reply))

    @keyword
    def configuration_should_be_rejected_or_find_no_recording(
        self,
        view: View,
        time_range: TimeRange | None = None,
        naming: str = "",
        **overrides: Any,
    ) -> None:
        """Send a configuration that either rule may refuse, such as one in the future.

        Args:
            view: `multichannel`, `singlechannel` or `waterfall`.
            time_range: Start and end in epoch seconds.
            naming: What a 400 or 422 must name; default is made of the overridden fields.
            overrides: Fields by dotted path in the language of the tables.

        Raises:
            ProductFailure: As `Configuration Should Be Rejected` and `Configuration Should Find
                No Recording`.

        ```robotframework
        Configuration Should Be Rejected Or Find No Recording    multichannel
        ...    start_time=4102444800    end_time=4102444860
        ```
        """
        rejection.require_change(overrides, time_range)
        asked = configuration(settings.client_settings(), view, time_range, overrides)
        times = [] if time_range is None else ["start_time", "end_time"]
        names = rejection.alternatives(naming) or rejection.names_of([*asked.overridden, *times])
        reply = self._server.configure(asked, watched=True)
        self._server.conclude(reply, self._rejected_or_no_recording(reply, names))

    def _rejected_or_no_recording(self, reply: Reply, names: list[str]) -> Report:
        judge = self._server.judge
        refused = judge.rejected(reply, names)
        if refused.failures and reply.status in judge.required.no_recording_status.accepted:
            return judge.found_no_recording(reply)
        return refused
