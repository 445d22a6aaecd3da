"""What came into the cluster since a moment: jobs end by themselves within a minute, so a look
afterwards is not enough, and the whole window is watched."""

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from focus_engine.evidence import Evidence
from focus_engine.kubernetes.watch import Cluster, Kind, Thing, WatchTooOldError
from focus_engine.verdict import ProductFailure, ToolError, Undetermined

LONGEST_WATCH = 900.0  # seconds: as long as an outage may last
SECTION = 5.0  # seconds: a watch is taken up anew so often, and its thread ends so soon
OF_A_JOB = ("grpc-job-", "cleanup-job-", "grpc-service-")
SHOWN = 5


@dataclass(frozen=True)
class Effect:
    """Something that came, `at` seconds after the watch began."""

    thing: Thing
    at: float

    @property
    def in_words(self) -> str:
        return f"{self.thing.kind.value.removesuffix('s')} {self.thing.name}"


@dataclass
class EffectsWatch:
    """Notes every object of the kinds that was not there when the watch began.

    One thread per kind, which ends soon after `end()`, or after fifteen minutes.
    """

    cluster: Cluster
    kinds: tuple[Kind, ...] = tuple(Kind)
    _known: set[str] = field(default_factory=set)
    _effects: dict[str, Effect] = field(default_factory=dict)
    _trouble: list[str] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _began: float = 0.0

    def begin(self) -> "EffectsWatch":
        """Look at what is there, and watch from that moment on."""
        self._began = time.monotonic()
        for kind in self.kinds:
            listing = self.cluster.look(kind)
            self._known |= {thing.uid for thing in listing.things}
            threading.Thread(target=self._follow, args=(kind, listing.version), daemon=True).start()
        return self

    def end(self) -> list[Effect]:
        """A last look, and everything that came, in its order.

        Raises ToolError when a watch broke: something may have come and gone unseen.
        """
        self._over.set()
        for kind in self.kinds:
            for thing in self.cluster.look(kind).things:
                self._note(thing)
        if self._trouble:
            raise ToolError(f"{self._trouble[0]} What came and went meanwhile is not known.")
        with self._lock:
            return sorted(self._effects.values(), key=lambda effect: effect.at)

    def _follow(self, kind: Kind, version: str) -> None:
        try:
            while not self._over.is_set() and time.monotonic() < self._began + LONGEST_WATCH:
                version = self._follow_section(kind, version)
        except ToolError as error:
            if not self._over.is_set():
                self._trouble.append(error.sentence)

    def _follow_section(self, kind: Kind, version: str) -> str:
        try:
            for thing in self.cluster.watch(kind, version, SECTION):
                self._note(thing)
                version = thing.version
        except WatchTooOldError:
            listing = self.cluster.look(kind)
            for thing in listing.things:
                self._note(thing)
            return listing.version
        return version

    def _note(self, thing: Thing) -> None:
        with self._lock:
            if thing.uid not in self._known and thing.uid not in self._effects:
                self._effects[thing.uid] = Effect(thing, time.monotonic() - self._began)


@dataclass(frozen=True)
class Expected:
    """Whose objects are no side effect. `shared` is a system where others work as well."""

    job_ids: frozenset[str]
    shared: bool


def require_no_effects(
    effects: Iterable[Effect], expected: Expected, what: str, evidence: Evidence
) -> None:
    """Raise ProductFailure when something came that nobody asked for.

    `what` is what was done meanwhile. On a shared system somebody else may have asked for it:
    Undetermined.
    """
    seen = [(effect, _reason(effect.thing, expected.job_ids)) for effect in effects]
    evidence.add(
        "What came into the cluster",
        ["after, s", "kind", "name", "why it is expected"],
        [
            [f"{effect.at:.1f}", effect.thing.kind, effect.thing.name, reason or "NOT EXPECTED"]
            for effect, reason in seen
        ],
    )
    strange = [effect for effect, reason in seen if reason is None]
    if not strange:
        return
    names = ", ".join(effect.in_words for effect in strange[:SHOWN])
    more = f" and {len(strange) - SHOWN} more" if len(strange) > SHOWN else ""
    if expected.shared:
        raise Undetermined(
            f"{names}{more} came into the cluster during {what}, but others work on this system "
            "too. Repeat it while nobody else does."
        )
    raise ProductFailure(
        f"{what} should leave nothing in the cluster, but {names}{more} came "
        f"{strange[0].at:.1f} s after its beginning."
    )


def _reason(thing: Thing, job_ids: frozenset[str]) -> str | None:
    """Why `thing` is expected; None when it is not."""
    if thing.is_ours:
        return "made by these tests"
    for job_id in job_ids:
        if any(_belongs(thing.name, f"{prefix}{job_id}") for prefix in OF_A_JOB):
            return f"of job {job_id}, which was asked for"
    return None


def _belongs(name: str, owner: str) -> bool:
    return name == owner or name.startswith(f"{owner}-")
