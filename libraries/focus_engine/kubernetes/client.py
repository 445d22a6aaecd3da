"""One namespace of a cluster: read, written and watched in plain JSON. The one client there is.

    cluster = Cluster.connect(environment, "see what the server leaves in the cluster")
    cluster.items(PODS, "app=focus")           objects with these labels
    cluster.list(JOBS)                         the same with the version to watch from
    cluster.get(LEASES, "focus-outage")        one object, None when there is none
    cluster.create / replace / patch / delete  one change, sent once
    cluster.update(LEASES, name, change)       read, change and write, again after a 409
    cluster.watch(JOBS, version, seconds)      what happens (focus_engine.kubernetes.watch)
    cluster.log / may / now                    a log, a right, the API server's clock
    focus_engine.kubernetes.exec               programs in containers

Everything raises KubernetesError (a ToolError with `status` and `cause`) when it cannot be done;
what is repeated says `focus_engine.kubernetes.connection`. An answer that is not what Kubernetes
answers (an HTML page, an empty 200, another kind of object) is an error, never a result.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from focus_engine.decoding.bounded_json import decode_object
from focus_engine.decoding.undecodable import UndecodableError
from focus_engine.environment import Environment
from focus_engine.kubernetes.connection import JSON, ApiRequest, Connection, connect
from focus_engine.kubernetes.errors import (
    CONFLICT,
    FOREIGN_BYTES,
    NOT_FOUND,
    ApiFailure,
    KubernetesError,
    brief,
    not_kubernetes,
)
from focus_engine.kubernetes.resources import PODS, REVIEWS, Resource, is_named
from focus_engine.kubernetes.watch import Watch

Object = dict[str, Any]
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
PAGE = 500  # objects per request
MOST_PAGES = 100
OPTIMISTIC_TRIES = 5  # a change that met that many conflicts is given up


@dataclass(frozen=True)
class Listing:
    """The objects of a kind, and the version from which a watch goes on."""

    items: tuple[Object, ...]
    version: str


class Cluster:
    """One namespace through one connection; may be used from several threads."""

    def __init__(self, connection: Connection, namespace: str) -> None:
        self.connection = connection
        self.namespace = namespace

    @classmethod
    def connect(cls, environment: Environment, purpose: str, namespace: str = "") -> "Cluster":
        """The namespace of `environment`, or another one.

        Raises PreconditionUnmet where the environment gives no access ("set FOCUS_KUBECONFIG to
        `purpose`"), ToolError for a kubeconfig that cannot be used.
        """
        return cls(connect(environment, purpose), namespace or environment.namespace)

    def is_like(self, other: "Cluster | None") -> bool:
        """Whether both mean the same namespace at the same address."""
        if other is None:
            return False
        hosts = {one.connection.api.configuration.host for one in (self, other)}
        return len(hosts) == 1 and self.namespace == other.namespace

    @property
    def now(self) -> datetime:
        """The time by the clock of the API server, as of its last answer."""
        return self.connection.now

    def get(self, resource: Resource, name: str) -> Object | None:
        """The object, or None when there is none of that name."""
        return _unless_absent(lambda: self._object("GET", resource, f"{resource} {name}", name))

    def items(self, resource: Resource, selector: str = "", fields: str = "") -> list[Object]:
        """The objects with labels `selector` and fields `fields`; all where they are empty."""
        return list(self.list(resource, selector, fields).items)

    def list(self, resource: Resource, selector: str = "", fields: str = "") -> Listing:
        """All objects of a kind, page by page, and the version of the first page.

        It is begun anew once where the version of its pages is gone before the last was read.
        """
        selectors = (("labelSelector", selector), ("fieldSelector", fields))
        query = [("limit", str(PAGE)), *((key, value) for key, value in selectors if value)]
        try:
            return self._pages(resource, query)
        except KubernetesError as error:
            if error.cause is not ApiFailure.GONE:
                raise
        return self._pages(resource, query)

    def _pages(self, resource: Resource, query: Sequence[tuple[str, str]]) -> Listing:
        what, items = f"a list of {resource}", list[Object]()
        version, token = "", ""
        for _ in range(MOST_PAGES):
            page = self._answer(
                ApiRequest(
                    "GET",
                    resource.path(self.namespace),
                    what,
                    self.namespace,
                    [*query, *([("continue", token)] if token else [])],
                )
            )
            items += _items(page, resource, what)
            metadata = page["metadata"]
            version = version or str(metadata.get("resourceVersion") or "")
            token = str(metadata.get("continue") or "")
            if not token and metadata.get("remainingItemCount"):
                more = metadata["remainingItemCount"]
                raise not_kubernetes(what, f"a list that is cut: {more} more, and no way to them")
            if not token:
                return Listing(tuple(items), version)
        raise not_kubernetes(what, f"more than {MOST_PAGES} pages", ApiFailure.TOO_LARGE)

    def watch(self, resource: Resource, version: str, seconds: float) -> Watch:
        """What is added, changed and deleted after `version`, for `seconds`."""
        query = [
            ("watch", "true"),
            ("resourceVersion", version),
            ("allowWatchBookmarks", "true"),
            ("timeoutSeconds", str(max(1, round(seconds)))),
        ]
        what = f"a watch of {resource}"
        if not version:
            raise not_kubernetes(what, "a list that names no resourceVersion to watch from")
        request = ApiRequest("GET", resource.path(self.namespace), what, self.namespace, query)
        return Watch(self.connection.lines(request, seconds), resource, what, version)

    def create(self, resource: Resource, body: Object, *, dry_run: bool = False) -> Object:
        """The object as the API took it; unknown fields are refused."""
        name = str(body.get("metadata", {}).get("name", ""))
        query = [("fieldValidation", "Strict"), *([("dryRun", "All")] if dry_run else [])]
        what = f"creating {resource} {name}".rstrip()
        answer = self._answer(
            ApiRequest("POST", resource.path(self.namespace), what, self.namespace, query, body)
        )
        return _checked(answer, resource, name, what)

    def replace(self, resource: Resource, name: str, body: Object) -> Object:
        """Write the whole object; 409 when it is not the version that `body` names."""
        what = f"an update of {resource} {name}"
        return self._object("PUT", resource, what, name, body=body)

    def update(
        self, resource: Resource, name: str, change: Callable[[Object], Object | None]
    ) -> Object | None:
        """Read, `change` and write, anew after each 409: an optimistic lock.

        `change` returns the new object, or None to leave it as it is. Returns what was written,
        None when there is no such object or nothing was to change.
        """
        for left in reversed(range(OPTIMISTIC_TRIES)):
            found = self.get(resource, name)
            wanted = None if found is None else change(found)
            if wanted is None:
                return None
            try:
                return self.replace(resource, name, wanted)
            except KubernetesError as error:
                if error.status != CONFLICT or not left:
                    raise
        raise AssertionError("unreachable")

    def patch(
        self,
        resource: Resource,
        name: str,
        body: Object,
        *,
        subresource: str = "",
        kind: str = MERGE,
    ) -> Object | None:
        """The patched object, or None when there is none of that name.

        A patch that names no version is sent again after a 409: it says the same of any version.
        """
        tries = 1 if "resourceVersion" in body.get("metadata", {}) else OPTIMISTIC_TRIES
        what = f"a patch of {resource} {name}"
        for left in reversed(range(tries)):
            try:
                return _unless_absent(
                    lambda: self._object("PATCH", resource, what, name, subresource, body, kind)
                )
            except KubernetesError as error:
                if error.status != CONFLICT or not left:
                    raise
        raise AssertionError("unreachable")

    def delete(self, resource: Resource, name: str, version: str = "") -> bool:
        """Delete with what it owns; False when it was gone already, 409 for another `version`.

        True says that the API accepted it; whether the object is gone, look.
        """
        body: Object = {"kind": "DeleteOptions", "apiVersion": "v1"}
        body["propagationPolicy"] = "Background"
        if version:
            body["preconditions"] = {"resourceVersion": version}
        path, what = resource.path(self.namespace, name), f"deleting {resource} {name}"
        request = ApiRequest("DELETE", path, what, self.namespace, body=body)
        answer = _unless_absent(lambda: self._answer(request))
        if answer is not None and answer.get("kind") != "Status":
            _checked(answer, resource, name, what)
        elif answer is not None and answer.get("status") != "Success":
            raise not_kubernetes(what, f"a Status that says {answer.get('status')!r}")
        return answer is not None

    def log(
        self,
        pod: str,
        container: str,
        *,
        previous: bool = False,
        timestamps: bool = False,
        bounds: Mapping[str, int] | None = None,
    ) -> str:
        """The log of a container, or of the one that ran before it; whole without `bounds`."""
        query = [("container", container)]
        query += [("previous", "true")] if previous else []
        query += [("timestamps", "true")] if timestamps else []
        query += [(name, str(most)) for name, most in (bounds or {}).items()]
        which = "previous log" if previous else "log"
        path, what = PODS.path(self.namespace, pod, "log"), f"the {which} of {pod}/{container}"
        request = ApiRequest("GET", path, what, self.namespace, query)
        return self.connection.send(request).decode("utf-8", errors="replace")

    def may(self, verb: str, resource: Resource, subresource: str = "", name: str = "") -> bool:
        """Whether the account may do that (to the object `name`), by the API's own word."""
        attributes = {
            "verb": verb,
            "group": resource.group,
            "resource": resource.plural,
            "subresource": subresource,
            **({"name": name} if name else {}),
            **({"namespace": self.namespace} if resource.namespaced else {"name": self.namespace}),
        }
        body = {
            "apiVersion": f"{REVIEWS.group}/v1",
            "kind": REVIEWS.kind,
            "spec": {"resourceAttributes": attributes},
        }
        what = f"a review of '{verb} {resource}'"
        answer = self._answer(ApiRequest("POST", REVIEWS.path(""), what, self.namespace, body=body))
        status = answer.get("status")
        allowed = status.get("allowed") if isinstance(status, dict) else None
        if not isinstance(allowed, bool):
            raise not_kubernetes(what, f"a review that says neither yes nor no: {answer}")
        return allowed

    def _object(  # noqa: PLR0917 - private, and each is named where it is given
        self,
        method: str,
        resource: Resource,
        what: str,
        name: str,
        subresource: str = "",
        body: Object | None = None,
        content_type: str = JSON,
    ) -> Object:
        path = resource.path(self.namespace, name, subresource)
        request = ApiRequest(method, path, what, self.namespace, (), body, content_type)
        return _checked(self._answer(request), resource, name, what)

    def _answer(self, request: ApiRequest) -> Object:
        return decoded(self.connection.send(request), request.what)


def decoded(body: bytes, what: str) -> Object:
    """A JSON object of the API. Raises KubernetesError for anything else."""
    if not body.strip():
        raise not_kubernetes(what, "a success with an empty body")
    try:
        return decode_object(body)
    except UndecodableError as error:
        begins = brief(body[:FOREIGN_BYTES].decode(errors="replace"))
        raise not_kubernetes(what, f"no JSON object, for {error}; it begins {begins}") from error


def _items(page: Object, resource: Resource, what: str) -> list[Object]:
    """The items of a page, which do not say themselves what they are."""
    items = page.get("items", "missing")
    if page.get("kind") != f"{resource.kind}List" or not isinstance(page.get("metadata"), dict):
        raise not_kubernetes(what, f"a {page.get('kind')} where a {resource.kind}List is due")
    if items is None:
        return []  # how Go writes an empty list sometimes
    if not isinstance(items, list) or not all(is_named(item) for item in items):
        raise not_kubernetes(what, f"a {resource.kind}List whose items are no objects with names")
    return items


def _checked(answer: Object, resource: Resource, name: str, what: str) -> Object:
    """`answer`, when it is the object that was asked for."""
    if answer.get("kind") != resource.kind or not is_named(answer):
        raise not_kubernetes(what, f"a {answer.get('kind')} where a {resource.kind} is due")
    if name and answer["metadata"]["name"] != name:
        raise not_kubernetes(what, f"{resource.kind} {answer['metadata']['name']}, not {name}")
    return answer


def _unless_absent(call: Callable[[], Object]) -> Object | None:
    try:
        return call()
    except KubernetesError as refusal:
        if refusal.status == NOT_FOUND:
            return None
        raise
