"""Keywords that make a dependency unreachable, prove it, and undo it."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from robot.api.deco import library
from robotlibcore import HybridCore

from focus_engine import __version__
from focus_engine.declared.permission import Permission
from focus_engine.service import Service
from focus_keywords.durations import CONVERTERS
from focus_keywords.outage.cluster_state import ClusterStateKeywords
from focus_keywords.outage.lifecycle import LifecycleKeywords
from focus_keywords.outage.observer import Observer
from focus_keywords.outage.probing import ProbeKeywords
from focus_keywords.outage.promises import PromiseKeywords
from focus_keywords.outage.proofs import ProofKeywords
from focus_keywords.outage.records import RecordKeywords
from focus_keywords.outage.recovering import RecoveryKeywords
from focus_keywords.outage.requests_once import RequestKeywords
from focus_keywords.outage.session import OutageKeywordSession
from focus_keywords.subject import subject_of


@library(scope="GLOBAL", doc_format="MARKDOWN", version=__version__, converters=CONVERTERS)
class OutageLibrary(HybridCore):
    """Make a dependency of the Focus Server unreachable: proven, bounded, undone.

    An outage of MongoDB or RabbitMQ (`variables/dependencies.yaml`) is a Kubernetes NetworkPolicy
    or a fault of a proxy that stands before the dependency. No access to a node is needed.

    ```robotframework
    *** Settings ***
    Library    OutageLibrary
    Test Tags    disruptive    exclusive

    *** Test Cases ***
    History Needs MongoDB
        With Outage    mongodb    No Operation    ttl=30 s
    ```

    ## What is promised

    * **Proven.** `Start Outage` returns when new connections fail from inside the Focus Server's
      own pod, several times in a row, and when it is known what became of a connection that was
      open before. Other dependencies, name resolution and the API server must go on answering.
      Otherwise the outage is lifted and the keyword fails.
    * **Bounded.** Every outage has a time to live. A NetworkPolicy belongs to an object that
      Kubernetes itself removes then, also when everything of ours is dead.
    * **Undone.** By `Stop Outage`, else when the case or suite that started it ends, else when the
      process ends (SIGTERM, SIGHUP and SIGQUIT included), else by the cluster, else by
      `python3 focus.py sweep`. A fault of a proxy has no deadline in the cluster: after SIGKILL
      only the sweep removes it.
    * **Alone.** A case needs the tags `disruptive` and `exclusive`, else starting an outage is an
      ERROR: without them it would run beside others. A Lease in the namespace keeps a second
      outage waiting, in this run or another.
    * **Refused** in production, where the environment does not allow it, and where the namespace
      lacks the annotation `focus-server-tests/disruptive: allowed`.

    ## Established connections

    Many clusters (k3s among them) apply a NetworkPolicy to new connections only, so a pooled
    client notices nothing. `established` says what is required of connections that were open:

    | value | meaning |
    |---|---|
    | `require_cut` | they must be dead, else the case is UNDETERMINED |
    | `break` | they are killed once new ones fail |
    | `accept` | they may live on; the outage is then labelled `new-connections-only` |

    To kill is `ss -K` in an ephemeral container in the client's pod. With `backend=auto`,
    `require_cut` takes the proxy where there is one, else a NetworkPolicy, and kills what it leaves
    alive. Which of it was done is the outage's `method`.

    Times are measured from proven enforcement and from proven lift, never from calls to an API.

    ## Another service

    With `base_url` the dependencies of any service in Kubernetes can be made unreachable, without
    a file of an environment. The cluster is that of FOCUS_KUBECONFIG or KUBECONFIG; the namespace
    needs the annotation as well.

    ```text
    *** Settings ***
    Library    OutageLibrary    base_url=http://127.0.0.1:8080    namespace=shop
    ...    server=app=shop    dependencies=${CURDIR}/dependencies.yaml    allow=['disruptive']
    Test Tags    disruptive    exclusive
    ```
    """

    ROBOT_LISTENER_API_VERSION = 3

    def __init__(
        self,
        *,
        base_url: str = "",
        namespace: str = "default",
        server: str = "",
        dependencies: Path | None = None,
        allow: Sequence[Permission] = (),
        name: str = "",
        timeout: timedelta = timedelta(seconds=10),
        verify_tls: bool = True,
    ) -> None:
        """Without arguments it is about the Focus Server that the environment declares.

        Args:
            base_url: Address of another service, `https://HOST/path`.
            namespace: Where it runs.
            server: Label selector of its pods, `app=shop`; outages are proven from inside them.
            dependencies: What it depends on, a file of the form of `variables/dependencies.yaml`.
            allow: What may be done beyond gentle GET; an outage needs `disruptive`.
            name: What messages call it; default its host.
            timeout: After which a request counts as not answered.
            verify_tls: Whether its certificate must be trusted.
        """
        service = Service(
            base_url=base_url,
            name=name,
            allow=tuple(allow),
            timeout=timeout.total_seconds(),
            verify_tls=verify_tls,
            namespace=namespace,
            server=server,
            dependencies=dependencies,
        )
        subject = subject_of(service)
        self._session = OutageKeywordSession(subject)
        self._observer = observer = Observer(subject)
        components = [
            LifecycleKeywords(self._session),
            ProofKeywords(self._session),
            RecordKeywords(self._session),
            RequestKeywords(observer),
            ProbeKeywords(observer),
            ClusterStateKeywords(observer),
            RecoveryKeywords(observer),
            PromiseKeywords(subject),
        ]
        super().__init__(components)
        self.ROBOT_LIBRARY_LISTENER = [self]

    def end_test(self, data: Any, result: Any) -> None:
        """Lift what the case started and left behind, and end what it watched."""
        self._observer.belongings.end_of(str(data.full_name))
        self._session.end_of(str(data.full_name), result)

    def end_suite(self, data: Any, result: Any) -> None:
        """The same of the suite's set-up."""
        self._observer.belongings.end_of(str(data.full_name))
        self._session.end_of(str(data.full_name), result)

    def close(self) -> None:
        """Lift and end whatever is left."""
        self._observer.belongings.close()
        self._session.close()
