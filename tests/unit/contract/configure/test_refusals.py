"""What refusals left behind is looked for over a time, and told with the row that is to blame."""

import time
from dataclasses import replace
from pathlib import Path
from threading import Timer
from typing import Any

import pytest

from focus_engine.contract.configure.refusals import CaseRow, Refusals
from focus_engine.evidence import Evidence
from focus_engine.kubernetes.namespace_watch import NamespaceChanges, NewObject, WatchedKind
from focus_engine.ledger import JobLedger, Terms
from focus_engine.transport.reply import Reply
from focus_engine.verdict import PreconditionUnmet, ProductFailure, Undetermined
from FocusServerLibrary import FocusServerLibrary

TERMS = Terms(9, life=60, answer_limit=1, wait_limit=0)


class Watch:
    """Has seen these effects, and knows this much."""

    def __init__(self, *effects: NewObject, not_known: str = "") -> None:
        self.seen = NamespaceChanges(effects, (not_known,) if not_known else (), ())
        self.ended = False

    def look(self) -> NamespaceChanges:
        return self.seen

    def stop(self) -> None:
        self.ended = True


def came(
    name: str, kind: WatchedKind = WatchedKind.JOBS, after: float = 0.0, roi: Any = None
) -> NewObject:
    arguments = ["--roi", str(roi[0]), str(roi[1])] if roi else []
    spec = {"template": {"spec": {"containers": [{"command": ["python"], "args": arguments}]}}}
    item = {"metadata": {"name": name, "uid": f"{kind.name}-{name}"}, "spec": spec}
    return NewObject(kind.value, item, time.monotonic() + after)


@pytest.fixture
def ledger(tmp_path: Path) -> JobLedger:
    return JobLedger(tmp_path / "ledger.sqlite")


def sent(reply: Reply, ago: float = 0.0) -> Reply:
    return replace(reply, seconds=0.0, sent_at=time.monotonic() - ago)


@pytest.fixture
def judged(reply_of, ledger: JobLedger):
    """Judge the refusals of channels 1 to 50 (row A) and 3 to 4 (row B) by what a watch saw."""

    def judge(watch: Watch | None, *, shared: bool = False, suite: str = "S") -> int:
        place = CaseRow("S", "A")
        refusals = Refusals(None, lambda: place)
        refusals.note(sent(reply_of(400, "{}")), (1, 50))
        place = CaseRow("S", "B")
        refusals.note(sent(reply_of(422, "{}")), (3, 4))
        place = CaseRow(suite, "last")
        refusals._watch = watch  # type: ignore[assignment]
        evidence = Evidence()
        return refusals.require_nothing_left(0.0, ledger, shared=shared, evidence=evidence)

    return judge


def test_what_came_before_a_refusal_was_judged_is_its_own(reply_of, ledger: JobLedger) -> None:
    """A busy machine, or a table of requests that are sent at once, judges seconds later."""
    refusals = Refusals(None, lambda: CaseRow("S", "A"))
    refusals.note(sent(reply_of(422, "{}"), ago=4.0), (3, 4))
    refusals.note(sent(reply_of(400, "{}"), ago=5.0), (1, 50))
    left = came("x", WatchedKind.CONFIGMAPS, after=-4.5)
    refusals._watch = Watch(left)  # type: ignore[assignment]
    with pytest.raises(ProductFailure, match=r"answered 400\) should .* x behind, 0\.5 s after"):
        refusals.require_nothing_left(0.0, ledger, shared=False, evidence=Evidence())


def test_nothing_came(judged) -> None:
    assert judged(Watch()) == 2


@pytest.mark.parametrize("kind", list(WatchedKind))
def test_an_object_of_any_kind_fails(judged, kind: WatchedKind) -> None:
    with pytest.raises(ProductFailure, match=rf"left {kind.value.kind} strange behind"):
        judged(Watch(came("strange", kind, after=1.5)))


def test_a_late_job_is_told_with_the_row_of_the_same_channels(judged) -> None:
    with pytest.raises(ProductFailure) as caught:
        judged(Watch(came("grpc-job-3-17", after=1.5, roi=(1, 50))))
    assert "(row 'A', " in str(caught.value)
    assert "answered 400) should leave nothing in the cluster" in str(caught.value)
    assert "left Job grpc-job-3-17 behind, 1.5 s after its answer" in str(caught.value)


def test_what_names_no_channels_is_told_with_the_row_before_it(judged) -> None:
    with pytest.raises(ProductFailure, match="row 'B'"):
        judged(Watch(came("settings", WatchedKind.CONFIGMAPS, after=1.0)))


def test_what_came_before_the_first_refusal_is_none_of_its(judged) -> None:
    assert judged(Watch(came("earlier", after=-60.0))) == 2


def test_a_job_that_somebody_asks_for_during_the_look_is_theirs(judged, ledger) -> None:
    class LookDuringRequest(Watch):
        def look(self) -> NamespaceChanges:
            asked = ledger.reserve(TERMS)
            Timer(0.2, ledger.record, (asked, "3-17")).start()
            return super().look()

    assert judged(LookDuringRequest(came("grpc-job-3-17", after=0.1))) == 2


def test_jobs_of_this_run_are_expected(judged, ledger: JobLedger) -> None:
    ledger.record(ledger.reserve(TERMS), "3-17")
    pod = came("grpc-job-3-17-abcde", WatchedKind.PODS, after=1.0)
    assert judged(Watch(came("grpc-job-3-17", after=1.0), pod)) == 2


def test_a_request_without_an_answer_may_have_started_it(judged, ledger: JobLedger) -> None:
    ledger.lose(ledger.reserve(TERMS))
    pod = came("grpc-job-3-17-abcde", WatchedKind.PODS, after=1.0)
    with pytest.raises(Undetermined, match="somebody else may have asked for it"):
        judged(Watch(came("grpc-job-3-17", after=1.0), pod))
    with pytest.raises(ProductFailure):  # but not two of them
        judged(Watch(came("grpc-job-3-17", after=1.0), came("grpc-job-4-18", after=1.0)))
    with pytest.raises(ProductFailure):  # nor what is of no job
        judged(Watch(came("settings", WatchedKind.CONFIGMAPS, after=1.0)))


def test_on_a_shared_system_only_the_channels_are_certain(judged) -> None:
    with pytest.raises(Undetermined):
        judged(Watch(came("grpc-job-3-17", after=1.0, roi=(7, 8))), shared=True)
    with pytest.raises(ProductFailure, match="row 'A'"):
        judged(Watch(came("grpc-job-3-17", after=1.0, roi=(1, 50))), shared=True)


def test_a_watch_that_broke_is_undetermined_and_begun_anew(judged) -> None:
    watch = Watch(not_known="the watch of jobs broke.")
    with pytest.raises(Undetermined, match="the watch of jobs broke"):
        judged(watch)
    assert watch.ended


def test_nothing_is_watched_after_the_last_suite() -> None:
    library, watch = FocusServerLibrary(), Watch()
    library._server._refusals = Refusals(None, lambda: CaseRow("S", "A"), _watch=watch)  # type: ignore[arg-type]
    library.close()
    assert watch.ended


def test_without_a_refusal_or_a_cluster_nothing_is_decided(judged) -> None:
    with pytest.raises(PreconditionUnmet, match="no request of suite 'other' was refused"):
        judged(Watch(), suite="other")
    with pytest.raises(PreconditionUnmet, match="FOCUS_KUBECONFIG"):
        judged(None)
