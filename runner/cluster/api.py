"""A small client of the cluster's API for setting it up; standard library only."""

import json
import re
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from runner.problem import ProblemError

REQUEST_LIMIT = 10.0  # seconds
MANAGER = "fieldManager=focus-cluster&force=true"

CLUSTER_WIDE = {
    "Namespace": "namespaces",
    "ClusterRole": "clusterroles",
    "ClusterRoleBinding": "clusterrolebindings",
}
NAMESPACED = {
    "Service": "services",
    "ServiceAccount": "serviceaccounts",
    "ConfigMap": "configmaps",
    "Deployment": "deployments",
    "NetworkPolicy": "networkpolicies",
    "Role": "roles",
    "RoleBinding": "rolebindings",
}


class Api:
    """Requests to one API server with one bearer token."""

    def __init__(self, url: str, authority: str, token: str) -> None:
        self._url = url
        self._token = token
        self._tls = ssl.create_default_context(cadata=authority)
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=self._tls)
        )
        self._open = opener.open

    def send(
        self, method: str, path: str, body: object = None, kind: str = "application/json"
    ) -> Any:
        """The decoded answer. Raises ProblemError for a status of 400 and above."""
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310 - our own https address
            self._url + path, method=method, data=None if body is None else data
        )
        request.add_header("Authorization", f"Bearer {self._token}")
        request.add_header("Content-Type", kind)
        try:
            with self._open(request, timeout=REQUEST_LIMIT) as answer:
                text = answer.read().decode()
        except urllib.error.HTTPError as error:
            words = error.read().decode(errors="replace")
            raise ProblemError(f"{method} {path} was answered {error.code}: {words}") from None
        return json.loads(text) if text.startswith("{") else text

    def apply(self, manifests: str, namespace: str) -> None:
        """Server-side apply of every YAML document in `manifests`, which may leave out theirs."""
        for document in re.split(r"^---\s*$", manifests, flags=re.MULTILINE):
            if re.search(r"^kind:", document, re.MULTILINE):
                path = f"{_path_of(document, namespace)}?{MANAGER}"
                self.send("PATCH", path, document, "application/apply-patch+yaml")


def _path_of(document: str, namespace: str) -> str:
    version = _field(document, r"^apiVersion: *(\S+)")
    kind = _field(document, r"^kind: *(\S+)")
    name = _field(document, r"^metadata:.*\n(?:  .*\n)*?  name: *(\S+)")
    base = f"/apis/{version}" if "/" in version else f"/api/{version}"
    if kind in CLUSTER_WIDE:
        return f"{base}/{CLUSTER_WIDE[kind]}/{name}"
    return f"{base}/namespaces/{namespace}/{NAMESPACED[kind]}/{name}"


def _field(document: str, pattern: str) -> str:
    found = re.search(pattern, document, re.MULTILINE)
    if found is None:
        raise ProblemError(f"a manifest has no {pattern}: {document[:80]!r}")
    return found.group(1)


def answers(url: str) -> bool:
    """Whether a server of the cluster answers. Raises OSError while nobody does."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=REQUEST_LIMIT) as answer:
        return bool(answer.status == HTTPStatus.OK)


def wait_until(holds: Callable[[], bool], what: str, limit: float) -> None:
    """Ask every 0.1 s whether it `holds`; a refused connection means not yet."""
    end = time.monotonic() + limit
    while True:
        try:
            if holds():
                return
            seen = "not yet"
        except (OSError, ProblemError) as error:
            seen = str(error)
        if time.monotonic() > end:
            raise ProblemError(f"{what} after {limit:.0f} s: {seen}")
        time.sleep(0.1)
