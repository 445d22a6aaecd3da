"""Patches: what a merge and a strategic merge make of an object, and what fits none."""

import pytest
from kubernetes_requests import MERGE, POLICIES, policy

from sandbox.kubernetes.objects.patches import PatchError, overlaid

PATH = f"{POLICIES}/cut"


def test_there_is_no_force_in_a_patch(raw):
    raw.done("POST", POLICIES, policy())
    answer = raw("PATCH", PATH, {}, MERGE, force="true")
    assert answer.json()["message"] == (
        'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for '
        "non-apply patch"
    )


BASE = {
    "containers": [{"name": "a", "image": "1"}, {"name": "b", "image": "2"}],
    "nodeSelector": {"x": "1", "y": "2"},
}


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        ({"containers": [{"name": "b", "image": "3"}]},
         [{"name": "a", "image": "1"}, {"name": "b", "image": "3"}]),
        ({"containers": [{"name": "c"}]},
         [{"name": "a", "image": "1"}, {"name": "b", "image": "2"}, {"name": "c"}]),
        ({"containers": [{"name": "a", "$patch": "delete"}]}, [{"name": "b", "image": "2"}]),
        ({"containers": [{"$patch": "replace"}, {"name": "z"}]}, [{"name": "z"}]),
        ({"nodeSelector": {"x": None}, "$setElementOrder/containers": []}, BASE["containers"]),
    ],
)  # fmt: skip
def test_strategic_merges(patch, expected):
    assert overlaid("PodSpec", BASE, patch)["containers"] == expected


def test_sets_and_maps_of_a_strategic_merge():
    base = {"finalizers": ["a", "b"], "labels": {"x": "1"}}
    merged = overlaid("ObjectMeta", base, {"finalizers": ["b", "c"], "labels": {"x": None}})
    assert merged == {"finalizers": ["a", "b", "c"], "labels": {}}
    dropped = overlaid("ObjectMeta", base, {"$deleteFromPrimitiveList/finalizers": ["a"]})
    assert dropped["finalizers"] == ["b"]


def test_a_keyless_item_fits_no_list():
    with pytest.raises(PatchError, match="does not contain declared merge key: name"):
        overlaid("PodSpec", BASE, {"containers": [{"image": "x"}]})
