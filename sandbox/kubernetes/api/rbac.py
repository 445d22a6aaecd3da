"""Who may do what: tokens of service accounts, and the rules of a Role and a ClusterRole."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from sandbox.faults import ActiveFaults
from sandbox.kubernetes.api.faults import WITHDRAWN
from sandbox.kubernetes.api.request_info import RequestInfo
from sandbox.kubernetes.api.responses import ApiError, forbidden

ROLE_FOLDER = Path(__file__).parents[3] / "deploy" / "rbac"
ACCOUNT = "focus-server-tests"

_PUBLIC = ("/version", "/healthz", "/livez", "/readyz")
_EVERYBODY_READS = ("/version", "/api", "/apis", "/openapi", "/healthz", "/livez", "/readyz")


@dataclass(frozen=True)
class User:
    """Whoever a token belongs to."""

    name: str
    is_admin: bool = False


ANONYMOUS = User("system:anonymous")


@dataclass(frozen=True)
class PolicyRule:
    """One rule of a Role; `names` empty means all."""

    groups: frozenset[str]
    resources: frozenset[str]
    verbs: frozenset[str]
    names: frozenset[str] = frozenset()

    def allows(self, asked: RequestInfo) -> bool:
        """Whether the rule covers the request."""
        return (
            _has(self.verbs, asked.verb)
            and _has(self.groups, asked.group)
            and _has(self.resources, asked.full_resource)
            and (not self.names or asked.name in self.names)
        )


@dataclass(frozen=True)
class Roles:
    """The rules of the service account: in its namespace, and everywhere."""

    namespaced: tuple[PolicyRule, ...]
    cluster: tuple[PolicyRule, ...]


def read_roles(folder: Path = ROLE_FOLDER) -> Roles:
    """Read all Roles and ClusterRoles of a folder."""
    documents = [
        item
        for path in sorted(folder.glob("*.yaml"))
        for item in YAML(typ="safe", pure=True).load_all(path.read_text(encoding="utf-8"))
        if isinstance(item, dict)
    ]
    return Roles(tuple(_rules(documents, "Role")), tuple(_rules(documents, "ClusterRole")))


class Authorizer:
    """Decides on requests, as the faults have it."""

    def __init__(self, roles: Roles, namespace: str, faults: ActiveFaults) -> None:
        self._roles = roles
        self._namespace = namespace
        self._faults = faults
        self.used: set[tuple[str, str]] = set()
        """Rights of the service account that were needed so far: verb and resource."""
        self.token = secrets.token_urlsafe(24)
        self.admin_token = secrets.token_urlsafe(24)
        self._users = {
            self.token: User(f"system:serviceaccount:{namespace}:{ACCOUNT}"),
            self.admin_token: User("sandbox-admin", is_admin=True),
        }

    def user(self, authorization: str) -> User | None:
        """The user of an Authorization header, None for an unknown token."""
        if not authorization:
            return ANONYMOUS
        scheme, _, given = authorization.partition(" ")
        if scheme.lower() != "bearer":
            return None
        return next(
            (user for token, user in self._users.items() if secrets.compare_digest(given, token)),
            None,
        )

    def allows(self, user: User, asked: RequestInfo) -> bool:
        """Whether `user` may do that."""
        if user.is_admin:
            return True
        if not asked.resource:
            paths = _PUBLIC if user is ANONYMOUS else _EVERYBODY_READS
            return asked.verb == "get" and _is_below(asked.path, paths)
        if user is ANONYMOUS:
            return False
        if asked.qualified == "selfsubjectaccessreviews.authorization.k8s.io":
            return asked.verb == "create"
        if self._is_withdrawn(asked):
            return False
        here = self._roles.namespaced if asked.namespace == self._namespace else ()
        return any(rule.allows(asked) for rule in (*here, *self._roles.cluster))

    def check(self, user: User, asked: RequestInfo) -> None:
        """Raise ApiError 403 when `user` may not do that."""
        if asked.resource and not user.is_admin:
            self.used.add((asked.verb, asked.full_resource))
        if not self.allows(user, asked):
            raise refusal(user, asked)

    def _is_withdrawn(self, asked: RequestInfo) -> bool:
        return any(
            self._faults.on(fault) and (asked.verb, asked.full_resource) == right
            for fault, right in WITHDRAWN.items()
        )


def refusal(user: User, asked: RequestInfo) -> ApiError:
    """The 403 in the words of Kubernetes."""
    if not asked.resource:
        why = f'User "{user.name}" cannot {asked.verb} path "{asked.path}"'
        return ApiError(403, "Forbidden", f"forbidden: {why}", {})
    place = f'in the namespace "{asked.namespace}"' if asked.namespace else "at the cluster scope"
    return forbidden(
        asked.qualified,
        asked.name,
        f'User "{user.name}" cannot {asked.verb} resource "{asked.full_resource}" '
        f'in API group "{asked.group}" {place}',
    )


def _rules(documents: Iterable[Mapping[str, Any]], kind: str) -> Iterable[PolicyRule]:
    for item in documents:
        for rule in item.get("rules", []) if item.get("kind") == kind else []:
            yield PolicyRule(
                frozenset(rule["apiGroups"]),
                frozenset(rule["resources"]),
                frozenset(rule["verbs"]),
                frozenset(rule.get("resourceNames", [])),
            )


def _has(allowed: frozenset[str], asked: str) -> bool:
    return asked in allowed or "*" in allowed


def _is_below(path: str, roots: Iterable[str]) -> bool:
    return any(path == root or path.startswith(f"{root}/") for root in roots)
