"""What came into the namespace fails unless somebody asked for it."""

import pytest
from unit.kubernetes.conftest import named

from focus_engine.evidence import Evidence
from focus_engine.kubernetes.leftovers import Expected, require_no_effects
from focus_engine.kubernetes.namespace_watch import (
    OWN_LABEL,
    NamespaceChanges,
    NewObject,
    WatchedKind,
)
from focus_engine.verdict import ProductFailure, Undetermined

NOBODY = Expected(frozenset(), shared=False)
ASKED = Expected(frozenset({"3-17"}), shared=False)


def came(name: str, kind: WatchedKind = WatchedKind.JOBS, **metadata: object) -> NewObject:
    return NewObject(kind.value, named(kind.value.kind, name, **metadata), 10.5)


def require(*effects: NewObject, expected: Expected = NOBODY, not_known: str = "") -> str:
    evidence = Evidence()
    seen = NamespaceChanges(effects, (not_known,) if not_known else (), ())
    require_no_effects(seen, expected, "POST /configure", 10.0, evidence)
    return evidence.to_html()


@pytest.mark.parametrize("kind", list(WatchedKind))
def test_what_nobody_asked_for_fails(kind: WatchedKind) -> None:
    with pytest.raises(ProductFailure) as caught:
        require(came("grpc-job-3-17", kind))
    said = f"{kind.value.kind} grpc-job-3-17 came 0.5 s after its beginning."
    assert str(caught.value) == f"POST /configure should leave nothing in the cluster, but {said}"


def test_what_was_asked_for_is_expected() -> None:
    evidence = require(
        came("grpc-job-3-17"),
        came("cleanup-job-3-17"),
        came("grpc-service-3-17", WatchedKind.SERVICES),
        came("grpc-job-3-17-x2f5q", WatchedKind.PODS),
        expected=ASKED,
    )
    assert "of job 3-17, which was asked for" in evidence


def test_what_an_expected_object_owns_is_expected_in_any_order() -> None:
    owner = [{"kind": "Job", "uid": "uid-grpc-job-3-17"}]
    middle = [{"kind": "ConfigMap", "uid": "uid-settings"}]
    require(
        came("deepest", WatchedKind.SECRETS, ownerReferences=middle),
        came("settings", WatchedKind.CONFIGMAPS, ownerReferences=owner),
        came("grpc-job-3-17"),
        expected=ASKED,
    )


def test_what_a_stranger_owns_is_not() -> None:
    owner = [{"kind": "Job", "uid": "uid-grpc-job-9-9"}]
    with pytest.raises(ProductFailure, match="ConfigMap settings"):
        require(came("settings", WatchedKind.CONFIGMAPS, ownerReferences=owner), expected=ASKED)


def test_a_similar_job_id_is_not_the_one_asked_for() -> None:
    with pytest.raises(ProductFailure, match="grpc-job-3-170"):
        require(came("grpc-job-3-170"), expected=ASKED)


def test_objects_of_these_tests_are_expected() -> None:
    label, value = OWN_LABEL
    require(came("focus-outage-1", labels={label: value}))


def test_on_a_shared_system_it_is_not_decided() -> None:
    with pytest.raises(Undetermined, match="others work on this system too"):
        require(came("grpc-job-3-17"), expected=Expected(frozenset(), shared=True))


def test_many_are_counted() -> None:
    with pytest.raises(ProductFailure, match="grpc-job-4 and 2 more came"):
        require(*(came(f"grpc-job-{number}") for number in range(7)))


def test_what_is_not_known_is_undetermined() -> None:
    with pytest.raises(Undetermined, match="the watch broke"):
        require(came("grpc-job-3-17"), expected=ASKED, not_known="the watch broke.")


def test_what_was_seen_counts_whatever_is_not_known() -> None:
    with pytest.raises(ProductFailure):
        require(came("grpc-job-3-17"), not_known="the watch broke.")


def test_what_a_controller_makes_in_the_place_of_what_was_deleted_is_expected() -> None:
    owner = [{"kind": "StatefulSet", "uid": "uid-mongodb", "controller": True}]
    back = came("mongodb-0", WatchedKind.PODS, ownerReferences=owner)
    require(back, expected=Expected(frozenset(), shared=False, owners=frozenset({"uid-mongodb"})))
    with pytest.raises(ProductFailure, match="Pod mongodb-0"):
        require(back)
