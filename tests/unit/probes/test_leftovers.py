"""What came into the cluster: also what is gone again, and only what nobody asked for."""

import threading
import time
from collections.abc import Iterator

import pytest

from focus_engine.evidence import Evidence
from focus_engine.kubernetes.leftovers import Effect, EffectsWatch, Expected, require_no_effects
from focus_engine.kubernetes.watch import OWN_LABEL, Kind, Listing, Thing, WatchTooOldError
from focus_engine.verdict import ProductFailure, ToolError, Undetermined

NOBODY = Expected(frozenset(), shared=False)


def thing(name: str, kind: Kind = Kind.JOBS, **labels: str) -> Thing:
    return Thing(kind, name, f"uid-{name}", "1", labels)


class Cluster:
    """Objects that tests add and remove; a watch tells of both."""

    def __init__(self, *names: str) -> None:
        self.here = {kind: [] for kind in Kind}
        self.here[Kind.JOBS] = [thing(name) for name in names]
        self.told: list[Thing] = []
        self.trouble: list[Exception] = []
        self.changed = threading.Condition()

    def come(self, one: Thing, *, stays: bool = True) -> None:
        with self.changed:
            if stays:
                self.here[one.kind].append(one)
            self.told.append(one)
            self.changed.notify_all()

    def look(self, kind: Kind) -> Listing:
        return Listing(tuple(self.here[kind]), "1")

    def watch(self, kind: Kind, _version: str, _seconds: float) -> Iterator[Thing]:
        if self.trouble:
            raise self.trouble.pop()
        seen = 0
        deadline = time.monotonic() + 0.05
        while time.monotonic() < deadline:
            with self.changed:
                self.changed.wait(0.01)
                new, seen = self.told[seen:], len(self.told)
            yield from (one for one in new if one.kind is kind)

    def pods(self, _selector: str):
        raise NotImplementedError


def seen_by(watch: EffectsWatch, name: str) -> bool:
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        if any(effect.thing.name == name for effect in watch._effects.values()):
            return True
        time.sleep(0.01)
    return False


def names(effects: list[Effect]) -> list[str]:
    return [effect.thing.name for effect in effects]


def test_what_was_there_is_no_effect_and_what_came_is() -> None:
    cluster = Cluster("old")
    watch = EffectsWatch(cluster).begin()
    cluster.come(thing("new"))
    assert names(watch.end()) == ["new"]


def test_what_is_gone_again_is_seen() -> None:
    cluster = Cluster()
    watch = EffectsWatch(cluster).begin()
    cluster.come(thing("short-lived"), stays=False)
    assert seen_by(watch, "short-lived")
    assert names(watch.end()) == ["short-lived"]


def test_the_watch_is_taken_up_again_and_again() -> None:
    cluster = Cluster()
    watch = EffectsWatch(cluster).begin()
    time.sleep(0.15)  # three sections
    cluster.come(thing("late"), stays=False)
    assert seen_by(watch, "late")


def test_a_name_used_again_is_another_object() -> None:
    cluster = Cluster("job")
    watch = EffectsWatch(cluster).begin()
    cluster.come(Thing(Kind.JOBS, "job", "another uid", "2", {}))
    assert names(watch.end()) == ["job"]


def test_a_watch_that_is_too_old_looks_anew() -> None:
    cluster = Cluster()
    cluster.trouble = [WatchTooOldError("old")] * 3
    watch = EffectsWatch(cluster).begin()
    cluster.come(thing("after"), stays=False)
    assert seen_by(watch, "after")
    watch.end()


def test_a_broken_watch_is_an_error() -> None:
    cluster = Cluster()
    cluster.trouble = [ToolError("the watch of jobs broke: reset.")]
    watch = EffectsWatch(cluster, (Kind.JOBS,)).begin()
    time.sleep(0.05)
    with pytest.raises(ToolError, match=r"broke: reset\. What came and went meanwhile"):
        watch.end()


def require(*things: Thing, expected: Expected = NOBODY) -> Evidence:
    evidence = Evidence()
    effects = [Effect(one, 0.5) for one in things]
    require_no_effects(effects, expected, "POST /configure", evidence)
    return evidence


@pytest.mark.parametrize("kind", list(Kind))
def test_what_nobody_asked_for_fails(kind) -> None:
    with pytest.raises(ProductFailure) as caught:
        require(thing("grpc-job-3-17", kind))
    said = f"{kind.value.removesuffix('s')} grpc-job-3-17 came 0.5 s after its beginning."
    assert str(caught.value) == f"POST /configure should leave nothing in the cluster, but {said}"


def test_what_was_asked_for_is_expected() -> None:
    expected = Expected(frozenset({"3-17"}), shared=False)
    evidence = require(
        thing("grpc-job-3-17"),
        thing("cleanup-job-3-17"),
        thing("grpc-service-3-17", Kind.SERVICES),
        thing("grpc-job-3-17-x2f5q", Kind.PODS),
        expected=expected,
    )
    assert "of job 3-17, which was asked for" in evidence.to_html()


def test_a_similar_job_id_is_not_the_one_asked_for() -> None:
    with pytest.raises(ProductFailure, match="grpc-job-3-170"):
        require(thing("grpc-job-3-170"), expected=Expected(frozenset({"3-17"}), shared=False))


def test_objects_of_these_tests_are_expected() -> None:
    label, value = OWN_LABEL
    require(thing("focus-outage-1", Kind.JOBS, **{label: value}))


def test_on_a_shared_system_it_is_not_decided() -> None:
    with pytest.raises(Undetermined, match="others work on this system too"):
        require(thing("grpc-job-3-17"), expected=Expected(frozenset(), shared=True))


def test_many_are_counted() -> None:
    with pytest.raises(ProductFailure, match="grpc-job-4 and 2 more came"):
        require(*(thing(f"grpc-job-{number}") for number in range(7)))
