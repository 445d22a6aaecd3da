"""Server-side apply and strategic merges: who owns what, and what becomes of it."""

import pytest
from kubernetes_requests import APPLY, MERGE, POLICIES, policy

from sandbox.kubernetes.objects.patches import PatchError, overlaid, patched

PATH = f"{POLICIES}/cut"


def _apply(raw, configuration, manager="first", **parameters):
    return raw("PATCH", PATH, configuration, APPLY, fieldManager=manager, **parameters)


def _configuration(labels=None, **spec):
    made = policy()
    made["metadata"] = {"name": "cut", **({"labels": labels} if labels else {})}
    made["spec"] |= spec
    return made


def test_apply_creates_and_then_changes(raw):
    created = _apply(raw, _configuration({"a": "1"}))
    assert created.status_code == 201
    (entry,) = created.json()["metadata"]["managedFields"]
    assert (entry["manager"], entry["operation"]) == ("first", "Apply")
    assert entry["fieldsV1"]["f:metadata"] == {"f:labels": {"f:a": {}}}
    again = _apply(raw, _configuration({"a": "1"}))
    assert again.status_code == 200
    assert again.json() == created.json()
    changed = _apply(raw, _configuration({"b": "2"})).json()
    assert changed["metadata"]["labels"] == {"b": "2"}


def test_a_field_of_another_manager_is_a_conflict(raw):
    _apply(raw, _configuration({"a": "1"}))
    answer = _apply(raw, _configuration({"a": "2"}), "second")
    assert answer.status_code == 409
    status = answer.json()
    assert status["reason"] == "Conflict"
    assert status["message"] == (
        'Apply failed with 1 conflict: conflict with "first": .metadata.labels.a'
    )
    assert status["details"]["causes"] == [
        {
            "reason": "FieldManagerConflict",
            "message": 'conflict with "first"',
            "field": ".metadata.labels.a",
        }
    ]
    forced = _apply(raw, _configuration({"a": "2"}), "second", force="true").json()
    assert forced["metadata"]["labels"] == {"a": "2"}
    _apply(raw, _configuration({"a": "2"}), "first")
    released = _apply(raw, _configuration(), "second").json()
    assert released["metadata"]["labels"] == {"a": "2"}


def test_what_is_equal_is_shared(raw):
    _apply(raw, _configuration({"a": "1"}))
    assert _apply(raw, _configuration({"a": "1"}), "second").status_code == 200
    assert _apply(raw, _configuration(), "first").json()["metadata"]["labels"] == {"a": "1"}


def test_an_update_owns_what_it_changes(raw):
    _apply(raw, _configuration({"a": "1"}))
    raw.done("PATCH", PATH, {"metadata": {"labels": {"a": "3"}}}, MERGE, fieldManager="hand")
    answer = _apply(raw, _configuration({"a": "1"})).json()
    assert answer["message"] == (
        'Apply failed with 1 conflict: conflict with "hand" using networking.k8s.io/v1: '
        ".metadata.labels.a"
    )
    raw.done("PATCH", PATH, {"metadata": {"labels": None}}, MERGE, fieldManager="hand")
    assert _apply(raw, _configuration({"a": "1"})).status_code == 200


@pytest.mark.parametrize(
    ("parameters", "change", "code", "sentence"),
    [
        (
            {"fieldManager": ""},
            {},
            422,
            "fieldManager: Required value: is required for apply patch",
        ),
        ({}, {"kind": None}, 400, "error decoding patch: Object 'Kind' is missing"),
        ({}, {"metadata": {"name": "x"}}, 400, "the name of the object (x) does not match"),
        ({}, {"spec": {"nonsense": 1}}, 400, 'unknown field "spec.nonsense"'),
        ({}, {"spec": {"policyTypes": ["x"]}}, 422, 'spec.policyTypes[0]: Unsupported value: "x"'),
    ],
)
def test_what_cannot_be_applied(admin, parameters, change, code, sentence):
    options = {"fieldManager": "first", "fieldValidation": "Strict", **parameters}
    answer = admin("PATCH", PATH, {**_configuration(), **change}, APPLY, **options)
    assert (answer.status_code, sentence in answer.json()["message"]) == (code, True)
    assert admin("GET", PATH).status_code == 404


def test_force_is_for_apply_alone(raw):
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


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ({"op": "add", "path": "/a/-", "value": 3}, {"a": [1, 2, 3], "b/c": "x"}),
        ({"op": "add", "path": "/a/0", "value": 0}, {"a": [0, 1, 2], "b/c": "x"}),
        ({"op": "remove", "path": "/b~1c"}, {"a": [1, 2]}),
        ({"op": "replace", "path": "/b~1c", "value": "y"}, {"a": [1, 2], "b/c": "y"}),
        ({"op": "move", "from": "/b~1c", "path": "/d"}, {"a": [1, 2], "d": "x"}),
        ({"op": "copy", "from": "/a/1", "path": "/d"}, {"a": [1, 2], "b/c": "x", "d": 2}),
        ({"op": "test", "path": "/a/0", "value": 1}, {"a": [1, 2], "b/c": "x"}),
    ],
)
def test_operations_of_a_json_patch(operation, expected):
    item = {"a": [1, 2], "b/c": "x"}
    assert patched("Pod", item, [operation], "application/json-patch+json") == expected


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": "/none"},
        {"op": "replace", "path": "/none", "value": 1},
        {"op": "add", "path": "/a/x", "value": 1},
        {"op": "add", "path": "/none/x", "value": 1},
        {"op": "test", "path": "/a/0", "value": 2},
        {"op": "jump", "path": "/a"},
    ],
)
def test_operations_that_do_not_fit(operation):
    with pytest.raises(PatchError):
        patched("Pod", {"a": [1]}, [operation], "application/json-patch+json")
