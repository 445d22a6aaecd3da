"""Lists, pages and watches over raw HTTP; discovery."""

import json
import threading
import time

import pytest
import requests
from kubernetes_requests import JOBS, LEASES, MERGE, PODS, POLICIES, job, policy
from waiting import LIMIT, wait_until


def _names(listed):
    return [item["metadata"]["name"] for item in listed["items"]]


def test_a_list_in_pages(raw):
    for name in "edcba":
        raw.done("POST", POLICIES, policy(name))
    first = raw.done("GET", POLICIES, limit="2")
    assert (first["kind"], first["apiVersion"]) == ("NetworkPolicyList", "networking.k8s.io/v1")
    assert first["metadata"]["remainingItemCount"] == 3
    found, token = _names(first), first["metadata"]["continue"]
    while token:
        page = raw.done("GET", POLICIES, limit="2", **{"continue": token})
        found += _names(page)
        token = page["metadata"].get("continue")
    assert found == list("abcde")
    assert raw("GET", POLICIES, **{"continue": "x"}).status_code == 400


def test_selectors_choose(raw):
    raw.done("POST", POLICIES, policy("a", labels={"run": "1"}))
    raw.done("POST", POLICIES, policy("b", labels={"run": "2"}))
    assert _names(raw.done("GET", POLICIES, labelSelector="run in (1,3)")) == ["a"]
    assert _names(raw.done("GET", POLICIES, fieldSelector="metadata.name!=a")) == ["b"]
    assert _names(raw.done("GET", PODS, fieldSelector="status.phase=Failed")) == []


class Watching:
    """Reads a watch in the background."""

    def __init__(self, raw, path, **parameters):
        self.events = []
        parameters = {"watch": "true", "timeoutSeconds": "5", **parameters}
        headers = {"Authorization": f"Bearer {raw.token}"}
        self._answer = requests.get(
            raw.server + path, parameters, headers=headers, stream=True, timeout=10
        )
        assert self._answer.status_code == 200, self._answer.text
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        for line in self._answer.iter_lines():
            self.events.append(json.loads(line))

    def seen(self, count):
        """Return type and name of `count` events."""
        wait_until(lambda: len(self.events) >= count, f"{count} events")
        return self.told()

    def told(self):
        """Return type and name of the events so far."""
        return [(one["type"], one["object"]["metadata"].get("name")) for one in self.events]

    def wait_for(self, *events):
        wait_until(lambda: {*events} <= {*self.told()}, f"the watch tells {events}")

    def over(self):
        """Wait for the end."""
        self._reader.join(LIMIT)
        assert not self._reader.is_alive()
        self._answer.close()


def test_a_watch_tells_what_happens_after_a_version(raw, admin):
    before = raw.done("GET", JOBS)["metadata"]["resourceVersion"]
    raw.done("POST", JOBS, job("a"))
    watching = Watching(raw, JOBS, resourceVersion=before, timeoutSeconds="2")
    watching.wait_for(("MODIFIED", "a"))
    raw.done("POST", JOBS, job("b"))
    raw.done("DELETE", f"{JOBS}/a", {"propagationPolicy": "Background"})
    watching.wait_for(("ADDED", "b"), ("DELETED", "a"))
    assert watching.seen(4)[0] == ("ADDED", "a")
    versions = [int(one["object"]["metadata"]["resourceVersion"]) for one in watching.events]
    assert versions == sorted(versions)
    watching.over()


def test_a_watch_sees_what_its_selector_chooses(admin):
    watching = Watching(admin, POLICIES, labelSelector="run=1", timeoutSeconds="2")
    admin.done("POST", POLICIES, policy("other"))
    admin.done("POST", POLICIES, policy("a", labels={"run": "1"}))
    path = f"{POLICIES}/a"
    admin.done("PATCH", path, {"metadata": {"labels": {"x": "y"}}}, MERGE)
    admin.done("PATCH", path, {"metadata": {"labels": {"run": "2"}}}, MERGE)
    admin.done("PATCH", path, {"metadata": {"labels": {"run": "1"}}}, MERGE)
    assert watching.seen(4) == [
        ("ADDED", "a"), ("MODIFIED", "a"), ("DELETED", "a"), ("ADDED", "a"),
    ]  # fmt: skip
    watching.over()


def test_a_watch_from_the_beginning_and_its_end(admin):
    admin.done("POST", POLICIES, policy("a"))
    started = time.monotonic()
    watching = Watching(admin, POLICIES, timeoutSeconds="1", allowWatchBookmarks="true")
    watching.over()
    assert time.monotonic() - started > 0.9
    assert watching.seen(2) == [("ADDED", "a"), ("BOOKMARK", None)]


def test_the_watch_of_what_rests_can_be_gone_on_with(admin):
    before = admin.done("GET", POLICIES)["metadata"]["resourceVersion"]
    query = {"timeoutSeconds": "1", "allowWatchBookmarks": "true"}
    watching = Watching(admin, POLICIES, resourceVersion=before, **query)
    admin.done("POST", JOBS, job("elsewhere"))
    watching.over()
    (bookmark,) = watching.events
    assert int(bookmark["object"]["metadata"]["resourceVersion"]) > int(before)
    again = Watching(admin, POLICIES, **query, **bookmark["object"]["metadata"])
    admin.done("POST", POLICIES, policy("a"))
    assert again.seen(1) == [("ADDED", "a")]
    again.over()


def test_a_version_that_is_too_old(admin):
    watching = Watching(admin, POLICIES, resourceVersion="1")
    watching.over()
    (event,) = watching.events
    assert (event["type"], event["object"]["code"]) == ("ERROR", 410)
    assert event["object"]["reason"] == "Expired"


def test_pods_that_change_by_themselves_are_watched(raw, sandbox, valid):
    before = raw.done("GET", PODS)["metadata"]["resourceVersion"]
    watching = Watching(raw, PODS, resourceVersion=before, timeoutSeconds="2")
    sandbox.configure(valid["multichannel"])
    (added, first), (_, second) = watching.seen(2)
    assert added == "ADDED"
    sandbox.control("POST", "/reset")
    watching.wait_for(("DELETED", first), ("DELETED", second))
    watching.over()


def test_a_reset_undoes_what_clients_did(raw, admin, sandbox):
    for path, made in ((POLICIES, policy()), (JOBS, job()), (LEASES, {"metadata": {"name": "l"}})):
        raw.done("POST", path, made)
    admin.done("PATCH", "/api/v1/namespaces/panda/services/mongodb", {"spec": {"ports": [
        {"port": 1, "protocol": "TCP"}]}}, MERGE)  # fmt: skip
    sandbox.control("POST", "/reset")
    assert [_names(admin.done("GET", path)) for path in (POLICIES, JOBS, LEASES)] == [[], [], []]
    service = raw.done("GET", "/api/v1/namespaces/panda/services/mongodb")
    assert service["spec"]["ports"][0]["port"] == 27017


@pytest.mark.parametrize("group", ["networking.k8s.io", "coordination.k8s.io", "discovery.k8s.io"])
def test_groups_are_discovered(raw, group):
    assert group in [one["name"] for one in raw.done("GET", "/apis")["groups"]]
    resource = raw.done("GET", f"/apis/{group}/v1")["resources"][0]
    assert {"create", "list", "watch", "patch"} <= set(resource["verbs"])
    assert raw("GET", "/livez").text == "ok"
