"""What comes into a namespace: every kind that the account may list, watched from a moment on.

Jobs end by themselves within a minute, so a look afterwards is not enough. What a watch cannot
vouch for is said (`NamespaceChanges.not_known`), never taken for "nothing came".
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from focus_engine.kubernetes import resources
from focus_engine.kubernetes.errors import ApiFailure, KubernetesError
from focus_engine.kubernetes.resources import Resource
from focus_engine.on_use import on_use

with on_use(__name__):
    from focus_engine.kubernetes import client as clients
    from focus_engine.kubernetes import watch as watches

OWN_LABEL = ("app.kubernetes.io/managed-by", "focus-server-tests")
SECTION = 30.0  # seconds: a watch is taken up anew so often, before anything in between tires of it
AT_ONCE = 1.0  # seconds: a watch that was closed sooner, and told nothing, was closed at once
GAP = 1.0  # seconds between two watches, in which nothing comes and goes
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0  # seconds, doubled with each close at once
MOST_CLOSES = 6  # in a row; then there is no watch
MOST_RELISTS = 3  # in a row; a fresh version that is too old at once is none
CATCH_UP = 3.0  # seconds within which a watch tells of what a list shows
NOT_OURS = frozenset(
    {ApiFailure.FORBIDDEN, ApiFailure.NOT_FOUND}
)  # the account may not, or it is not served
_METHOD_NOT_ALLOWED = 405


class WatchedKind(Enum):
    """What a request could leave behind, by the plural of the API. Events only report."""

    JOBS = resources.JOBS
    SERVICES = resources.SERVICES
    PODS = resources.PODS
    CONFIGMAPS = resources.CONFIG_MAPS
    SECRETS = resources.SECRETS
    PERSISTENTVOLUMECLAIMS = resources.VOLUME_CLAIMS
    DEPLOYMENTS = resources.DEPLOYMENTS
    STATEFULSETS = resources.STATEFUL_SETS
    DAEMONSETS = resources.DAEMON_SETS
    REPLICASETS = resources.REPLICA_SETS
    REPLICATIONCONTROLLERS = resources.REPLICATION_CONTROLLERS
    CRONJOBS = resources.CRON_JOBS
    ENDPOINTSLICES = resources.ENDPOINT_SLICES
    INGRESSES = resources.INGRESSES
    NETWORKPOLICIES = resources.POLICIES
    SERVICEACCOUNTS = resources.SERVICE_ACCOUNTS
    ROLES = resources.ROLES
    ROLEBINDINGS = resources.ROLE_BINDINGS
    LEASES = resources.LEASES


@dataclass(frozen=True)
class NewObject:
    """An object that came; `at` is when it was first seen (`time.monotonic()`)."""

    resource: Resource
    object: clients.Object
    at: float

    @property
    def name(self) -> str:
        return str(self.object["metadata"]["name"])

    @property
    def uid(self) -> str:
        return _uid(self.object)

    @property
    def owners(self) -> frozenset[str]:
        """UIDs of the objects with which it vanishes."""
        references = self.object["metadata"].get("ownerReferences") or []
        return frozenset(str(one.get("uid")) for one in references)

    @property
    def is_ours(self) -> bool:
        """Whether these tests made it."""
        label, value = OWN_LABEL
        return (self.object["metadata"].get("labels") or {}).get(label) == value

    @property
    def in_words(self) -> str:
        return f"{self.resource.kind} {self.name}"


@dataclass(frozen=True)
class NamespaceChanges:
    """What came since the watch began, in its order, and why that may not be all.

    `not_known` are sentences; `not_watched` are kinds that the account may not list, or of which
    it sees only what stays.
    """

    effects: tuple[NewObject, ...]
    not_known: tuple[str, ...]
    not_watched: tuple[str, ...]

    def since(self, moment: float) -> NamespaceChanges:
        """Those from `moment` (`time.monotonic()`) on."""
        return replace(self, effects=tuple(one for one in self.effects if one.at >= moment))


@dataclass
class NamespaceWatch:
    """One thread per kind, until `stop()` or the end of the process."""

    cluster: clients.Cluster
    kinds: Sequence[WatchedKind] = tuple(WatchedKind)
    began: float = 0.0
    _followers: list[_Follower] = field(default_factory=list)
    _refused: list[str] = field(default_factory=list)

    def begin(self) -> NamespaceWatch:
        """List what is there, and watch from that moment on.

        Raises KubernetesError when the cluster cannot be asked, or not a single kind may be listed.
        """
        self.began = time.monotonic()
        refusal = None
        for kind in self.kinds:
            follower = _Follower(self.cluster, kind.value)
            try:
                follower.begin()
            except KubernetesError as error:
                if not _is_withheld(error):
                    raise
                refusal = error
                self._refused.append(f"{kind.value} (not listed: {error.cause.value})")
            else:
                self._followers.append(follower)
        if refusal is not None and not self._followers:
            raise refusal
        return self

    @property
    def goes_on(self) -> bool:
        """Whether it saw everything so far, and goes on."""
        return not any(one.not_known for one in self._followers)

    def look(self) -> NamespaceChanges:
        """What came so far. Raises KubernetesError when the cluster cannot be asked now."""
        for follower in self._followers:
            follower.catch_up()
        effects = [effect for follower in self._followers for effect in follower.effects]
        return NamespaceChanges(
            tuple(sorted(effects, key=lambda effect: effect.at)),
            tuple(sentence for one in self._followers if (sentence := one.not_known)),
            (*self._refused, *(text for one in self._followers if (text := one.not_watched))),
        )

    def stop(self) -> None:
        """Watch no more; a look afterwards knows nothing for certain."""
        for follower in self._followers:
            follower.end()


class _Follower:
    """Lists one kind, and notes in a thread of its own what comes after that."""

    def __init__(self, cluster: clients.Cluster, resource: Resource) -> None:
        self._cluster = cluster
        self._resource = resource
        self._known: set[str] = set()
        self._effects: dict[str, NewObject] = {}
        self._told: set[str] = set()
        self._news = threading.Condition()
        self._over = threading.Event()
        self._watch: watches.Watch | None = None
        self._trouble = ""
        self._began = 0.0  # when the last watch did
        self._closes = 0  # at once, in a row, with nothing told
        self._was_brief = False  # whether the last watch was closed at once, whatever it told
        self._may_watch = True

    @property
    def effects(self) -> list[NewObject]:
        with self._news:
            return list(self._effects.values())

    @property
    def not_known(self) -> str:
        """Why something may have come and gone unseen; empty where nothing can have."""
        if self._over.is_set():
            return f"the watch of {self._resource} had been ended. What came since is not known."
        if self._trouble:
            return f"{self._trouble} What came and went meanwhile is not known."
        if self._closes:
            return (
                f"the watch of {self._resource} was closed at once {self._closes} times in a row. "
                "What came and went meanwhile is not known."
            )
        return ""

    @property
    def not_watched(self) -> str:
        return "" if self._may_watch else f"{self._resource} (only what stays)"

    def begin(self) -> None:
        listing = self._cluster.list(self._resource)
        self._known = {_uid(item) for item in listing.items}
        threading.Thread(target=self._run, args=(listing.version,), daemon=True).start()

    def catch_up(self) -> None:
        """List once more; a watch that does not tell what the list shows is not to be believed."""
        listed = self._cluster.list(self._resource).items
        for item in listed:
            self._note(item)
        new = {_uid(item) for item in listed} - self._known
        with self._news:
            told = self._news.wait_for(lambda: new <= self._told or not self._follows, CATCH_UP)
        if not told:
            names = [item["metadata"]["name"] for item in listed if _uid(item) in new - self._told]
            self._trouble = f"the watch of {self._resource} never told of {', '.join(names[:3])}."

    def end(self) -> None:
        self._over.set()
        if self._watch is not None:
            self._watch.stop()

    @property
    def _follows(self) -> bool:
        return self._may_watch and not self._trouble and not self._over.is_set()

    def _run(self, version: str) -> None:
        try:
            self._follow(version)
        except KubernetesError as error:
            if _is_withheld(error):
                self._may_watch = False
            elif not self._over.is_set():
                self._trouble = error.sentence
        except Exception as error:  # noqa: BLE001 - whatever ends the thread, the watch is no more
            why = f"{type(error).__name__}: {error}"
            self._trouble = f"the watch of {self._resource} broke ({why})."
        finally:
            with self._news:
                self._news.notify_all()

    def _follow(self, version: str) -> None:
        relists, seen = 0, time.monotonic()  # nothing was missed until then
        while not self._over.is_set():
            try:
                version = self._section(version)
                relists = 0
            except KubernetesError as error:
                relists += 1
                if error.cause is not ApiFailure.GONE or relists > MOST_RELISTS:
                    raise
                if time.monotonic() > seen + GAP:
                    raise  # nobody knows what came and went since
                version = self._relist()
            seen = time.monotonic()
            if self._closes >= MOST_CLOSES:
                return
            if self._was_brief or self._closes or relists > 1:
                pause = FIRST_PAUSE * 2 ** max(self._closes, relists - 1, 0)
                self._over.wait(min(LONGEST_PAUSE, pause))

    def _section(self, version: str) -> str:
        """Follow one watch to its end; returns the version to go on from."""
        self._began, first = time.monotonic(), version
        self._watch = self._cluster.watch(self._resource, version, SECTION)
        if self._over.is_set():  # the end came while the watch was being opened
            self._watch.stop()
        for event in self._watch:
            self._closes = 0 if self._watch.version != first else self._closes
            self._note(event.object, by_watch=True)
        version = self._watch.version
        self._was_brief = time.monotonic() < self._began + AT_ONCE and not self._over.is_set()
        self._closes = self._closes + 1 if self._was_brief and version == first else 0
        return version

    def _relist(self) -> str:
        listing = self._cluster.list(self._resource)
        for item in listing.items:
            self._note(item, by_watch=True)
        return listing.version

    def _note(self, item: clients.Object, *, by_watch: bool = False) -> None:
        uid = _uid(item)
        with self._news:
            if uid not in self._known and uid not in self._effects:
                self._effects[uid] = NewObject(self._resource, item, time.monotonic())
            if by_watch:
                self._told.add(uid)
                self._news.notify_all()


def _uid(item: clients.Object) -> str:
    """What tells an object from a later one of the same name."""
    return str(item["metadata"].get("uid") or item["metadata"]["name"])


def _is_withheld(error: KubernetesError) -> bool:
    return error.cause in NOT_OURS or error.status == _METHOD_NOT_ALLOWED
