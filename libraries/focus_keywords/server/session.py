"""Keywords about the session: opening it, what was sent, what the system lets a case do."""

from typing import Any

from robot.api.deco import keyword

from focus_engine.contract.endpoints.live_state import LiveState, require_ready_for_live, state_told
from focus_engine.declared.permission import Permission
from focus_engine.decoding.bounded_json import decode_json
from focus_engine.decoding.undecodable import UndecodableError
from focus_keywords.server.server import Server, log_reply


class SessionKeywords:
    """Opening the session and asking what may be done with it."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @keyword
    def open_focus_server_session(self) -> str:
        """Open the RequestsLibrary session `focus` for the system under test.

        Other keywords open it by themselves; it is needed before a raw `GET On Session    focus`.
        Requests are sent once, within the environment's time-out. Opening again reads the
        environment anew. RequestsLibrary's `Delete All Sessions` undoes it.

        Returns:
            The base URL of the server.

        Raises:
            ToolError: The address or the environment is wrong, for example
                `ERROR: environment 'staging' has no address: set FOCUS_BASE_URL, …`

        ```robotframework
        Open Focus Server Session
        ```
        """
        return self._server.open().api.environment.base_url

    @keyword
    def server_should_be_ready_for_live(self, before: LiveState | None = None) -> None:
        """Skip the case when the server says that it waits for fibre; prr and dx must be above 0.

        Live cases need it; keywords that judge a live configuration ask it by themselves. Only the
        agreed values say that it waits: 0 for both, no start and length, `waiting for fiber`.

        Args:
            before: What `Get Fibre State` returned earlier, such as before an outage: a server that
                was ready then must still be. Default: nothing is known of earlier.

        Raises:
            PreconditionUnmet: `PRECONDITION: the server waits for fibre: prr is 0 and dx is 0 in
                GET /live_metadata (both must be above 0). …`
            ProductFailure: `GET /live_metadata should tell prr and dx above 0, or that the server
                waits for fibre (…), but the server answered 200: {"dx":1.0,"prr":-2000.0,…`

        ```robotframework
        Server Should Be Ready For Live
        ```
        """
        require_ready_for_live(log_reply(self._server.api.live_metadata()), before)

    @keyword(tags=["Getter"])
    def get_fibre_state(self) -> LiveState | None:
        """Return the state that GET /live_metadata tells, without judging it.

        Returns:
            `ready`, `half-ready` or `waiting`; None where the answer tells none of them.

        Raises:
            ToolError: The server cannot be reached.

        ```robotframework
        ${state} =    Get Fibre State
        Server Should Be Ready For Live    before=${state}
        ```
        """
        return state_told(log_reply(self._server.api.live_metadata()))

    @keyword
    def require_permission(self, permission: Permission) -> None:
        """Skip the case unless the environment allows what it does.

        Args:
            permission: `jobs`, `abuse`, `load` or `disruptive`.

        Raises:
            NotAllowed: `NOT ALLOWED: this case needs 'abuse', which environment 'kefar_saba'
                does not allow. Choose another environment.`

        ```robotframework
        Require Permission    abuse
        ```
        """
        self._server.environment.require(permission, "this case")

    @keyword
    def get_sent_configurations(self) -> list[Any]:
        """Return what really went over the wire to POST /configure in this session.

        Returns:
            The bodies, oldest first, raw ones included: decoded JSON, or bytes that are none.

        ```robotframework
        Send Configuration    multichannel
        ${sent} =    Get Sent Configurations
        Should Be Equal As Integers    ${sent}[-1][channels][min]    ${START_CHANNEL}
        ```
        """
        return [_decoded(exchange.body) for exchange in self._server.api.sent_configurations()]


def _decoded(body: bytes) -> Any:
    try:
        return decode_json(body)
    except UndecodableError:  # raw bytes may be sent; they are shown as they are
        return body
