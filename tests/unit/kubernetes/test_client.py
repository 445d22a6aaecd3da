"""The client believes only what Kubernetes answers, and repeats only what it says it repeats."""

import gzip
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from unit.kubernetes.conftest import Answer, Api, list_of, named, status_of

from focus_engine.kubernetes.client import OPTIMISTIC_TRIES, Cluster
from focus_engine.kubernetes.connection import (
    SHED_PAUSE_SECONDS,
    SHEDDING_REPEATS,
    _retry_after,
    api_client,
)
from focus_engine.kubernetes.errors import ApiFailure, KubernetesError
from focus_engine.kubernetes.jobs import GrpcJob, grpc_job
from focus_engine.kubernetes.kubeconfig_file import LARGEST_KUBECONFIG
from focus_engine.kubernetes.resources import JOBS, LEASES, PODS, SERVICES
from focus_engine.masking import learn
from focus_engine.verdict import ToolError

KUBECONFIG = """\
apiVersion: v1
kind: Config
current-context: c
contexts: [{name: c, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: 'HOST'}}]
users: [{name: u, user: {token: opaque}}]
"""
PAGE = b"<!doctype html><title>Log in</title>"
HTML = {"Content-Type": "text/html; charset=utf-8"}

# What stands in for an answer of Kubernetes and is none.
LIES = {
    "an HTML page": Answer(raw=PAGE, headers=HTML),
    "an HTML page that says JSON": Answer(raw=PAGE),
    "an empty 200": Answer(raw=b""),
    "an empty 204": Answer(204, raw=b""),
    "a blank": Answer(raw=b"  \n"),
    "a redirect": Answer(302, raw=b"", headers={"Location": "https://login.example/"}),
    "a permanent redirect": Answer(308, raw=b"", headers={"Location": "/elsewhere"}),
    "null": Answer(raw=b"null"),
    "a list": Answer(raw=b"[]"),
    "a number": Answer(raw=b"7"),
    "half a document": Answer(raw=b'{"kind": "Jo'),
    "no kind": Answer(body={}),
    "another kind": Answer(body=list_of("Secret")),
    "a Status of success": Answer(body={"kind": "Status", "status": "Success"}),
    "too deep": Answer(raw=b'{"a":' * 5000),
    "no UTF-8": Answer(raw=b'{"kind": "\xff"}'),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
@pytest.mark.parametrize(
    "call",
    [
        lambda cluster: cluster.items(JOBS),
        lambda cluster: cluster.get(LEASES, "lock"),
        lambda cluster: cluster.create(JOBS, named("Job", "new")),
        lambda cluster: cluster.replace(LEASES, "lock", named("Lease", "lock")),
        lambda cluster: cluster.patch(JOBS, "job", {"metadata": {}}),
        lambda cluster: cluster.may("list", PODS),
    ],
    ids=["items", "get", "create", "replace", "patch", "may"],
)
def test_what_kubernetes_does_not_answer_is_an_error(cluster: Cluster, api: Api, call, lie) -> None:
    api.answers = [lie]
    with pytest.raises(KubernetesError) as caught:
        call(cluster)
    assert caught.value.cause is ApiFailure.NOT_KUBERNETES
    assert len(api.asked) == 1


@pytest.mark.parametrize(
    "lie", [LIES[key] for key in LIES if key != "a Status of success"], ids=lambda lie: lie.status
)
def test_a_deletion_that_was_not_confirmed_is_an_error(cluster: Cluster, api: Api, lie) -> None:
    api.answers = [lie]
    with pytest.raises(KubernetesError):
        cluster.delete(JOBS, "job")


def test_a_page_instead_of_a_log_is_an_error(cluster: Cluster, api: Api) -> None:
    api.answers = [Answer(raw=PAGE, headers=HTML)]
    with pytest.raises(KubernetesError, match="200 with an HTML page"):
        cluster.log("pod", "main")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (list_of("Job") | {"items": [7]}, "items are no objects"),
        (list_of("Job") | {"items": [{"metadata": {}}]}, "items are no objects"),
        (list_of("Job") | {"items": {}}, "items are no objects"),
        ({"kind": "JobList", "metadata": {}}, "items are no objects"),
        ({"kind": "JobList", "items": []}, "where a JobList is due"),
    ],
)
def test_a_list_is_a_list_of_named_objects(cluster: Cluster, api: Api, answer, said) -> None:
    api.answers = [Answer(body=answer)]
    with pytest.raises(KubernetesError, match=said):
        cluster.items(JOBS)


def test_another_object_than_the_one_asked_for_is_an_error(cluster: Cluster, api: Api) -> None:
    api.answers = [Answer(body=named("Lease", "other"))]
    with pytest.raises(KubernetesError, match="Lease other, not lock"):
        cluster.get(LEASES, "lock")


def test_pages_are_read_to_the_end(cluster: Cluster, api: Api) -> None:
    pages = [list_of("Job", "a", version="7", **{"continue": "next"}), list_of("Job", "b")]
    api.answers = [Answer(body=page) for page in pages]
    listing = cluster.list(JOBS)
    assert [job["metadata"]["name"] for job in listing.items] == ["a", "b"]
    assert listing.version == "7"
    assert api.asked[1].query["continue"] == "next"


def test_a_list_whose_version_is_forgotten_between_two_pages_is_begun_anew(cluster, api) -> None:
    page = Answer(body=list_of("Job", "a", version="7", **{"continue": "next"}))
    api.answers = [page, Answer(410, status_of(410, "Expired")), Answer(body=list_of("Job", "b"))]
    listing = cluster.list(JOBS)
    assert [job["metadata"]["name"] for job in listing.items] == ["b"]
    assert listing.version == "1"


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ({"remainingItemCount": 3}, "3 more, and no way"),
        ({"continue": "same"}, "more than 100 pages"),
    ],
)
def test_a_list_that_is_cut_is_an_error(cluster: Cluster, api: Api, metadata, said) -> None:
    api.forever = lambda _: Answer(body=list_of("Job", "a", **metadata))
    with pytest.raises(KubernetesError, match=said):
        cluster.list(JOBS)


def test_a_list_without_a_version_is_none_to_watch_from(cluster: Cluster, api: Api) -> None:
    api.answers = [Answer(body=list_of("Job", "a", version=""))]
    with pytest.raises(KubernetesError, match="names no resourceVersion"):
        cluster.watch(JOBS, cluster.list(JOBS).version, 1.0)


# Status -> what it is, and how often a GET and a POST are sent.
REFUSALS = {
    400: (ApiFailure.INVALID, 1, 1),
    401: (ApiFailure.UNAUTHENTICATED, 1, 1),
    403: (ApiFailure.FORBIDDEN, 1, 1),
    405: (ApiFailure.OTHER, 1, 1),
    409: (ApiFailure.CONFLICT, 1, 1),
    410: (ApiFailure.GONE, 2, 1),  # a list is begun anew
    418: (ApiFailure.OTHER, 1, 1),
    422: (ApiFailure.INVALID, 1, 1),
    429: (ApiFailure.TOO_MANY, 1 + SHEDDING_REPEATS, 1 + SHEDDING_REPEATS),
    500: (ApiFailure.SERVER_ERROR, 2, 1),
    502: (ApiFailure.SERVER_ERROR, 2, 1),
    503: (ApiFailure.SERVER_ERROR, 2, 1),
    504: (ApiFailure.SERVER_ERROR, 2, 1),
}


@pytest.mark.parametrize("status", REFUSALS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_each_refusal_has_its_cause_and_its_repeats(
    cluster: Cluster, api: Api, status: int, method: str
) -> None:
    cause, *times = REFUSALS[status]
    api.forever = lambda _: Answer(status, status_of(status, "so"))
    with pytest.raises(KubernetesError) as caught:
        cluster.items(JOBS) if method == "GET" else cluster.create(JOBS, named("Job", "new"))
    assert (caught.value.status, caught.value.cause) == (status, cause)
    assert caught.value.sentence.endswith(cause.advice)
    assert "it is so" in caught.value.sentence
    assert len(api.asked) == times[method == "POST"]


def test_each_cause_has_an_advice_of_its_own() -> None:
    assert len({cause.advice for cause in ApiFailure}) == len(ApiFailure)


def test_the_time_that_the_server_names_is_waited_for(cluster, api: Api, pauses) -> None:
    shed = Answer(429, status_of(429, "busy"), {"Retry-After": "3"})
    api.answers = [shed, shed, Answer(201, named("Job", "new"))]
    assert cluster.create(JOBS, named("Job", "new"))["metadata"]["name"] == "new"
    assert pauses == [3.0, 3.0]


FAR = ["600", "9" * 12, "9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT"]


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("wait", FAR, ids=lambda wait: wait[:15])
def test_a_server_that_wants_too_long_is_told_of(
    cluster, api: Api, pauses, status: int, wait: str
) -> None:
    api.answers = [Answer(status, status_of(status, "busy"), {"Retry-After": wait})]
    with pytest.raises(KubernetesError, match=str(status)):
        cluster.items(JOBS)
    assert pauses == []


NO_TIMES = ["soon", "-1", "", "1.5", "1e3", "2026-01-01T00:00:00Z", "Fri, 31 Dec 99999 1:2:3 GMT"]


@pytest.mark.parametrize(
    ("stamp", "pause"),
    [*((each, SHED_PAUSE_SECONDS) for each in NO_TIMES), ("Fri, 31 Dec 1999 23:59:59 GMT", 0.0)],
)
def test_a_time_that_is_none_is_no_trouble(cluster, api: Api, pauses, stamp: str, pause) -> None:
    api.answers = [Answer(429, {}, {"Retry-After": stamp}), Answer(body=list_of("Job", "a"))]
    assert len(cluster.items(JOBS)) == 1
    assert pauses == [pause]


def test_a_date_to_ask_again_counts_from_the_clock_of_the_server() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert _retry_after("Thu, 01 Jan 2026 00:00:05 GMT", now) == 5.0


def test_a_read_that_met_no_answer_is_sent_once_more(cluster: Cluster, api: Api) -> None:
    api.answers = [Answer(raw=b"{", promised=100), Answer(body=list_of("Job", "a"))]
    assert len(cluster.items(JOBS)) == 1


def test_a_change_that_met_no_answer_is_not_sent_again(cluster: Cluster, api: Api) -> None:
    api.forever = lambda _: Answer(201, raw=b"{", promised=100)
    with pytest.raises(KubernetesError, match="did not answer for creating jobs new"):
        cluster.create(JOBS, named("Job", "new"))
    assert len(api.asked) == 1


def test_an_update_is_an_optimistic_lock(cluster: Cluster, api: Api) -> None:
    lease = named("Lease", "lock")
    conflict = Answer(409, status_of(409, "taken"))
    api.answers = [Answer(body=lease), conflict, Answer(body=lease), Answer(body=lease)]
    assert cluster.update(LEASES, "lock", lambda found: found | {"spec": {}}) == lease
    assert [asked.method for asked in api.asked] == ["GET", "PUT", "GET", "PUT"]


def test_an_update_that_always_conflicts_is_given_up(cluster: Cluster, api: Api) -> None:
    api.forever = lambda asked: (
        Answer(body=named("Lease", "lock")) if asked.method == "GET" else Answer(409, {})
    )
    with pytest.raises(KubernetesError) as caught:
        cluster.update(LEASES, "lock", lambda found: found)
    assert caught.value.cause is ApiFailure.CONFLICT
    assert len(api.asked) == 2 * OPTIMISTIC_TRIES


def test_nothing_is_written_where_nothing_is_to_change(cluster: Cluster, api: Api) -> None:
    api.answers = [Answer(body=named("Lease", "lock"))]
    assert cluster.update(LEASES, "lock", lambda _: None) is None
    assert cluster.update(LEASES, "absent", lambda found: found) is None


def test_a_patch_of_any_version_outlasts_a_conflict(cluster: Cluster, api: Api) -> None:
    job = named("Job", "job")
    api.answers = [Answer(409, {}), Answer(409, {}), Answer(body=job)]
    assert cluster.patch(JOBS, "job", {"metadata": {"labels": {}}}) == job


def test_a_patch_of_one_version_does_not(cluster: Cluster, api: Api) -> None:
    api.answers = [Answer(409, {}), Answer(body=named("Job", "job"))]
    with pytest.raises(KubernetesError):
        cluster.patch(JOBS, "job", {"metadata": {"resourceVersion": "7"}})


@pytest.mark.parametrize(
    ("body", "deleted"),
    [
        ({"kind": "Status", "status": "Success"}, True),
        (named("Service", "mongodb"), True),
        (None, False),
    ],
)
def test_a_deletion_is_confirmed_or_there_was_nothing(cluster, api: Api, body, deleted) -> None:
    api.answers = [Answer(body=body) if body else Answer(404, status_of(404, "NotFound"))]
    assert cluster.delete(SERVICES, "mongodb") is deleted


@pytest.mark.parametrize("answer", [{"status": {}}, {"status": {"allowed": "yes"}}, {}])
def test_a_review_says_yes_or_no(cluster: Cluster, api: Api, answer) -> None:
    api.answers = [Answer(201, {"kind": "SelfSubjectAccessReview", **answer})]
    with pytest.raises(KubernetesError, match="neither yes nor no"):
        cluster.may("list", PODS)


def test_an_answer_is_bounded_in_bytes_also_when_it_is_packed(cluster, api: Api, monkeypatch):
    monkeypatch.setattr("focus_engine.kubernetes.connection.LARGEST_ANSWER", 2**20)
    packed = gzip.compress(b" " * 2**24)
    api.forever = lambda _: Answer(raw=packed, headers={"Content-Encoding": "gzip"})
    with pytest.raises(KubernetesError) as caught:
        cluster.items(JOBS)
    assert caught.value.cause is ApiFailure.TOO_LARGE


def test_the_clock_of_the_server_survives_a_date_that_is_none(cluster: Cluster, api: Api) -> None:
    api.answers = [Answer(body=list_of("Job"), headers={"Date": "yesterday"})]
    cluster.items(JOBS)
    assert cluster.now.tzinfo is not None


@pytest.mark.parametrize(
    "host", ["https://api.example:6443", "https://127.0.0.1.example:6443", "https://10.0.0.1"]
)
def test_the_sandbox_reaches_this_machine_only(tmp_path: Path, host: str) -> None:
    with pytest.raises(ToolError, match="loopback"):
        api_client(kubeconfig(tmp_path, host), loopback_only=True)


def test_no_ambient_proxy_carries_what_is_for_this_machine(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    api = api_client(kubeconfig(tmp_path, "https://127.0.0.1:6443"), loopback_only=True)
    assert getattr(api.rest_client.pool_manager, "proxy", None) is None


NO_KUBECONFIGS = {
    **{each: each for each in ("[]", "a: [", "{}", "kind: Config", "\x00", "contexts: 7", "7")},
    "empty": "",
    "deep": "[" * 5000,
    "large": "#" * (LARGEST_KUBECONFIG + 1),
    "users that are none": KUBECONFIG.replace("users: [{", "users: {").replace("}}]\n", "}}\n"),
    "no current context": KUBECONFIG.replace("current-context: c", "current-context: [c]"),
}


@pytest.mark.parametrize("content", NO_KUBECONFIGS.values(), ids=NO_KUBECONFIGS.keys())
def test_a_kubeconfig_that_is_none_is_said(tmp_path: Path, content: str) -> None:
    path = tmp_path / "kubeconfig"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ToolError, match="cannot be used"):
        api_client(str(path))


@pytest.mark.skipif(os.name == "nt", reason="has no such files")
@pytest.mark.parametrize("path", ["/dev/zero", "/", "/nowhere/config"])
def test_a_kubeconfig_is_an_ordinary_file(path: str) -> None:
    with pytest.raises(ToolError, match="cannot be used"):
        api_client(path)


def test_the_first_kubeconfig_of_a_path_need_not_exist(tmp_path: Path) -> None:
    path = os.pathsep.join(["", "/nowhere/config", kubeconfig(tmp_path, "https://127.0.0.1:6443")])
    assert api_client(path).configuration.host == "https://127.0.0.1:6443"


@pytest.mark.parametrize(
    "words", ["echo it's", "--roi 3", 'server --roi 3 "x', "server --roi 0 9999"], ids=str
)
@pytest.mark.parametrize("key", ["command", "args"])
def test_the_words_of_a_job_are_read_whatever_they_are(words: str, key: str) -> None:
    container = {"name": "c", key: [words]}
    spec = {"template": {"spec": {"containers": [container]}}}
    expected = (0, 9999) if "9999" in words else None
    job = {"metadata": {"name": "grpc-job-1-2"}, "spec": spec}
    assert grpc_job(job) == GrpcJob("1-2", expected)


@pytest.mark.parametrize(
    "wrong",
    [
        {"metadata": {"name": "a", "labels": ["x"]}},
        {"metadata": {"name": "a", "labels": {"x": 1}}},
        {"metadata": {"name": "a", "annotations": "x"}},
        {"metadata": {"name": "a", "finalizers": "kept"}},
        {"metadata": {"name": "a", "finalizers": [7]}},
        {"metadata": {"name": "a", "ownerReferences": [None]}},
        {"metadata": {"name": "a", "ownerReferences": {"uid": "u"}}},
        {"metadata": {"name": "a"}, "spec": []},
        {"metadata": {"name": "a"}, "status": "done"},
    ],
    ids=str,
)
def test_an_object_whose_parts_are_none_is_not_kubernetes(
    cluster: Cluster, api: Api, wrong: dict
) -> None:
    api.answers = [Answer(body={**list_of("Job"), "items": [wrong]})]
    with pytest.raises(KubernetesError, match="no objects"):
        cluster.items(JOBS)


def kubeconfig(folder: Path, host: str) -> str:
    path = folder / "kubeconfig"
    path.write_text(KUBECONFIG.replace("HOST", host), encoding="utf-8")
    return str(path)


LONG_TOKEN = "".join(f"part{number}." for number in range(150))
REPEATED = {
    "a refusal": (Answer(403, {"kind": "Status", "message": LONG_TOKEN}), False),
    "no JSON": (Answer(raw=LONG_TOKEN.encode()), False),
    "no event": (Answer(raw=b'{"object": "%s"}' % LONG_TOKEN.encode()), True),
}


@pytest.mark.parametrize(("answer", "watched"), REPEATED.values(), ids=REPEATED)
def test_a_long_token_that_is_repeated_is_not_cut_in_two(cluster, api, answer, watched):
    learn(LONG_TOKEN)
    api.answers = [answer]
    with pytest.raises(KubernetesError) as told:
        _ = list(cluster.watch(PODS, "1", 1)) if watched else cluster.items(PODS)
    assert "***" in str(told.value)
    assert "part" not in str(told.value)
