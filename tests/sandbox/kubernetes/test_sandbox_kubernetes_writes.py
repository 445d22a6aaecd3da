"""Creating, changing and deleting over raw HTTP: the answers of a real API server."""

import copy

import pytest
from kubernetes_requests import JOBS, LEASES, MERGE, POLICIES, STRATEGIC, job, policy


def _failure(answer):
    body = answer.json()
    return answer.status_code, body.get("reason", ""), body["message"]


def test_a_new_object_is_completed(admin):
    made = admin.done("POST", POLICIES, policy())
    metadata = made["metadata"]
    assert metadata["generation"] == 1
    assert {"uid", "resourceVersion", "creationTimestamp", "managedFields"} <= metadata.keys()
    assert metadata["namespace"] == "panda"
    assert admin.done("GET", f"{POLICIES}/cut") == made


def test_a_generated_name(raw):
    nameless = policy()
    del nameless["metadata"]["name"]
    nameless["metadata"]["generateName"] = "cut-"
    names = {raw.done("POST", POLICIES, nameless)["metadata"]["name"] for _ in range(3)}
    assert len(names) == 3
    assert all(len(name) == len("cut-") + 5 for name in names)


@pytest.mark.parametrize(
    ("change", "code", "reason", "sentence"),
    [
        ({"name": "cut"}, 409, "AlreadyExists",
         'networkpolicies.networking.k8s.io "cut" already exists'),
        ({"name": ""}, 422, "Invalid",
         ('NetworkPolicy.networking.k8s.io "" is invalid: metadata.name: Required value: '
         "name or generateName is required")),
        ({"namespace": "other"}, 400, "BadRequest",
         "the namespace of the provided object does not match the namespace sent on the request"),
        ({"name": "versioned", "resourceVersion": "5"}, 500, "",
         "resourceVersion should not be set on objects to be created"),
    ],
)  # fmt: skip
def test_what_cannot_be_created(raw, change, code, reason, sentence):
    raw.done("POST", POLICIES, policy())
    assert _failure(raw("POST", POLICIES, policy(**change))) == (code, reason, sentence)


def test_there_must_be_a_namespace(admin):
    path = POLICIES.replace("panda", "none")
    assert _failure(admin("POST", path, policy())) == (
        404, "NotFound", 'namespaces "none" not found',
    )  # fmt: skip


@pytest.mark.parametrize(
    ("body", "kind", "code", "sentence"),
    [
        ("{nope", "application/json", 400,
         "the object provided is unrecognized (must be of type NetworkPolicy): "),
        ("[]", "application/json", 400, "the object provided is unrecognized"),
        ("a: 1", "text/plain", 415, "the body of the request was in an unknown format"),
        ({"kind": "Pod", "apiVersion": "v1"}, "application/json", 400,
         ('Pod in version "v1" cannot be handled as a NetworkPolicy: converting (v1.Pod) to '
         "(networking.NetworkPolicy): unknown conversion")),
        ({"kind": "NetworkPolicy", "apiVersion": "networking.k8s.io/v9"}, "application/json", 400,
         ('NetworkPolicy in version "v9" cannot be handled as a NetworkPolicy: no kind '
         '"NetworkPolicy" is registered for version "networking.k8s.io/v9"')),
        ({"spec": "x"}, "application/json", 400,
         ('NetworkPolicy in version "v1" cannot be handled as a NetworkPolicy: json: cannot '
         "unmarshal string into Go struct field NetworkPolicy.spec of type v1.NetworkPolicySpec")),
        ({"spec": {"ingress": [{"ports": [{"endPort": "9"}]}]}}, "application/json", 400,
         ('NetworkPolicy in version "v1" cannot be handled as a NetworkPolicy: json: cannot '
         "unmarshal string into Go struct field NetworkPolicyPort.spec.ingress.ports.endPort of "
         "type int32")),
    ],
)  # fmt: skip
def test_bodies_that_cannot_be_read(raw, body, kind, code, sentence):
    answer = raw("POST", POLICIES, body, kind)
    assert answer.status_code == code
    assert answer.json()["message"].startswith(sentence)


def test_unknown_and_duplicate_fields(raw):
    wrong = policy()
    wrong["spec"]["podSelectr"] = {}
    strict = raw("POST", POLICIES, wrong, fieldValidation="Strict")
    assert _failure(strict) == (
        400,
        "BadRequest",
        (
            'NetworkPolicy in version "v1" cannot be handled as a NetworkPolicy: strict decoding '
            'error: unknown field "spec.podSelectr"'
        ),
    )
    warned = raw("POST", POLICIES, wrong, dryRun="All")
    assert warned.headers["Warning"] == '299 - "unknown field \\"spec.podSelectr\\""'
    ignored = raw("POST", POLICIES, wrong, fieldValidation="Ignore")
    assert ignored.status_code == 201
    assert "Warning" not in ignored.headers
    assert "podSelectr" not in ignored.json()["spec"]
    twice = '{"metadata": {"name": "a", "name": "b"}, "spec": {"podSelector": {}}}'
    answer = raw("POST", POLICIES, twice, fieldValidation="Strict")
    assert 'strict decoding error: duplicate field "metadata.name"' in answer.json()["message"]


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"dryRun": "Some"},
         ('CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Some"]: supported '
         'values: "All"')),
        ({"fieldValidation": "Maybe"},
         ('CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Maybe": '
         'supported values: "", "Ignore", "Strict", "Warn"')),
        ({"fieldManager": "m" * 129},
         ('CreateOptions.meta.k8s.io "" is invalid: fieldManager: Too long: may not be more than '
         "128 bytes")),
    ],
)  # fmt: skip
def test_options_that_do_not_exist(raw, parameters, sentence):
    answer = raw("POST", POLICIES, policy(), **parameters)
    assert _failure(answer) == (422, "Invalid", sentence)


def test_a_dry_run_leaves_nothing(admin):
    made = admin.done("POST", POLICIES, policy(), dryRun="All")
    assert "uid" in made["metadata"]
    assert "resourceVersion" not in made["metadata"]
    assert admin("GET", f"{POLICIES}/cut").status_code == 404
    before = admin.done("POST", POLICIES, policy())
    patch = {"spec": {"policyTypes": ["Egress"]}}
    assert admin.done("PATCH", f"{POLICIES}/cut", patch, MERGE, dryRun="All")["spec"][
        "policyTypes"
    ] == ["Egress"]
    admin.done("DELETE", f"{POLICIES}/cut", dryRun="All")
    admin.done("DELETE", f"{POLICIES}/cut", {"dryRun": ["All"]})
    assert admin.done("GET", f"{POLICIES}/cut") == before


def _lease(name):
    return {"metadata": {"name": name}, "spec": {"holderIdentity": "a"}}


def test_a_stale_version_is_a_conflict(admin):
    lease = admin.done(
        "POST", LEASES, {"metadata": {"name": "lock"}, "spec": {"holderIdentity": "a"}}
    )
    stale = copy.deepcopy(lease)
    lease["spec"]["holderIdentity"] = "b"
    changed = admin.done("PUT", f"{LEASES}/lock", lease)
    assert changed["metadata"]["resourceVersion"] != stale["metadata"]["resourceVersion"]
    assert _failure(admin("PUT", f"{LEASES}/lock", stale)) == (
        409,
        "Conflict",
        (
            'Operation cannot be fulfilled on leases.coordination.k8s.io "lock": the object has '
            "been modified; please apply your changes to the latest version and try again"
        ),
    )
    del stale["metadata"]["resourceVersion"]
    assert _failure(admin("PUT", f"{LEASES}/lock", stale)) == (
        422,
        "Invalid",
        (
            'leases.coordination.k8s.io "lock" is invalid: metadata.resourceVersion: Invalid '
            "value: 0: must be specified for an update"
        ),
    )
    changed["metadata"]["uid"] = "other"
    status, reason, sentence = _failure(admin("PUT", f"{LEASES}/lock", changed))
    assert (status, reason) == (409, "Conflict")
    assert "Precondition failed: UID in precondition: other, UID in object meta:" in sentence


def test_a_lease_is_created_by_put(admin):
    answer = admin("PUT", f"{LEASES}/new", {"metadata": {"name": "new"}, "spec": {}})
    assert answer.status_code == 201
    other = admin("PUT", f"{LEASES}/new", {"metadata": {"name": "other"}, "spec": {}})
    assert _failure(other) == (
        400,
        "BadRequest",
        "the name of the object (other) does not match the name on the URL (new)",
    )


def test_put_changes_a_policy_and_counts(admin):
    made = admin.done("POST", POLICIES, policy())
    made["spec"]["policyTypes"] = ["Ingress", "Egress"]
    del made["metadata"]["resourceVersion"]
    assert admin.done("PUT", f"{POLICIES}/cut", made)["metadata"]["generation"] == 2
    again = admin.done("PUT", f"{POLICIES}/cut", made)
    assert again["metadata"]["generation"] == 2
    assert admin("PUT", f"{POLICIES}/none", policy("none")).status_code == 404


def test_patches_of_every_kind(raw):
    raw.done("POST", POLICIES, policy(annotations={"a": "1"}))
    path = f"{POLICIES}/cut"
    merged = raw.done("PATCH", path, {"metadata": {"annotations": {"a": None, "b": "2"}}}, MERGE)
    assert merged["metadata"]["annotations"] == {"b": "2"}
    assert merged["metadata"]["generation"] == 1
    strategic = raw.done("PATCH", path, {"metadata": {"labels": {"x": "y"}}}, STRATEGIC)
    assert strategic["metadata"]["labels"] == {"made-by": "test", "x": "y"}


@pytest.mark.parametrize(
    ("name", "patch", "kind", "code", "reason"),
    [
        ("none", {}, MERGE, 404, "NotFound"),
        ("cut", {}, "application/json", 415, "UnsupportedMediaType"),
        ("cut", "nope", MERGE, 400, "BadRequest"),
        ("cut", [], MERGE, 400, "BadRequest"),
        ("cut", [], "application/json-patch+json", 415, "UnsupportedMediaType"),
        ("cut", {"spec": {"policyTypes": ["X"]}}, MERGE, 422, "Invalid"),
        ("cut", {"spec": {"policyTypes": "X"}}, MERGE, 422, "Invalid"),
        ("cut", {"metadata": {"resourceVersion": "1"}}, MERGE, 409, "Conflict"),
        ("cut", {"metadata": {"uid": "1"}}, MERGE, 409, "Conflict"),
        ("cut", {"metadata": {"name": "other"}}, MERGE, 422, "Invalid"),
        ("cut", {"metadata": {"labels": {"a b": "c"}}}, MERGE, 422, "Invalid"),
    ],
)
def test_patches_that_cannot_be_applied(raw, name, patch, kind, code, reason):
    raw.done("POST", POLICIES, policy())
    assert _failure(raw("PATCH", f"{POLICIES}/{name}", patch, kind))[:2] == (code, reason)


def test_an_unknown_field_of_a_patch(raw):
    raw.done("POST", POLICIES, policy())
    patch = {"spec": {"nonsense": 1}}
    strict = raw("PATCH", f"{POLICIES}/cut", patch, MERGE, fieldValidation="Strict")
    status, reason, sentence = _failure(strict)
    assert (status, reason) == (422, "Invalid")
    assert 'strict decoding error: unknown field "spec.nonsense"' in sentence
    warned = raw("PATCH", f"{POLICIES}/cut", patch, MERGE)
    assert warned.headers["Warning"] == '299 - "unknown field \\"spec.nonsense\\""'


def test_deletion_and_its_preconditions(raw):
    made = raw.done("POST", POLICIES, policy())["metadata"]
    path = f"{POLICIES}/cut"
    status, reason, sentence = _failure(raw("DELETE", path, {"preconditions": {"uid": "other"}}))
    assert (status, reason) == (409, "Conflict")
    assert sentence.startswith(
        'Operation cannot be fulfilled on NetworkPolicy.networking.k8s.io "cut": the UID in the '
        f"precondition (other) does not match the UID in record ({made['uid']})"
    )
    assert raw("DELETE", path, {"preconditions": {"resourceVersion": "1"}}).status_code == 409
    assert _failure(raw("DELETE", path, {"propagationPolicy": "X"})) == (
        422,
        "Invalid",
        (
            'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "X": '
            'supported values: "Foreground", "Background", "Orphan", "nil"'
        ),
    )
    assert raw("DELETE", path, "nope").status_code == 400
    assert raw.done("DELETE", path, {"preconditions": {"uid": made["uid"]}}) == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "details": {
            "name": "cut",
            "group": "networking.k8s.io",
            "kind": "networkpolicies",
            "uid": made["uid"],
        },
    }
    assert _failure(raw("DELETE", path)) == (
        404, "NotFound", 'networkpolicies.networking.k8s.io "cut" not found',
    )  # fmt: skip


def test_finalizers_hold_an_object(admin):
    admin.done("POST", POLICIES, policy(finalizers=["test/hold"]))
    path = f"{POLICIES}/cut"
    first = admin.done("DELETE", path)
    assert first["metadata"]["deletionTimestamp"]
    assert admin.done("GET", path)["metadata"]["finalizers"] == ["test/hold"]
    more = {"metadata": {"finalizers": ["test/hold", "test/more"]}}
    assert "no new finalizers can be added" in admin("PATCH", path, more, MERGE).json()["message"]
    admin.done("PATCH", path, {"metadata": {"finalizers": None}}, MERGE)
    assert admin("GET", path).status_code == 404


def test_what_of_a_job_can_be_changed(raw):
    raw.done("POST", JOBS, job())
    path = f"{JOBS}/owner"
    patched = raw.done("PATCH", path, {"spec": {"ttlSecondsAfterFinished": 5}}, MERGE)
    assert patched["spec"]["ttlSecondsAfterFinished"] == 5
    assert _failure(raw("PATCH", path, {"spec": {"completions": 1}}, MERGE)) == (
        422,
        "Invalid",
        'Job.batch "owner" is invalid: spec.completions: Invalid value: 1: field is immutable',
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"{POLICIES}/cut"),
        ("PUT", POLICIES),
        ("PATCH", POLICIES),
        ("DELETE", "/api/v1/pods"),
        ("POST", "/apis/networking.k8s.io/v1/networkpolicies"),
        ("GET", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"),
        ("POST", "/version"),
    ],
)
def test_verbs_that_a_path_does_not_have(admin, method, path):
    assert _failure(
        admin(method, path, {}, MERGE if method == "PATCH" else "application/json")
    ) == (
        405,
        "MethodNotAllowed",
        "the server does not allow this method on the requested resource",
    )


@pytest.mark.parametrize("path", ["/api/v1/namespaces/panda/secrets", f"{POLICIES}/cut/scale"])
def test_paths_of_a_served_group_that_are_not_served(admin, path):
    assert _failure(admin("GET", path)) == (
        404, "NotFound", "the server could not find the requested resource",
    )  # fmt: skip
    assert admin("GET", "/apis/none/v1/x").text == "404 page not found\n"
