"""What an outage asks of Kubernetes: a table of resources and a handful of verbs, in plain JSON."""

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from focus_engine.kubernetes.client import TIMEOUT, KubernetesError, ask

Object = dict[str, Any]
NOT_FOUND, CONFLICT = 404, 409
_MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"


@dataclass(frozen=True)
class Resource:
    """A kind of object in the API."""

    group: str
    plural: str
    namespaced: bool = True

    def path(self, namespace: str, name: str = "", subresource: str = "") -> str:
        base = f"/apis/{self.group}/v1" if self.group else "/api/v1"
        within = f"/namespaces/{namespace}" if self.namespaced else ""
        parts = [base + within, self.plural, name, subresource]
        return "/".join(part for part in parts if part)


POLICIES = Resource("networking.k8s.io", "networkpolicies")
JOBS = Resource("batch", "jobs")
LEASES = Resource("coordination.k8s.io", "leases")
PODS = Resource("", "pods")
SERVICES = Resource("", "services")
ENDPOINT_SLICES = Resource("discovery.k8s.io", "endpointslices")
EVENTS = Resource("", "events")
NAMESPACES = Resource("", "namespaces", namespaced=False)
REVIEWS = Resource("authorization.k8s.io", "selfsubjectaccessreviews", namespaced=False)


class Cluster:
    """One namespace. Everything raises KubernetesError (a ToolError) when it cannot be done."""

    def __init__(self, api: Any, namespace: str) -> None:
        self.api = api
        self.namespace = namespace
        self._ahead = timedelta(0)

    @property
    def now(self) -> datetime:
        """The time by the clock of the API server, as of its last answer."""
        return datetime.now(UTC) + self._ahead

    def get(self, resource: Resource, name: str) -> Object | None:
        """The object, or None when there is none of that name."""
        path = resource.path(self.namespace, name)
        return self._unless_absent("GET", path, f"{resource.plural} {name}")

    def items(self, resource: Resource, selector: str = "") -> list[Object]:
        query = [("labelSelector", selector)] if selector else []
        path = resource.path(self.namespace)
        found = self._send("GET", path, f"a list of {resource.plural}", query=query)
        items: list[Object] = found.get("items") or []
        return items

    def create(self, resource: Resource, body: Object, *, dry_run: bool = False) -> Object:
        query = [("fieldValidation", "Strict"), *([("dryRun", "All")] if dry_run else [])]
        name = body.get("metadata", {}).get("name", "")
        path = resource.path(self.namespace)
        return self._send(
            "POST", path, f"creating {resource.plural} {name}", query=query, body=body
        )

    def replace(self, resource: Resource, name: str, body: Object) -> Object:
        """Write the whole object; 409 when it is not the version that `body` names."""
        path = resource.path(self.namespace, name)
        return self._send("PUT", path, f"an update of {resource.plural} {name}", body=body)

    def patch(
        self,
        resource: Resource,
        name: str,
        body: Object,
        *,
        subresource: str = "",
        kind: str = _MERGE,
    ) -> Object | None:
        """The patched object, or None when there is none of that name."""
        path = resource.path(self.namespace, name, subresource)
        return self._unless_absent(
            "PATCH", path, f"a patch of {resource.plural} {name}", body=body, kind=kind
        )

    def delete(self, resource: Resource, name: str) -> bool:
        """Delete with what it owns. Returns False when it was gone already."""
        body = {"kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Background"}
        path = resource.path(self.namespace, name)
        what = f"deleting {resource.plural} {name}"
        return self._unless_absent("DELETE", path, what, body=body) is not None

    def log(self, pod: str, container: str) -> str:
        path = PODS.path(self.namespace, pod, "log")
        what = f"the log of {pod}/{container}"
        return self._raw("GET", path, what, query=[("container", container)]).decode(
            "utf-8", errors="replace"
        )

    def may(self, verb: str, resource: Resource, subresource: str = "") -> bool:
        """Whether the account may do that, by the API's own word."""
        attributes = {
            "verb": verb,
            "group": resource.group,
            "resource": resource.plural,
            "subresource": subresource,
            **({"namespace": self.namespace} if resource.namespaced else {}),
            **({} if resource.namespaced else {"name": self.namespace}),
        }
        body = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": attributes},
        }
        what = f"a review of '{verb} {resource.plural}'"
        answer = self._send("POST", REVIEWS.path(""), what, body=body)
        return bool(answer.get("status", {}).get("allowed"))

    def _unless_absent(self, method: str, path: str, what: str, **sent: Any) -> Object | None:
        try:
            return self._send(method, path, what, **sent)
        except KubernetesError as refusal:
            if refusal.status == NOT_FOUND:
                return None
            raise

    def _send(
        self,
        method: str,
        path: str,
        what: str,
        *,
        query: list[tuple[str, str]] | None = None,
        body: Object | None = None,
        kind: str = "application/json",
    ) -> Object:
        answer: Object = json.loads(
            self._raw(method, path, what, query=query, body=body, kind=kind) or b"{}"
        )
        return answer

    def _raw(
        self,
        method: str,
        path: str,
        what: str,
        *,
        query: list[tuple[str, str]] | None = None,
        body: Object | None = None,
        kind: str = "application/json",
    ) -> bytes:
        from kubernetes.client.exceptions import ApiException  # noqa: PLC0415 - a heavy import

        headers = {"Accept": "application/json", **({"Content-Type": kind} if body else {})}

        def call() -> bytes:
            request = self.api.param_serialize(
                method,
                path,
                query_params=query or [],
                header_params=headers,
                body=body,
                auth_settings=["BearerToken"],
            )
            answer = self.api.call_api(*request, _request_timeout=TIMEOUT)
            answer.read()
            self._look_at_clock(answer.headers)
            if answer.status >= 400:  # noqa: PLR2004 - HTTP's own bound
                raise ApiException(status=answer.status, reason=_reason(answer))
            return bytes(answer.data)

        return ask(what, self.namespace, call)

    def _look_at_clock(self, headers: Any) -> None:
        stamp = headers.get("Date") or headers.get("date")
        if stamp:
            self._ahead = parsedate_to_datetime(stamp) - datetime.fromtimestamp(time.time(), UTC)


def _reason(answer: Any) -> str:
    """The API's own sentence where it gives one."""
    try:
        said = json.loads(answer.data).get("message")
    except (ValueError, AttributeError):
        said = None
    return str(said or answer.reason)
