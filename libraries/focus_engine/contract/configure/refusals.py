"""Jobs that refused requests left in the cluster, polled for over a time window.

The namespace is watched from the first configuration on; each refusal is noted. What came since a
suite's first refusal, and was asked for by nobody, is told with the row that is to blame.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from focus_engine.evidence import Evidence
from focus_engine.kubernetes.client import Cluster
from focus_engine.kubernetes.jobs import NAME_PREFIX, grpc_job
from focus_engine.kubernetes.leftovers import Expected, add_effects, named, reasons_of
from focus_engine.kubernetes.namespace_watch import NamespaceWatch, NewObject
from focus_engine.kubernetes.resources import JOBS
from focus_engine.ledger import JobLedger
from focus_engine.transport.reply import Reply
from focus_engine.unchecked import NO_CLUSTER
from focus_engine.verdict import PreconditionUnmet, ProductFailure, Undetermined

Channels = tuple[int, int] | None


@dataclass(frozen=True)
class CaseRow:
    """The suite and the row of it that run now."""

    suite: str
    row: str


@dataclass(frozen=True)
class Refusal:
    """One refused request; `asked` and `answered` are `time.monotonic()`, `clock` is for people."""

    place: CaseRow
    request: str
    status: int
    channels: Channels
    asked: float
    answered: float
    clock: str

    def __str__(self) -> str:
        return f"{self.request} (row '{self.place.row}', {self.clock}, answered {self.status})"


@dataclass
class Refusals:
    """The refusals of this process, and the watch of its namespace; None without a cluster."""

    cluster: Cluster | None
    place: Callable[[], CaseRow]
    _noted: list[Refusal] = field(default_factory=list)
    _watch: NamespaceWatch | None = None

    def watch(self) -> None:
        """Watch the namespace from now on, unless it is watched already."""
        if self._watch is None and self.cluster is not None:
            self._watch = NamespaceWatch(self.cluster).begin()

    def close(self) -> None:
        """Watch the namespace no more."""
        if self._watch is not None:
            self._watch.stop()
            self._watch = None

    def note(self, reply: Reply, channels: Channels) -> None:
        """`reply` refuses what it was asked for; `channels` are those of the request."""
        answered = reply.sent_at + reply.seconds
        past = timedelta(seconds=max(0.0, time.monotonic() - answered))
        clock = (datetime.now().astimezone() - past).strftime("%H:%M:%S")
        self._noted.append(
            Refusal(
                self.place(),
                reply.request,
                reply.status,
                channels,
                reply.sent_at,
                answered,
                clock,
            )
        )

    def require_nothing_left(
        self, settle: float, ledger: JobLedger, *, shared: bool, evidence: Evidence
    ) -> int:
        """The number of this suite's refusals, which left nothing until `settle` seconds after.

        Raises PreconditionUnmet when there is none, or no cluster; ProductFailure naming what came
        and the refusal before it; Undetermined for what others may have made, or nobody could see.
        """
        suite = self.place().suite
        refusals = sorted(
            (refusal for refusal in self._noted if refusal.place.suite == suite),
            key=lambda refusal: refusal.asked,  # they may be judged in another order
        )
        if not refusals:
            raise PreconditionUnmet(
                f"no request of suite '{suite}' was refused before this case, so nothing can have "
                "been left behind. Run the whole suite."
            )
        if self._watch is None:
            raise PreconditionUnmet(f"{NO_CLUSTER}. Set FOCUS_KUBECONFIG.")
        last = max(refusal.answered for refusal in refusals)
        time.sleep(max(0.0, last + settle - time.monotonic()))
        seen = self._watch.look().since(refusals[0].asked)
        unsettled = ledger.await_answers()  # after the look: what it saw may be asked for just now
        if seen.not_known:  # a watch that broke is of no use to the next suite
            self.close()
        reasons = reasons_of(seen.effects, Expected(ledger.job_ids(), shared))
        add_effects(seen, reasons, refusals[0].asked, evidence)
        strange = [effect for effect in seen.effects if effect.uid not in reasons]
        _conclude(strange, refusals, doubt=_doubt(strange, ledger, shared=shared or unsettled))
        if seen.not_known:
            raise Undetermined(seen.not_known[0])
        return len(refusals)


def _doubt(strange: Sequence[NewObject], ledger: JobLedger, *, shared: bool) -> bool:
    """Whether somebody else may have asked for the jobs among them: a request without an answer."""
    jobs = [effect for effect in strange if _is_grpc_job(effect)]
    alone = [effect for effect in strange if not any(_is_of(effect, job) for job in jobs)]
    return shared or (len(jobs) <= len(ledger.lost()) and not alone)


def _is_grpc_job(effect: NewObject) -> bool:
    return effect.resource == JOBS and effect.name.startswith(NAME_PREFIX)


def _is_of(effect: NewObject, job: NewObject) -> bool:
    """Whether that is `job`, or what the server makes along with it."""
    return effect.name.partition(job.name.removeprefix(NAME_PREFIX))[1] != ""


def _conclude(strange: Sequence[NewObject], refusals: Sequence[Refusal], *, doubt: bool) -> None:
    blamed = [(effect, _cause(effect, refusals)) for effect in strange]
    certain = [effect for effect, (_, sure) in blamed if sure or not doubt]
    if certain:
        refusal, _ = _cause(certain[0], refusals)
        raise ProductFailure(
            f"{refusal} should leave nothing in the cluster, but it left {named(certain)} behind, "
            f"{max(0.0, certain[0].at - refusal.answered):.1f} s after its answer."
        )
    if strange:
        raise Undetermined(
            f"{named(list(strange))} came into the cluster after a refusal, but somebody else may "
            "have asked for it. Repeat it while nobody else works on this system."
        )


def _cause(effect: NewObject, refusals: Sequence[Refusal]) -> tuple[Refusal, bool]:
    """The refusal before `effect`, and whether that is certain: a job with the same channels."""
    before = [one for one in refusals if one.asked <= effect.at]
    roi = grpc_job(effect.object).roi if _is_grpc_job(effect) else None
    same = [one for one in before if roi is not None and one.channels == roi]
    return (same or before)[-1], bool(same)
