"""Lists: selectors, pages and their tokens."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from sandbox.kubernetes.api.options import whole_number
from sandbox.kubernetes.api.responses import bad_request, expired
from sandbox.kubernetes.objects.discovery import ServedResource
from sandbox.kubernetes.objects.selectors import ObjectMatcher, SelectorError, object_matcher
from sandbox.kubernetes.objects.store import Object, Store

_TOKENS_LIVE = 5000
"""For how many changes a token of a page is good; then 410, as after a real server's compaction."""


def matcher_of(resource: ServedResource, query: Mapping[str, str]) -> ObjectMatcher:
    """The predicate of both selectors of a query. Raises ApiError 400."""
    try:
        return object_matcher(
            resource.plural, query.get("labelSelector", ""), query.get("fieldSelector", "")
        )
    except SelectorError as error:
        raise bad_request(str(error)) from error


def listed(
    store: Store, resource: ServedResource, namespace: str, query: Mapping[str, str]
) -> dict[str, Any]:
    """A list, or one page of it. Raises ApiError 400 and 410."""
    matches = matcher_of(resource, query)
    whole_number(query, "resourceVersion")
    limit = whole_number(query, "limit")
    items = [item for item in store.list(resource.plural, namespace or None) if matches(item)]
    metadata: dict[str, Any] = {"resourceVersion": store.version}
    if token := query.get("continue"):
        start, version = _read_token(token, int(store.version))
        metadata["resourceVersion"] = version
        items = [item for item in items if _place(item) > start]
    if 0 < limit < len(items):
        metadata["remainingItemCount"] = len(items) - limit
        items = items[:limit]
        metadata["continue"] = _token(items[-1], metadata["resourceVersion"])
    return {
        "kind": f"{resource.kind}List",
        "apiVersion": resource.api_version,
        "metadata": metadata,
        "items": [_without_type(item) for item in items],
    }


def _without_type(item: Object) -> Object:
    """The list says what its items are."""
    return {name: value for name, value in item.items() if name not in {"kind", "apiVersion"}}


def _place(item: Object) -> str:
    return f"{item['metadata'].get('namespace', '')}/{item['metadata']['name']}"


def _token(last: Object, version: str) -> str:
    content = {"v": "meta.k8s.io/v1", "rv": version, "start": _place(last)}
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode()


def _read_token(token: str, now: int) -> tuple[str, str]:
    try:
        content = json.loads(base64.urlsafe_b64decode(token))
        start, version = str(content["start"]), str(content["rv"])
        age = now - int(version)
    except (ValueError, KeyError, TypeError) as error:
        raise bad_request("continue key is not valid: encoded key could not be read") from error
    if age > _TOKENS_LIVE:
        raise expired(
            "The provided continue parameter is too old to display a consistent list result. "
            "You can start a new list without the continue parameter."
        )
    return start, version
