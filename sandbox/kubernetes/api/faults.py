"""Faults and knobs of the Kubernetes API: how it can fail those who use it properly."""

from collections.abc import Mapping

from sandbox.faults import Fault, Unit, Value, declared, knob

_JSON = "application/json"

FAILS_ON_DELETE = Fault(
    "api-500-on-delete", "the Kubernetes API answers every DELETE with 500 and deletes nothing"
)
REPLY_LOST = Fault(
    "api-lost-reply-on-create",
    "the Kubernetes API makes the next NetworkPolicy and closes the connection without an answer",
)
CONFLICT = Fault(
    "api-conflict", "the Kubernetes API answers the next PUT or PATCH with 409, as in a race"
)
DELETES_NOTHING = Fault(
    "api-200-on-delete", "the Kubernetes API answers every DELETE with 200 and deletes nothing"
)
PAGE_ON_DELETE = Fault(
    "api-page-on-delete", "every DELETE of the Kubernetes API is answered with an HTML page (200)"
)
REDIRECTS_DELETE = Fault(
    "api-302-on-delete", "every DELETE of the Kubernetes API is redirected to a login page (302)"
)
EMPTY_ON_DELETE = Fault(
    "api-empty-on-delete", "every DELETE of the Kubernetes API is answered with an empty 200"
)
ADDS_FINALIZER = Fault(
    "api-adds-finalizer", "every new NetworkPolicy has a finalizer that nobody removes"
)
DROPS_TTL = Fault(
    "api-drops-ttl", "a new Job loses its ttlSecondsAfterFinished, as to a webhook or an old server"
)
DROPS_OWNER = Fault("api-drops-owner", "a new NetworkPolicy loses its owner, as to a webhook")
UNAVAILABLE = Fault("api-unavailable", "the Kubernetes API answers everything with 503")
SHEDS_LOAD = Fault(
    "api-429-once", "the Kubernetes API answers the next request with 429 and a Retry-After"
)
HICCUP = Fault("api-503-once", "the Kubernetes API answers the next list with 503")
WATCH_ERROR = Fault("watch-error-without-reason", "each watch ends with an ERROR without a reason")
WATCH_BOOKMARK = Fault("watch-bookmark-empty", "each watch brings a BOOKMARK without a version")
WATCH_PAGE = Fault("watch-html-page", "each watch is answered with an HTML page")
WATCH_CLOSED = Fault("watch-closed-at-once", "each watch is closed at once")
WATCH_ENDS: Mapping[Fault, tuple[str, bytes]] = {
    WATCH_ERROR: (_JSON, b'{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1"}}\n'),
    WATCH_BOOKMARK: (_JSON, b'{"type":"BOOKMARK","object":{"metadata":{}}}\n'),
    WATCH_PAGE: ("text/html", b"<!doctype html><title>Log in</title>\n"),
    WATCH_CLOSED: (_JSON, b""),
}
"""Media type and body of all that a watch says."""
CLOCK_SKEW = Fault(
    "api-clock-skew",
    "the clock of the Kubernetes API is that far ahead",
    Value(Unit.SECONDS, 3600.0),
)
TTL_DEAD = Fault("ttl-controller-dead", "finished Jobs are not removed after their time to live")
COLLECTOR_DEAD = Fault("gc-dead", "what belonged to a deleted object stays")
EXEC_REFUSED = Fault("exec-refused", "the service account may not exec into pods")
EPHEMERAL_REFUSED = Fault(
    "ephemeral-containers-refused", "pod security refuses ephemeral containers with NET_ADMIN"
)

NO_POLICY_CREATE = knob("rbac-without-create", "the service account may not create NetworkPolicies")
NO_POLICY_DELETE = knob("rbac-without-delete", "the service account may not delete NetworkPolicies")
NO_JOB_CREATE = knob("rbac-without-jobs", "the service account may not create Jobs")

WITHDRAWN: Mapping[Fault, tuple[str, str]] = {
    EXEC_REFUSED: ("create", "pods/exec"),
    NO_POLICY_CREATE: ("create", "networkpolicies"),
    NO_POLICY_DELETE: ("delete", "networkpolicies"),
    NO_JOB_CREATE: ("create", "jobs"),
}
"""The right that a fault takes away: verb and resource."""

FAULTS, KNOBS = declared(vars())
