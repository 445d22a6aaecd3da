"""What a request asks for, in the words of Kubernetes: verb, resource, namespace, name."""

from collections.abc import Mapping
from dataclasses import dataclass

_COLLECTION_VERBS = {"GET": "list", "DELETE": "deletecollection", "POST": "create"}
_OBJECT_VERBS = {
    "GET": "get",
    "HEAD": "get",
    "POST": "create",
    "PUT": "update",
    "PATCH": "patch",
    "DELETE": "delete",
}
_TRUE = ("true", "1")
_NAMED = "metadata.name="


@dataclass(frozen=True)
class RequestInfo:
    """One request. Without a resource (discovery, nonsense) only verb and path count."""

    verb: str
    path: str
    group: str = ""
    resource: str = ""
    subresource: str = ""
    namespace: str = ""
    name: str = ""

    @property
    def qualified(self) -> str:
        """`pods` or `jobs.batch`."""
        return f"{self.resource}.{self.group}".rstrip(".")

    @property
    def full_resource(self) -> str:
        """`pods` or `pods/exec`."""
        return f"{self.resource}/{self.subresource}".rstrip("/")


def request_info(method: str, path: str, query: Mapping[str, str]) -> RequestInfo:
    """Read a request as Kubernetes does, whether or not it is served."""
    group, parts = _split(path)
    if not parts:
        return RequestInfo(_OBJECT_VERBS.get(method, method.lower()), path)
    namespace = ""
    if parts[0] == "namespaces" and len(parts) > 1:
        namespace = parts[1]
        parts = parts[2:] if len(parts) > 2 else parts  # noqa: PLR2004 - there is a kind after it
    resource, name, *rest = [*parts, ""]
    verb = _verb(method, name, query)
    if verb in {"list", "watch"}:
        name = _selected_name(query)
    return RequestInfo(verb, path, group, resource, rest[0] if rest else "", namespace, name)


def is_true(query: Mapping[str, str], name: str) -> bool:
    """Whether a parameter of the query is on."""
    return query.get(name, "").lower() in _TRUE


def _split(path: str) -> tuple[str, list[str]]:
    """The group, and what stands behind group and version."""
    root, *parts = [part for part in path.split("/") if part] or [""]
    if root == "api":
        return "", parts[1:]
    if root == "apis" and len(parts) > 1:
        return parts[0], parts[2:]
    return "", []


def _verb(method: str, name: str, query: Mapping[str, str]) -> str:
    if name:
        return _OBJECT_VERBS.get(method, method.lower())
    if method == "GET" and is_true(query, "watch"):
        return "watch"
    return _COLLECTION_VERBS.get(method, _OBJECT_VERBS.get(method, method.lower()))


def _selected_name(query: Mapping[str, str]) -> str:
    """A list of the one object of a name is allowed to whoever may see that object."""
    fields = query.get("fieldSelector", "")
    return fields.removeprefix(_NAMED) if fields.startswith(_NAMED) and "," not in fields else ""
