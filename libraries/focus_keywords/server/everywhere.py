"""Keywords that ask in every view, live and historic: one wrong field, or nothing wrong."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

from robot.api.deco import keyword

from focus_engine.checks.report import Report
from focus_engine.contract.configure.cells import Views, everywhere
from focus_engine.contract.configure.configuration import Configuration, View
from focus_engine.contract.configure.context import Form
from focus_engine.contract.endpoints.live_state import require_ready_for_live
from focus_engine.contract.endpoints.recorded_range import find_range, recordings_from
from focus_engine.evidence import Evidence
from focus_engine.on_use import on_use
from focus_engine.transport.reply import JSON, Reply
from focus_engine.verdict import PreconditionUnmet
from focus_keywords.reporting import conclude
from focus_keywords.server.server import Server

with on_use(__name__):
    from focus_engine import settings
    from focus_engine.contract.configure import limits, rejection
    from focus_engine.transport import client

HISTORIC_SECONDS = 60
HISTORIC = "asked when historic"


class EverywhereKeywords:
    """A rule holds in every view that it is about, whether the request is live or historic."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @keyword
    def configuration_should_be_rejected_everywhere(
        self, views: View | Views, naming: str = "", limits: str = "", **overrides: Any
    ) -> None:
        """Send an invalid configuration in each of the views, live and historic; each is refused.

        Each refusal is judged as `Configuration Should Be Rejected` does; the message names every
        view that accepted. Where the overrides are times themselves, each view is asked once. In
        the singlechannel view a range of channels shrinks to its wrong bound. Where the server
        knows no recording, the log says that the historic half was not checked.

        Args:
            views: `every view`, `spectrogram views` (all but the waterfall), `views of many
                channels` (all but singlechannel), or one: `multichannel`, `singlechannel`,
                `waterfall`.
            naming: What the message must name, alternatives separated by commas; default is made
                of the overridden fields.
            limits: The limits that the request breaks, separated by commas; default is none. A
                refusal that tells a limit must then tell one of these.
            overrides: Fields by dotted path in the language of the tables.

        Raises:
            ProductFailure: `POST /configure with view waterfall and channels {"min":0,"max":109},
                historic should be rejected (400 or 422), but the server accepted it: 200, job
                3-12.`
            PreconditionUnmet: The server waits for fibre.
            ToolError: The server is unreachable.

        ```robotframework
        Configuration Should Be Rejected Everywhere    every view    channels.min=0
        ```
        """
        judge = self._server.judge
        rejection.require_change(overrides)
        names = rejection.alternatives(naming) or rejection.names_of(list(overrides))
        broken = rejection.limits_of(limits)
        findings, evidence = Report(), Evidence()
        for asked in self._everywhere(views, overrides, findings):
            reply = judge.watched(asked.to_body(), JSON, asked.description)
            judged = judge.rejected(reply, names, broken)
            _add(judged, reply, findings, evidence)
        conclude(findings, evidence)

    @keyword
    def told_limit_should_hold_everywhere(
        self, views: View | Views, field: str, value: int
    ) -> None:
        """Send an extreme value of a field in each of the views, live and historic.

        Each is served or refused properly. Where a refusal tells a limit, the field is sent with
        exactly that, which must be served, and with one more, which must be refused. Where no limit
        is told, the log says that it was not checked.

        Args:
            views: As for `Configuration Should Be Rejected Everywhere`.
            field: A dotted path, such as `displayInfo.height`.
            value: A whole number that may be beyond the limit.

        Raises:
            ProductFailure: `POST /configure with displayInfo {"height":8001}, historic should be
                rejected (400 or 422), but the server accepted it: 200, job 3-12.`; also an extreme
                value that is answered 500, and a limit that is refused itself.
            PreconditionUnmet: The server waits for fibre.
            ToolError: The server is unreachable.

        ```robotframework
        Told Limit Should Hold Everywhere    every view    displayInfo.height    200000000
        ```
        """
        judge, findings, evidence = self._server.judge, Report(), Evidence()
        client, names = settings.client_settings(), rejection.names_of([field])
        historic = self._historic(findings)

        def cells(number: int) -> list[Configuration]:
            return list(everywhere(client, views, historic, {field: str(number)}))

        for cell, asked in enumerate(cells(value)):
            reply = judge.watched(asked.to_body(), JSON, asked.description)
            _add(judge.accepted_or_rejected(reply, names), reply, findings, evidence)
            limit = None if reply.is_accepted else limits.told_limit(reply)
            if limit is None:
                findings.not_checked(limits.LIMIT_TOLD, f"{reply.request} was told no one limit.")
                continue
            at, above = cells(limit)[cell], cells(limit + 1)[cell]
            reply = judge.watched(at.to_body(), JSON, at.description)
            _add(judge.accepted(reply), reply, findings, evidence)
            reply = judge.watched(above.to_body(), JSON, above.description)
            _add(judge.rejected(reply, names), reply, findings, evidence)
        conclude(findings, evidence)

    @keyword
    def answers_should_have_the_right_form(self, form: Form) -> None:
        """Send the client's default configuration in every view, live and historic.

        Each answer is judged as by `Configuration Should Be Accepted`, and none may deviate in this
        form, which all other keywords read as it is meant. Where the server knows no recording, the
        log says that the historic half was not checked.

        Args:
            form: `port as text` or `decimated spectrum`.

        Raises:
            ProductFailure: `stream_port is "12301"; expected an integer.`
            PreconditionUnmet: The server waits for fibre.
            ToolError: The server is unreachable.

        ```robotframework
        Answers Should Have The Right Form    port as text
        ```
        """
        judge, findings, evidence = self._server.judge, Report(), Evidence()
        for asked in self._everywhere(Views.EVERY_VIEW, {}, findings):
            reply = judge.api.configure(asked.to_body(), JSON, asked.description)
            _add(judge.accepted(reply, form), reply, findings, evidence)
        conclude(findings, evidence)

    def _everywhere(
        self, views: View | Views, overrides: Mapping[str, Any], findings: Report
    ) -> Iterator[Configuration]:
        historic = self._historic(findings)
        yield from everywhere(settings.client_settings(), views, historic, overrides)

    def _historic(self, findings: Report) -> tuple[int, int] | None:
        """What `historic` is of each cell, when the server serves live ones too."""
        require_ready_for_live(self._server.api.live_metadata())
        historic = self._recorded()
        if historic is None:
            findings.not_checked(HISTORIC, "the server tells of no finished recording.")
        return historic

    def _recorded(self) -> tuple[int, int] | None:
        """A time range that was recorded; None where the server tells of none, right or wrong."""

        def search(start: int, end: int) -> list[tuple[float, float | None]]:
            reply = self._server.api.recordings_in_time_range(start, end)
            return recordings_from((client.recordings_of(reply) if reply.is_ok else None) or [])

        try:
            return find_range(search, HISTORIC_SECONDS, time.time())
        except PreconditionUnmet:
            return None


def _add(judged: Report, reply: Reply, findings: Report, evidence: Evidence) -> None:
    """Add what was judged of one reply; the reply itself is shown where it is wrong."""
    if judged.failures:
        reply.add_to(evidence)
    findings.extend(judged)
