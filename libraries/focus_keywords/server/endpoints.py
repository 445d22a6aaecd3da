"""Keywords for the endpoints that tell something; each checks the contract of what it returns."""

import json
from http import HTTPStatus
from typing import Any

from robot.api.deco import keyword

from focus_engine.contract.endpoints.live_state import require_ready_for_live
from focus_engine.contract.endpoints.recorded_range import recordings_from
from focus_engine.contract.endpoints.server_contract import (
    judge_ack,
    judge_channels,
    judge_live_metadata,
    judge_openapi,
    judge_recordings,
    judge_timeline,
)
from focus_engine.on_use import on_use
from focus_engine.transport.reply import Reply
from focus_engine.verdict import NotDeployed, Undetermined
from focus_keywords.server.server import Server, log_reply

with on_use(__name__):
    from focus_engine.contract.endpoints import openapi
    from focus_engine.transport import client


class EndpointKeywords:
    """One request per keyword."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @keyword
    def get_ack(self) -> Reply:
        """Ask /ack whether the server is up; the answer must be 200 with an empty body.

        Returns:
            The reply, with `status`, `headers`, `text` and `seconds`.

        Raises:
            ToolError: `ERROR: cannot reach http://HOST: connection refused. Is FOCUS_BASE_URL
                right and the server up?`
            ProductFailure: `GET /ack should answer 200, but the server answered 500: …`

        ```robotframework
        Get Ack
        ```
        """
        reply = self._server.api.ack()
        self._server.conclude(reply, judge_ack(reply))
        return reply

    @keyword
    def get_channels(self) -> dict[str, int]:
        """Return the channels of the fibre, checked: whole numbers, 1 ≤ lowest ≤ highest.

        Returns:
            A dictionary with `lowest_channel` and `highest_channel`.

        Raises:
            ProductFailure: `highest_channel is 0; expected at least lowest_channel, 1.`

        ```robotframework
        ${channels} =    Get Channels
        Log    ${channels}[highest_channel]
        ```
        """
        reply = self._server.api.channels()
        self._server.conclude(reply, judge_channels(reply))
        answer: dict[str, int] = reply.json()
        return answer

    @keyword
    def get_live_metadata(self) -> dict[str, Any]:
        """Return what the server knows of the fibre, checked: exactly seven keys and their types.

        Returns:
            A dictionary with `dx` (m), `prr` (Hz), `fiber_start_meters`, `fiber_length_meters`,
            `sw_version`, `number_of_channels` and `fiber_description`.

        Raises:
            ProductFailure: `prr is "2000"; expected a number.`

        ```robotframework
        ${metadata} =    Get Live Metadata
        Log    ${metadata}[prr]
        ```
        """
        reply = self._server.api.live_metadata()
        if reply.status == HTTPStatus.NOT_FOUND:
            require_ready_for_live(reply)
        self._server.conclude(reply, judge_live_metadata(reply))
        answer: dict[str, Any] = reply.json()
        return answer

    @keyword
    def get_job_metadata(self, job_id: str) -> Reply:
        """Ask /metadata/{job_id}, which answers 200 only while the job streams.

        Args:
            job_id: Such as `3-12`; any other text is sent as it is.

        Returns:
            The reply of any status; judge it with `Response Status Should Be`.

        Raises:
            ToolError: The server is unreachable.

        ```robotframework
        ${reply} =    Get Job Metadata    0-0
        Response Status Should Be    ${reply}    404    text=Invalid job_id
        ```
        """
        return log_reply(self._server.api.job_metadata(job_id))

    @keyword
    def get_recordings_in_time_range(
        self, start: int, end: int
    ) -> list[tuple[float, float | None]]:
        """Return the recordings that the server knows between two instants.

        Both shapes of the answer are understood: a bare list and an object with `recordings`.

        Args:
            start: Epoch seconds (not milliseconds).
            end: Epoch seconds (not milliseconds).

        Returns:
            Pairs of start and end in epoch seconds; the end is None while it is being recorded.

        Raises:
            ProductFailure: The answer is not 200 or no list of pairs.
            NotAllowed: The environment is production, which is read-only (this is a POST).

        ```robotframework
        ${recordings} =    Get Recordings In Time Range    1764946703    1764953903
        Log    ${recordings}
        ```
        """
        reply = self._server.api.recordings_in_time_range(start, end)
        recordings = client.recordings_of(reply) if reply.is_ok else None
        self._server.conclude(reply, judge_recordings(reply, recordings))
        return recordings_from(recordings or [])

    @keyword
    def get_recordings_timeline(self) -> str:
        """Return the page of /get_recordings_timeline, checked: 200, text/html.

        Returns:
            The HTML text.

        Raises:
            ProductFailure: `content type of the timeline is "application/json"; expected
                text/html.`

        ```robotframework
        ${page} =    Get Recordings Timeline
        Should Contain    ${page}    <html
        ```
        """
        reply = self._server.api.recordings_timeline()
        self._server.conclude(reply, judge_timeline(reply))
        return reply.text

    @keyword(name="Get OpenAPI Document")
    def get_openapi_document(self) -> dict[str, Any]:
        """Return the OpenAPI document that the server serves.

        Returns:
            The document as a dictionary.

        Raises:
            ProductFailure: /openapi.json does not answer 200 with a document that lists endpoints.

        ```robotframework
        ${document} =    Get OpenAPI Document
        Log    ${document}[info][title]
        ```
        """
        reply = self._server.api.openapi()
        self._server.conclude(reply, judge_openapi(reply))
        answer: dict[str, Any] = reply.json()
        return answer

    @keyword
    def get_served_view_types(self) -> list[Any]:
        """Return the values of `view_type` that the served OpenAPI document lists.

        Returns:
            The values, such as `['0', '1', '2']`; empty when the schema lists none.

        Raises:
            Undetermined: The document does not describe view_type of POST /configure.

        ```robotframework
        ${values} =    Get Served View Types
        Should Contain    ${values}    0
        ```
        """
        document = self.get_openapi_document()
        field = openapi.request_field(document, "/configure", "POST", "view_type")
        if field is None:
            raise Undetermined("the served OpenAPI does not describe view_type of POST /configure.")
        return field.enum_values()

    @keyword
    def require_view_type(self, code: str) -> str:
        """Skip the case when the served OpenAPI document lists view types, and not this one.

        Args:
            code: The value of `view_type` as it travels, such as `2`.

        Returns:
            The code as a cell, in the form that the document lists: `"2"`, or `2` where it lists
            integers alone.

        Raises:
            NotDeployed: `NOT DEPLOYED: view_type 3 does not exist on this server: its OpenAPI
                document lists 0, 1, 2.`
            Undetermined: The document does not describe view_type of POST /configure.

        ```robotframework
        Require View Type    2
        ```
        """
        values = self.get_served_view_types()
        served = [str(value) for value in values]
        if served and code not in served:
            raise NotDeployed(
                f"view_type {code} does not exist on this server: its OpenAPI document lists "
                f"{', '.join(served)}."
            )
        return code if values and code not in values else json.dumps(code)
