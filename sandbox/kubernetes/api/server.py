"""The HTTP API: authenticates, authorizes and dispatches each request."""

import time
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from sandbox.faults import ActiveFaults
from sandbox.kubernetes.api.faults import FAILS_ON_DELETE, UNAVAILABLE, WATCH_ENDS
from sandbox.kubernetes.api.handlers import Handlers, ResourceRequest
from sandbox.kubernetes.api.one_time_faults import Failures, lie_on_delete
from sandbox.kubernetes.api.rbac import Authorizer, User
from sandbox.kubernetes.api.request_info import RequestInfo, is_true, request_info
from sandbox.kubernetes.api.responses import (
    ApiError,
    bad_request,
    conflict,
    method_not_allowed,
    no_such_resource,
    not_found,
    unauthorized,
)
from sandbox.kubernetes.controllers.pods import container_of
from sandbox.kubernetes.objects import discovery
from sandbox.kubernetes.objects.preconditions import MODIFIED
from sandbox.kubernetes.objects.store import Store
from sandbox.kubernetes.pods.commands import Child, Commands, Ending
from sandbox.kubernetes.pods.exec import PROTOCOLS, ExecSessions

_HEALTH = ("/healthz", "/livez", "/readyz")
_IN_USE_S = 15.0
"""So long after its last answer the API counts as in use."""


class KubernetesApi:
    """The application; every request needs a bearer token."""

    def __init__(
        self,
        store: Store,
        authorizer: Authorizer,
        handlers: Handlers,
        commands: Commands,
        faults: ActiveFaults,
    ) -> None:
        self._store = store
        self._authorizer = authorizer
        self._handlers = handlers
        self._commands = commands
        self._faults = faults
        self._sessions = ExecSessions()
        self._serving = 0
        self._served_at = -_IN_USE_S
        self.failures = Failures(faults)

    @property
    def in_use(self) -> bool:
        """Whether somebody watches, or has asked something lately."""
        return self._serving > 0 or time.monotonic() < self._served_at + _IN_USE_S

    def close(self) -> None:
        """End watches and commands, so that the server can stop."""
        self._handlers.closing.set()
        self._sessions.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        self._serving += 1
        try:
            await self._serve(scope, receive, send)
        finally:
            self._serving -= 1
            self._served_at = time.monotonic()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._exec(WebSocket(scope, receive, send))
            return
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except ApiError as error:
            response = error.response()
        url = f"{scope['path']}?{scope['query_string'].decode()}"
        if self.failures.loses_reply(scope["method"], url, response.status_code):
            await _hang_up(send, receive)
            return
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        user, info = self._allowed(request.method, request)
        if not info.resource or info.verb == "options":
            return _document(request)
        resource = discovery.find_resource(info.group, info.resource)
        if resource is None:
            return _nothing_there(info.path)
        self._fail(info)
        if info.verb == "delete" and (lie := lie_on_delete(self._faults, info)):
            return lie
        handler = self._handler(info, resource)
        ends = [end for fault, end in WATCH_ENDS.items() if self._faults.on(fault)]
        if info.verb == "watch" and ends:
            media_type, said = ends[0]
            return Response(said, media_type=media_type)
        return await handler(ResourceRequest(request, info, resource, user))

    def _allowed(self, method: str, connection: Request | WebSocket) -> tuple[User, RequestInfo]:
        """Who asks for what. Raises ApiError 401, 403 and 503."""
        if self._faults.on(UNAVAILABLE):
            message = "the server is currently unable to handle the request"
            raise ApiError(503, "ServiceUnavailable", message)
        user = self._authorizer.user(connection.headers.get("authorization", ""))
        if user is None:
            raise unauthorized()
        info = request_info(method, connection.url.path, connection.query_params)
        self._authorizer.check(user, info)
        return user, info

    def _fail(self, info: RequestInfo) -> None:
        """Fail as the faults have it."""
        if self.failures.sheds_load():
            message = (
                "the server has received too many requests and has asked us to try again later"
            )
            raise ApiError(429, "TooManyRequests", message, {"retryAfterSeconds": 1})
        if info.verb == "list" and self.failures.hiccups():
            message = "the server is currently unable to handle the request"
            raise ApiError(503, "ServiceUnavailable", message)
        if info.verb == "delete" and self._faults.on(FAILS_ON_DELETE):
            message = "Internal error occurred: etcdserver: request timed out"
            causes = [{"message": "etcdserver: request timed out"}]
            raise ApiError(500, "InternalError", message, {"causes": causes})
        if info.verb in {"update", "patch"} and self.failures.conflicts():
            raise conflict(info.qualified, info.name, MODIFIED)

    def _handler(
        self, info: RequestInfo, resource: discovery.ServedResource
    ) -> Callable[[ResourceRequest], Awaitable[Response]]:
        """Who answers. Raises ApiError 404 and 405."""
        verbs = resource.subresources.get(info.subresource) if info.subresource else resource.verbs
        if verbs is None:
            raise no_such_resource()
        if info.verb not in verbs or _is_misplaced(info, resource):
            raise method_not_allowed()
        name = info.subresource if info.subresource in {"exec", "log", "scale"} else info.verb
        handler: Callable[[ResourceRequest], Awaitable[Response]] = getattr(self._handlers, name)
        return handler

    async def _exec(self, websocket: WebSocket) -> None:
        try:
            run = self._command(websocket)
        except ApiError as error:
            await websocket.send_denial_response(error.response())
            return
        offered = websocket.scope.get("subprotocols", [])
        await websocket.accept(subprotocol=next(one for one in PROTOCOLS if one in offered))
        await self._sessions.serve(websocket, run, stdin=is_true(websocket.query_params, "stdin"))

    def _command(self, websocket: WebSocket) -> Ending | Child:
        """What is to run. Raises ApiError for what is not allowed or not there."""
        user, info = self._allowed("GET", websocket)
        if (info.resource, info.subresource) != ("pods", "exec"):
            raise bad_request("the sandbox speaks WebSocket for pods/exec only")
        created = RequestInfo("create", info.path, "", "pods", "exec", info.namespace, info.name)
        self._authorizer.check(user, created)
        pod = self._store.get("pods", info.namespace, info.name)
        if pod is None:
            raise not_found("pods", info.name)
        query = websocket.query_params
        container = container_of(pod, query.get("container", ""))
        if not any(one in websocket.scope.get("subprotocols", []) for one in PROTOCOLS):
            raise bad_request(f"the sandbox speaks {' and '.join(PROTOCOLS)} only")
        if is_true(query, "tty"):
            raise bad_request("the sandbox has no terminals")
        if self._sessions.is_full:
            message = "the sandbox runs no more commands at once"
            raise ApiError(429, "TooManyRequests", message, {"retryAfterSeconds": 1})
        return self._commands.run(pod, container, query.getlist("command"))


_EVERYWHERE = ("list", "watch")
_ON_COLLECTIONS = ("create", "list", "watch", "deletecollection")


def _is_misplaced(info: RequestInfo, resource: discovery.ServedResource) -> bool:
    """Whether a verb of objects is used on a collection, or the other way round."""
    if resource.namespaced and not info.namespace and info.verb not in _EVERYWHERE:
        return True
    if info.subresource or info.verb in _EVERYWHERE:
        return False
    return (info.verb in _ON_COLLECTIONS) is bool(info.name)


def _document(request: Request) -> Response:
    path = request.url.path
    if path.rstrip("/") in _HEALTH:
        return PlainTextResponse("ok")
    document = discovery.document(path)
    if document is None:
        return _nothing_there(path)
    if request.method not in {"GET", "HEAD"}:
        raise method_not_allowed()
    return JSONResponse(document)


def _nothing_there(path: str) -> Response:
    if discovery.is_served(path):
        raise no_such_resource()
    return PlainTextResponse("404 page not found\n", 404)


async def _hang_up(send: Send, receive: Receive) -> None:
    """Close the connection without an answer: uvicorn's own cycle knows the transport."""
    send.__self__.transport.abort()  # type: ignore[attr-defined]
    while (await receive())["type"] != "http.disconnect":
        pass
