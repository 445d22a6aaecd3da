"""The verbs on resources: what each request does, and its answer."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from sandbox.kubernetes.api import body as bodies
from sandbox.kubernetes.api.access_reviews import reviewed
from sandbox.kubernetes.api.lists import listed
from sandbox.kubernetes.api.options import WriteOptions, delete_options, write_options
from sandbox.kubernetes.api.rbac import Authorizer, User
from sandbox.kubernetes.api.request_info import RequestInfo
from sandbox.kubernetes.api.responses import ApiError, bad_request, not_found
from sandbox.kubernetes.api.watch import WatchStream
from sandbox.kubernetes.objects.admission import Admission
from sandbox.kubernetes.objects.deletion import ORPHAN_WARNING, delete
from sandbox.kubernetes.objects.discovery import ServedResource
from sandbox.kubernetes.objects.patches import PATCH_TYPES
from sandbox.kubernetes.objects.pod_changes import ephemeral_containers_only, whole_pod
from sandbox.kubernetes.objects.status import scale_of
from sandbox.kubernetes.objects.store import Object, Store
from sandbox.kubernetes.objects.writer import Patch, Writer
from sandbox.kubernetes.pods.logs import Logs


@dataclass(frozen=True)
class ResourceRequest:
    """One request that is allowed, on a resource that is served."""

    request: Request
    info: RequestInfo
    resource: ServedResource
    user: User

    @property
    def content_type(self) -> str:
        """Media type of the body, without parameters."""
        given = self.request.headers.get("content-type", bodies.JSON)
        return given.partition(";")[0].strip()

    def options(self, kind: str) -> WriteOptions:
        """Read the options of a write. Raises ApiError 422."""
        agent = self.request.headers.get("user-agent", "")
        return write_options(self.request.query_params, agent, kind)


class Handlers:
    """One method for each verb. Raises ApiError."""

    def __init__(
        self, store: Store, authorizer: Authorizer, admission: Admission, logs: Logs
    ) -> None:
        self._store = store
        self._authorizer = authorizer
        self._writer = Writer(store, admission)
        self._logs = logs
        self.closing = asyncio.Event()

    async def get(self, call: ResourceRequest) -> Response:
        """One object."""
        return JSONResponse(self._found(call))

    async def list(self, call: ResourceRequest) -> Response:
        """The objects that a selector chooses."""
        query = call.request.query_params
        return JSONResponse(listed(self._store, call.resource, call.info.namespace, query))

    async def watch(self, call: ResourceRequest) -> Response:
        """Return changes as they happen."""
        query, namespace = call.request.query_params, call.info.namespace
        watch = WatchStream(self._store, call.resource, namespace, query, self.closing)
        return StreamingResponse(watch.lines(), media_type=bodies.JSON)

    async def create(self, call: ResourceRequest) -> Response:
        """Take a new object."""
        options = call.options("CreateOptions")
        read = await self._read(call, options)
        if call.resource.plural == "selfsubjectaccessreviews":
            answer = reviewed(call.resource, self._authorizer, call.user, read.item)
        else:
            answer = self._writer.create(call.resource, call.info.namespace, read.item, options)
        return _answer(answer, read.warnings, 201)

    async def update(self, call: ResourceRequest) -> Response:
        """Put an object in the place of another."""
        options = call.options("UpdateOptions")
        read, name = await self._read(call, options), call.info.name
        before = self._store.get(call.resource.plural, call.info.namespace, name)
        if before is not None:
            whole_pod(call.resource, before, {**read.item, "spec": read.item.get("spec", {})})
        elif call.resource.created_by_update:
            self._check_may_create(call)
        answer, is_new = self._writer.update(
            call.resource, call.info.namespace, name, read.item, options
        )
        return _answer(answer, read.warnings, 201 if is_new else 200)

    async def patch(self, call: ResourceRequest) -> Response:
        """Change an object by a patch."""
        if call.content_type not in PATCH_TYPES:
            raise ApiError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {})
        options = call.options("PatchOptions")
        patch = Patch(call.content_type, await _parsed(call))
        is_ephemeral = call.info.subresource == "ephemeralcontainers"
        restrict = ephemeral_containers_only if is_ephemeral else whole_pod
        answer, warnings = self._writer.patch(
            call.resource, self._found(call), patch, options, partial(restrict, call.resource)
        )
        return _answer(answer, warnings)

    async def delete(self, call: ResourceRequest) -> Response:
        """Delete one object."""
        options = delete_options(call.request.query_params, await call.request.body())
        answer = delete(self._store, call.resource, self._found(call), options)
        unsaid = call.resource.orphans_by_default and options.propagation is None
        return _answer(answer, [ORPHAN_WARNING] if unsaid else [])

    async def log(self, call: ResourceRequest) -> Response:
        """What was written in a pod."""
        content = self._logs.read(self._found(call), call.request.query_params)
        return Response(content, media_type="text/plain")

    async def scale(self, call: ResourceRequest) -> Response:
        """How many pods a controller has and wants."""
        return JSONResponse(scale_of(self._found(call)))

    async def exec(self, call: ResourceRequest) -> Response:
        """Refuse what is no WebSocket."""
        self._found(call)
        raise bad_request("Upgrade request required")

    async def _read(self, call: ResourceRequest, options: WriteOptions) -> bodies.Read:
        body = await call.request.body()
        return bodies.read_object(call.resource, body, call.content_type, options.validation)

    def _found(self, call: ResourceRequest) -> Object:
        item = self._store.get(call.resource.plural, call.info.namespace, call.info.name)
        if item is None and not call.resource.namespaced:
            item = self._store.get(call.resource.plural, "", call.info.name)
        if item is None:
            raise not_found(call.resource.qualified, call.info.name)
        return item

    def _check_may_create(self, call: ResourceRequest) -> None:
        info = call.info
        asked = RequestInfo(
            "create", info.path, info.group, info.resource, "", info.namespace, info.name
        )
        self._authorizer.check(call.user, asked)


async def _parsed(call: ResourceRequest) -> bodies.Object:
    try:
        value, _ = bodies.parse(await call.request.body())
    except ValueError as error:
        raise bad_request("invalid JSON patch") from error
    result: bodies.Object = value
    return result


def _answer(item: Object, warnings: Iterable[str], code: int = 200) -> Response:
    response = JSONResponse(item, code)
    for warning in warnings:
        escaped = warning.replace("\\", "\\\\").replace('"', '\\"')
        response.headers.append("Warning", f'299 - "{escaped}"')
    return response
