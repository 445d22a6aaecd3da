"""SelfSubjectAccessReviews: what may I do, answered from the rules that decide on requests."""

from typing import Any

from sandbox.kubernetes.api.rbac import ACCOUNT, Authorizer, User
from sandbox.kubernetes.api.request_info import RequestInfo
from sandbox.kubernetes.api.responses import invalid
from sandbox.kubernetes.objects.discovery import ServedResource
from sandbox.kubernetes.objects.store import Object
from sandbox.kubernetes.validation.causes import invalid as invalid_value


def reviewed(resource: ServedResource, authorizer: Authorizer, user: User, item: Object) -> Object:
    """The review with its answer. Raises ApiError 422."""
    spec = item.get("spec", {})
    asked, path = spec.get("resourceAttributes"), spec.get("nonResourceAttributes")
    if (asked is None) == (path is None):
        why = "exactly one of nonResourceAttributes or resourceAttributes must be specified"
        cause = invalid_value("spec", asked, why)
        raise invalid(f".{resource.group}", "", [cause])  # a real server leaves its kind out too
    allowed = authorizer.allows(user, _request(asked) if asked is not None else _path(path))
    status: Object = {"allowed": allowed}
    if allowed and asked is not None and not user.is_admin:
        status["reason"] = f'RBAC: allowed by RoleBinding of "{ACCOUNT}"'
    return {**item, "metadata": {**item["metadata"], "creationTimestamp": None}, "status": status}


def _request(asked: dict[str, Any]) -> RequestInfo:
    return RequestInfo(
        asked.get("verb", ""),
        "",
        asked.get("group", ""),
        asked.get("resource", ""),
        asked.get("subresource", ""),
        asked.get("namespace", ""),
        asked.get("name", ""),
    )


def _path(asked: dict[str, Any]) -> RequestInfo:
    return RequestInfo(asked.get("verb", ""), asked.get("path", ""))
