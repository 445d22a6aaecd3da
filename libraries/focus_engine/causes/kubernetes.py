"""Table of causes for failed Kubernetes requests: statuses, TLS, connections, time-outs."""

from focus_engine.causes.cause import Cause
from focus_engine.causes.network import not_connected, tls

_FILE = "the kubeconfig (FOCUS_KUBECONFIG)"


def _status(number: str, name: str, what: str, advice: str) -> Cause:
    return Cause(rf"\bstatus {number}\b", what, advice, name=name)


KUBERNETES: tuple[Cause, ...] = (
    _status(
        "401",
        "unauthenticated",
        "it does not know the account",
        f"The token or certificate in {_FILE} has expired or is of another cluster: renew it.",
    ),
    Cause(
        r"exceeded quota",
        "the quota of the namespace is used up",
        "Remove what is left over there, or ask for more.",
    ),
    Cause(
        r"admission webhook|violates PodSecurity|denied by|policy",
        "a rule of the cluster forbids it",
        "Ask who runs the cluster for an exception for these tests.",
    ),
    _status(
        "403",
        "forbidden",
        "the account may not do that",
        "Give it the role of deploy/rbac in this namespace.",
    ),
    _status(
        "404",
        "not found",
        "there is no such object, namespace or API",
        "Check FOCUS_NAMESPACE and that the kubeconfig leads to the right cluster.",
    ),
    _status(
        "409",
        "conflict",
        "somebody else has made or changed it meanwhile",
        "Wait for the other run; what a dead one left, `focus.py sweep` removes.",
    ),
    _status(
        r"3\d\d",
        "not Kubernetes",
        "it was answered from somewhere else, such as a sign-in page",
        "Does `server` of the kubeconfig lead to the API itself?",
    ),
    _status("410", "gone", "what was asked for is too old", "Run again; the cluster is very busy."),
    _status(
        "4(?:00|22)",
        "invalid",
        "it finds the request invalid",
        "Is the cluster much older or newer than what docs/outage.md was tried on?",
    ),
    _status(
        "429",
        "too many requests",
        "it has too many requests to serve",
        "Run again when the cluster is less busy, or with fewer --processes.",
    ),
    _status(
        r"5\d\d",
        "server error",
        "the API server itself failed",
        "Look at the control plane, or at a proxy before it; nothing here can mend that.",
    ),
    *tls(
        "the kubeconfig",
        "Is certificate-authority-data in the kubeconfig that of this cluster?",
        "Write http:// for `server` in the kubeconfig then.",
    ),
    *not_connected("`server` of the kubeconfig", "the API server (or its tunnel)"),
    Cause(
        r"timed out|Timeout",
        "no answer within the time-out",
        "Is the tunnel or VPN to the cluster on, and the API server healthy?",
        name="timed out",
    ),
    Cause(
        r"RemoteDisconnected|closed connection|Connection reset|aborted|Broken pipe|IncompleteRead",
        "the connection broke off",
        "Is there a tunnel or a load balancer that ended it? Run again.",
        name="unreachable",
    ),
    Cause(
        r"more than \d+ (?:MiB|pages)",
        "its answer is too large",
        "Are there very many objects in this namespace? Name a smaller one in FOCUS_NAMESPACE.",
        name="too large",
    ),
    Cause("", "the request failed", f"Check {_FILE}.", name="other"),
)
