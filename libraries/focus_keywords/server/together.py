"""Keywords that send several requests at the same moment and judge the answers together."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from robot.api.deco import keyword

from focus_engine.checks.report import Report
from focus_engine.contract.configure.configuration import Configuration, View, configuration
from focus_engine.contract.endpoints.live_state import require_ready_for_live
from focus_engine.evidence import Evidence
from focus_engine.masking import head_of
from focus_engine.on_use import on_use
from focus_engine.transport.reply import Reply
from focus_keywords.reporting import conclude
from focus_keywords.server.server import Server

with on_use(__name__):
    from focus_engine import settings
    from focus_engine.contract import judge_together
    from focus_engine.transport import concurrent

TOO_MANY = "no further job can run"


class TogetherKeywords:
    """A thread and one request each, never a retry."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @keyword
    def send_configurations_together(self, count: int, view: View, **overrides: Any) -> list[Reply]:
        """Send so many live configurations at the same moment; nothing is judged.

        Each asks for channels of its own, the next ones, so that answers cannot be mixed up unseen;
        where `overrides` are about channels, or the client may ask for no further ones, all ask for
        the same. Room for all jobs is taken from the job budget before the first is sent. The jobs
        end by themselves.

        Args:
            count: How many, at most the environment's `alive_jobs`.
            view: `multichannel`, `singlechannel` or `waterfall`.
            overrides: Fields by dotted path in the language of the tables.

        Returns:
            The replies, of any status.

        Raises:
            PreconditionUnmet: `PRECONDITION: 40 jobs are needed at once, and environment 'staging'
                lets a run have 30. …`; also when the server waits for fibre.
            ToolError: The server is unreachable, or does not answer one of them in time.

        ```robotframework
        @{replies} =    Send Configurations Together    2    multichannel
        Configurations Should Have Jobs Of Their Own    ${replies}
        ```
        """
        concurrent.require_sendable(count)
        require_ready_for_live(self._server.api.live_metadata())
        asked = _neighbours(settings.client_settings(), count, view, overrides)
        judge = self._server.judge
        before = judge.look_before()
        replies = concurrent.configure_together(judge.api, asked)
        return [replace(reply, jobs_before=before) for reply in replies]

    @keyword
    def configurations_should_have_jobs_of_their_own(self, replies: list[Reply]) -> list[str]:
        """Judge configurations sent together: all accepted, no job_id and no port given twice.

        Each answer is checked against the whole contract, by what its own request asked for.

        Args:
            replies: What `Send Configurations Together` returned.

        Returns:
            The ids of the jobs.

        Raises:
            ProductFailure: `30 jobs started together should each have a stream_port of their own,
                but 12301 was given 2 times.`
            Undetermined: An answer took longer than a job lives, so that they were never all alive
                together and a port may rightly have been given again.

        ```robotframework
        @{replies} =    Send Configurations Together    3    singlechannel
        @{job_ids} =    Configurations Should Have Jobs Of Their Own    ${replies}
        Length Should Be    ${job_ids}    3
        ```
        """
        findings = judge_together.judge_own_jobs(replies, self._server.environment.job_life)
        if not findings.failures:
            for reply in replies:
                findings.extend(self._server.judge.accepted(reply))
        _conclude(replies, findings, (judge_together.OWN_PORT,))
        return [str(reply.json()["job_id"]) for reply in replies]

    @keyword
    def configurations_should_be_served_or_refused_as_too_many(self, replies: list[Reply]) -> int:
        """Judge configurations sent together: as many as can be are served, the others refused.

        A refusal has a status of `overload_statuses` of the requirements and a reason in JSON, and
        leaves no job behind. At least one must be served, by the contract.

        Args:
            replies: What `Send Configurations Together` returned.

        Returns:
            How many were served.

        Raises:
            ProductFailure: `POST /configure with … should be refused (429 or 503) because no
                further job can run, but the server answered 500: …`

        ```robotframework
        @{replies} =    Send Configurations Together    4    multichannel
        Configurations Should Be Served Or Refused As Too Many    ${replies}
        ```
        """
        judge = self._server.judge
        statuses = judge.required.overload_statuses.value
        findings = judge_together.judge_capacity(
            replies,
            judge.accepted,
            lambda reply: judge.unable(reply, statuses, TOO_MANY),
            self._server.environment.job_life,
        )
        _conclude(replies, findings, (judge_together.OWN_PORT,))
        return sum(reply.is_accepted for reply in replies)

    @keyword
    def send_requests_together(self, count: int, path: str) -> list[Reply]:
        """Send a GET several times at the same moment; nothing is judged.

        Args:
            count: How many, at most 100.
            path: Below the server's prefix, such as `/ack`.

        Returns:
            The replies, of any status.

        Raises:
            ToolError: The server is unreachable, or does not answer one of them in time.

        ```robotframework
        @{replies} =    Send Requests Together    5    /channels
        Replies Should Be Alike    ${replies}
        ```
        """
        concurrent.require_sendable(count)
        api = self._server.api
        return concurrent.send_together([lambda: api.send("GET", path)] * count)

    @keyword
    def replies_should_be_alike(self, replies: list[Reply]) -> None:
        """Judge requests sent together: all answered 200, with one and the same body.

        Args:
            replies: What `Send Requests Together` returned.

        Raises:
            ProductFailure: `20 GET /ack sent together should all answer 200, but 3 did not; the
                first was answered 502: …`

        ```robotframework
        @{replies} =    Send Requests Together    5    /ack
        Replies Should Be Alike    ${replies}
        ```
        """
        _conclude(replies, judge_together.judge_same_answers(replies))

    @keyword
    def slots_should_be_reused(self, before: list[Reply], after: list[Reply]) -> None:
        """Judge jobs that were started after others had ended: they get slots that those had.

        Args:
            before: Answers whose jobs have ended; not fewer than `after`.
            after: Answers to configurations sent since.

        Raises:
            ProductFailure: `the jobs of slots [1, 2] have ended, so the next 2 should get slots up
                to 2, but they got [3, 4].`
            Undetermined: Others use the system, and the slots differ.

        ```robotframework
        @{before} =    Send Configurations Together    2    singlechannel
        @{job_ids} =    Configurations Should Have Jobs Of Their Own    ${before}
        Wait Until Jobs Have Ended    @{job_ids}
        @{after} =    Send Configurations Together    2    singlechannel
        Slots Should Be Reused    ${before}    ${after}
        ```
        """
        shared = self._server.environment.file.shared
        _conclude(
            after, judge_together.judge_slots_reused(before, after, shared=shared), ("slots",)
        )


def _neighbours(
    client: settings.ClientSettings, count: int, view: View, overrides: dict[str, Any]
) -> list[Configuration]:
    """Configurations of which each is one channel further up, while the client has room."""
    first = client.Defaults.StartChannel
    last = first if view is View.SINGLECHANNEL else client.Defaults.EndChannel
    room = client.Constraints.SensorsRange - last
    if room < 1 or any(path.startswith("channels") for path in overrides):
        return [configuration(client, view, overrides=overrides)] * count
    return [
        configuration(
            client,
            view,
            overrides=overrides | {"channels.min": first + shift, "channels.max": last + shift},
        )
        for shift in (place % (room + 1) for place in range(count))
    ]


def _conclude(replies: list[Reply], findings: Report, decisive: tuple[str, ...] = ()) -> None:
    evidence = Evidence()
    evidence.add(
        "Sent together",
        ["request", "status", "seconds", "body"],
        [
            [reply.request, reply.status, f"{reply.seconds:.3f}", head_of(reply.text, 80)]
            for reply in replies
        ],
    )
    conclude(findings, evidence, decisive)
