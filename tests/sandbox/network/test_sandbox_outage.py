"""What the server does without MongoDB or RabbitMQ: as required, and with one fault each.

The proxy in the server's path is switched off; a battery of requests during and after the outage
is compared with what a conforming server does, key by key.
"""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import requests
from kubernetes import client, config
from pymongo import MongoClient
from stream_client import connect, open_stream, read

from sandbox.focus_server.faults import outage as outage_faults

LIMIT = {"dependency-limit": 0.8}  # pymongo looks for a lost server each half second
HANG_S = 2.5
SLOW_S = 2.0
RECOVERY_S = 2.0

WITHOUT_MONGO = {
    "history": 503,
    "names": True,
    "retry-after": "5",
    "trace": False,
    "history-slow": False,
    "ranges": 503,
    "live": 200,
    "live-metadata": 200,
    "channels": 200,
    "unknown-job": 404,
    "ack-slow": False,
    "jobs-left": 0,
    "services-left": 0,
    "restarts": 0,
    "history-after": 200,
    "jobs-after": 1,
}
MONGO_CHANGES = {
    "mongodb-outage-500": {"history": 500, "ranges": 500, "names": False, "retry-after": None},
    "mongodb-outage-200": {
        "history": 200, "names": False, "retry-after": None, "jobs-left": 1, "services-left": 1,
    },
    "mongodb-outage-slow": {"history-slow": True},
    "mongodb-outage-hang": {
        "history": "hang", "names": None, "retry-after": None, "trace": None,
        "history-slow": True, "ranges": "hang",
    },
    "mongodb-outage-freezes-ack": {"ack-slow": True},
    "mongodb-outage-leaves-job": {"jobs-left": 1, "services-left": 1},
    "mongodb-outage-leaves-service": {"services-left": 1},
    "mongodb-outage-crash": {
        "history": 502, "names": False, "retry-after": None, "ranges": 502, "restarts": 2,
    },
    "mongodb-outage-never-recovers": {"history-after": 503, "jobs-after": 0},
    "mongodb-outage-needs-restart": {"history-after": 503, "jobs-after": 0},
    "mongodb-outage-leaks-trace": {"trace": True},
    "mongodb-outage-fails-live": {"live": 503},
    "mongodb-outage-fails-channels": {"channels": 503},
    "mongodb-outage-fails-metadata": {"live-metadata": 503, "unknown-job": 503},
    "mongodb-outage-doubles-job": {"jobs-after": 2},
    "mongodb-outage-unnamed": {"names": False},
    "mongodb-outage-without-retry-after": {"retry-after": None},
    "mongodb-outage-retry-after-negative": {"retry-after": "-5"},
}  # fmt: skip
WITHOUT_RABBIT = {
    "live": 503,
    "names": True,
    "retry-after": "5",
    "trace": False,
    "history": 200,
    "ranges": 200,
    "channels": 200,
    "timeline": 200,
    "live-metadata": 200,
    "unknown-job": 404,
    "jobs-left": 1,
    "live-after": 200,
}
RABBIT_CHANGES = {
    "rabbitmq-outage-500": {"live": 500, "names": False, "retry-after": None},
    "rabbitmq-outage-200": {"live": 200, "names": False, "retry-after": None, "jobs-left": 2},
    "rabbitmq-outage-leaves-job": {"jobs-left": 2},
    "rabbitmq-outage-leaks-trace": {"trace": True},
    "rabbitmq-outage-unnamed": {"names": False},
    "rabbitmq-outage-fails-recordings": {"ranges": 503},
    "rabbitmq-outage-fails-historic": {"history": 503, "jobs-left": 0},
    "rabbitmq-outage-fails-channels": {"channels": 503},
    "rabbitmq-outage-fails-timeline": {"timeline": 503},
    "rabbitmq-outage-fails-metadata": {"live-metadata": 503, "unknown-job": 503},
    "rabbitmq-outage-never-recovers": {"live-after": 503},
}
OF_ITS_OWN_TEST = {
    "mongodb-outage-hides-recording", "rabbitmq-outage-crash", "mongodb-outage-answers-from-cache",
    "mongodb-outage-zero-prr", "mongodb-outage-silent-live",
    "mongodb-outage-other-views-404", "mongodb-outage-500-again",
    "mongodb-outage-long-range-empty", "mongodb-outage-one-at-a-time",
    "mongodb-outage-delays-live", "mongodb-outage-forgets-jobs", "mongodb-outage-ends-live",
    "mongodb-outage-loses-views", "mongodb-outage-loses-metadata", "rabbitmq-outage-loses-views",
    "rabbitmq-outage-silent-live", "mongodb-outage-lowers-channels", "mongodb-outage-lifts-limit",
    "mongodb-outage-lists-deleted", "mongodb-outage-plays-newest",
    "rabbitmq-outage-declared-as-text", "rabbitmq-outage-forgets-historic",
    "rabbitmq-outage-lists-ended", "rabbitmq-outage-counts-anew",
    "mongodb-outage-ends-live-after",
}  # fmt: skip
VALUES = {"mongodb-outage-slow": SLOW_S, "mongodb-outage-freezes-ack": SLOW_S}


class Cluster:
    """The sandbox's Kubernetes API."""

    def __init__(self, addresses):
        self._connection = config.new_client_from_config(addresses["kubeconfig"])
        self._namespace = addresses["namespace"]

    def close(self):
        self._connection.close()

    def jobs(self):
        listed = client.BatchV1Api(self._connection).list_namespaced_job(self._namespace)
        return sum(item.metadata.name.startswith("grpc-job-") for item in listed.items)

    def services(self):
        listed = client.CoreV1Api(self._connection).list_namespaced_service(self._namespace)
        return sum(item.metadata.name.startswith("grpc-service-") for item in listed.items)

    def server(self):
        core = client.CoreV1Api(self._connection)
        listed = core.list_namespaced_pod(
            self._namespace, label_selector="app.kubernetes.io/name=panda-panda-focus-server"
        )
        return listed.items[0]

    def restarts(self):
        return self.server().status.container_statuses[0].restart_count

    def restart_server(self):
        stamp = {"kubectl.kubernetes.io/restartedAt": str(time.time())}
        body = {"spec": {"template": {"metadata": {"annotations": stamp}}}}
        client.AppsV1Api(self._connection).patch_namespaced_deployment(
            "panda-panda-focus-server", self._namespace, body
        )


@pytest.fixture
def cluster(sandbox):
    found = Cluster(sandbox.addresses)
    yield found
    found.close()


@contextmanager
def outage(sandbox, dependency):
    url = f"{sandbox.addresses['toxiproxy_url']}/proxies/{dependency}"
    assert requests.patch(url, json={"enabled": False}, timeout=60).ok
    yield
    assert requests.patch(url, json={"enabled": True}, timeout=60).ok


def historic(sandbox, valid):
    start = sandbox.recorded_start()
    return {**valid["multichannel"], "start_time": start, "end_time": start + 60}


def timed(send, *arguments):
    """Return answer and seconds; None for an answer that does not come."""
    began = time.monotonic()
    try:
        answer = send(*arguments)
    except requests.Timeout:
        answer = None
    return answer, time.monotonic() - began


def said(answer, dependency):
    if answer is None:
        return {"names": None, "retry-after": None, "trace": None}
    return {
        "names": dependency in answer.text,
        "retry-after": answer.headers.get("Retry-After"),
        "trace": "Traceback" in answer.text,
    }


def status(answer):
    return "hang" if answer is None else answer.status_code


def mongo_battery(sandbox, cluster, valid):
    """Send everything at once, so that the outage's time limits pass once; then look."""
    history = historic(sandbox, valid)
    now = int(time.time())
    sent = {
        "history": ("POST", "/configure", history),
        "ranges": ("POST", "/recordings_in_time_range", {"start_time": now - 60, "end_time": now}),
        "ack": ("GET", "/ack", None),
        "live-metadata": ("GET", "/live_metadata", None),
        "channels": ("GET", "/channels", None),
        "unknown-job": ("GET", "/metadata/9-9", None),
        "live": ("POST", "/configure", valid["multichannel"]),
    }
    with outage(sandbox, "mongodb"), ThreadPoolExecutor(len(sent)) as threads:
        asked = {name: threads.submit(timed, _ask, sandbox, *one) for name, one in sent.items()}
        seen = {name: one.result() for name, one in asked.items()}
    found = {name: status(answer) for name, (answer, _) in seen.items() if name != "ack"}
    found |= said(seen["history"][0], "MongoDB")
    found |= {f"{name}-slow": seen[name][1] >= SLOW_S for name in ("history", "ack")}
    _wait_for_recovery(sandbox, sent["ranges"])
    configured = int(found["live"] == 200)
    before = cluster.jobs()
    found |= {"jobs-left": before - configured, "services-left": cluster.services() - configured}
    found["history-after"] = status(_ask(sandbox, "POST", "/configure", history))
    found |= {"jobs-after": cluster.jobs() - before, "restarts": cluster.restarts()}
    return found


def _wait_for_recovery(sandbox, request):
    """As long as a server that recovers may take; some faults keep it from that."""
    patience = time.monotonic() + RECOVERY_S
    while _ask(sandbox, *request).status_code != 200 and time.monotonic() < patience:
        time.sleep(0.1)


def _ask(sandbox, method, path, body):
    url = sandbox.addresses["base_url"] + path
    return requests.request(method, url, json=body, timeout=HANG_S)


def rabbit_battery(sandbox, cluster, valid):
    history, live = historic(sandbox, valid), valid["multichannel"]
    with outage(sandbox, "rabbitmq"):
        answer = sandbox.configure(live)
        found = {"live": answer.status_code, **said(answer, "RabbitMQ")}
        found["history"] = sandbox.configure(history).status_code
        ranges = {name: history[name] for name in ("start_time", "end_time")}
        found["ranges"] = status(_ask(sandbox, "POST", "/recordings_in_time_range", ranges))
        told = {"channels": "/channels", "live-metadata": "/live_metadata"}
        told |= {"unknown-job": "/metadata/9-9", "timeline": "/get_recordings_timeline"}
        found |= {name: status(_ask(sandbox, "GET", path, None)) for name, path in told.items()}
        found["jobs-left"] = cluster.jobs()
    found["live-after"] = sandbox.configure(live).status_code
    return found


def test_every_outage_fault_is_proven():
    declared = {fault.id for fault in outage_faults.FAULTS}
    assert declared == set(MONGO_CHANGES) | set(RABBIT_CHANGES) | OF_ITS_OWN_TEST


def test_without_mongodb(sandbox, cluster, valid):
    sandbox.control("PUT", "/faults", LIMIT)
    assert mongo_battery(sandbox, cluster, valid) == WITHOUT_MONGO


@pytest.mark.parametrize("fault", MONGO_CHANGES)
def test_a_fault_without_mongodb_changes_exactly_what_it_says(sandbox, cluster, valid, fault):
    sandbox.control("PUT", "/faults", {**LIMIT, fault: VALUES.get(fault, True)})
    found = mongo_battery(sandbox, cluster, valid)
    assert found == WITHOUT_MONGO | MONGO_CHANGES[fault]


def test_without_rabbitmq(sandbox, cluster, valid):
    assert rabbit_battery(sandbox, cluster, valid) == WITHOUT_RABBIT


@pytest.mark.parametrize("fault", RABBIT_CHANGES)
def test_a_fault_without_rabbitmq_changes_exactly_what_it_says(sandbox, cluster, valid, fault):
    sandbox.control("PUT", "/faults", {fault: True})
    found = rabbit_battery(sandbox, cluster, valid)
    assert found == WITHOUT_RABBIT | RABBIT_CHANGES[fault]


def test_without_the_knob_a_limit_ends_the_waiting_too(sandbox, valid):
    history = historic(sandbox, valid)
    with outage(sandbox, "mongodb"):
        assert sandbox.configure(history).status_code == 503
    assert sandbox.configure(history).status_code == 200


def test_a_restart_ends_what_needs_one(sandbox, cluster, valid):
    sandbox.control("PUT", "/faults", {**LIMIT, "mongodb-outage-needs-restart": True})
    history = historic(sandbox, valid)
    with outage(sandbox, "mongodb"):
        assert sandbox.configure(history).status_code == 503
    assert sandbox.configure(history).status_code == 503
    cluster.restart_server()
    assert sandbox.configure(history).status_code == 200


@pytest.mark.parametrize("dependency", ["mongodb", "rabbitmq"])
def test_a_crash_starts_a_new_container_in_the_same_pod(sandbox, cluster, valid, dependency):
    sandbox.control("PUT", "/faults", {**LIMIT, f"{dependency}-outage-crash": True})
    before = cluster.server()
    needs = {"mongodb": historic(sandbox, valid), "rabbitmq": valid["multichannel"]}
    with outage(sandbox, dependency):
        assert sandbox.configure(needs[dependency]).status_code == 502
    after = cluster.server()
    assert after.metadata.uid == before.metadata.uid
    (was,), (now,) = before.status.container_statuses, after.status.container_statuses
    assert now.restart_count == was.restart_count + 1
    assert now.state.running.started_at > was.state.running.started_at
    assert now.last_state.terminated.exit_code == 1


@pytest.mark.parametrize(("fault", "seen"), [(None, 1), ("mongodb-outage-hides-recording", 0)])
def test_a_recording_of_the_outage_is_found_afterwards_unless_a_fault_hides_it(
    sandbox, valid, fault, seen
):
    sandbox.control("PUT", "/faults", {**LIMIT, **({fault: True} if fault else {})})
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(days=8, hours=2)
    body = {"start_time": int(start.timestamp()), "end_time": int(start.timestamp()) + 60}
    with MongoClient(sandbox.addresses["mongo_uri"]) as direct:
        database = direct.get_default_database()
        guid = database["base_paths"].find_one({"is_archive": {"$ne": True}})["guid"]
        identity = str(uuid.uuid4())
        before = sandbox.focus("POST", "/recordings_in_time_range", json=body).json()
        with outage(sandbox, "mongodb"):
            assert _ask(sandbox, "POST", "/recordings_in_time_range", body).status_code == 503
            end = start + timedelta(minutes=5)
            database[guid].insert_one(
                {"uuid": identity, "start_time": start, "end_time": end, "deleted": False}
            )
        after = sandbox.focus("POST", "/recordings_in_time_range", json=body).json()
        database[guid].delete_one({"uuid": identity})
    assert len(after) - len(before) == seen


@pytest.mark.parametrize(("fault", "status"), [(None, 503), ("answers-from-cache", 200)])
def test_what_was_served_before_comes_from_a_cache_with_that_fault(sandbox, valid, fault, status):
    cached = {f"mongodb-outage-{fault}": True} if fault else {}
    sandbox.control("PUT", "/faults", {**LIMIT, **cached})
    history = historic(sandbox, valid)
    assert sandbox.configure(history).status_code == 200
    with outage(sandbox, "mongodb"):
        assert sandbox.configure(history).status_code == status
        never_asked = {**history, "start_time": history["start_time"] + 1}
        assert sandbox.configure(never_asked).status_code == 503


@pytest.mark.parametrize(("fault", "prr"), [(None, True), ("mongodb-outage-zero-prr", False)])
def test_the_rate_of_the_fibre_is_lost_with_that_fault(sandbox, valid, fault, prr):
    sandbox.control("PUT", "/faults", {**LIMIT, **({fault: True} if fault else {})})
    history = historic(sandbox, valid)
    with outage(sandbox, "mongodb"):
        assert sandbox.configure(history).status_code == 503
        assert bool(_ask(sandbox, "GET", "/live_metadata", None).json()["prr"]) is prr
    assert sandbox.configure(history).status_code == 200
    assert _ask(sandbox, "GET", "/live_metadata", None).json()["prr"] > 0


def _together(sandbox, requests):
    with ThreadPoolExecutor(len(requests)) as threads:
        return list(threads.map(lambda one: timed(_ask, sandbox, *one), requests))


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        (None, [503, 503, 503, 503]),
        ("mongodb-outage-other-views-404", [503, 404, 404, 503]),
        ("mongodb-outage-long-range-empty", [503, 503, 503, 200]),
    ],
)
def test_every_view_and_every_range_without_mongodb(sandbox, valid, fault, seen):
    sandbox.control("PUT", "/faults", {**LIMIT, **({fault: True} if fault else {})})
    history = historic(sandbox, valid)
    times = {name: history[name] for name in ("start_time", "end_time")}
    asked = [("POST", "/configure", valid[view] | times) for view in valid]
    long = {"start_time": history["end_time"] - 3601, "end_time": history["end_time"]}
    with outage(sandbox, "mongodb"):
        answers = _together(sandbox, [*asked, ("POST", "/recordings_in_time_range", long)])
    assert [status(answer) for answer, _ in answers] == seen


@pytest.mark.parametrize(("fault", "seen"), [(None, 503), ("mongodb-outage-500-again", 500)])
def test_the_fourth_historic_request_without_mongodb(sandbox, valid, fault, seen):
    sandbox.control("PUT", "/faults", {**LIMIT, **({fault: True} if fault else {})})
    asked = ("POST", "/configure", historic(sandbox, valid))
    with outage(sandbox, "mongodb"):
        first = [status(answer) for answer, _ in _together(sandbox, [asked] * 3)]
        again = status(_ask(sandbox, *asked))
    assert (first, again) == ([503] * 3, seen)


@pytest.mark.parametrize(("fault", "slow"), [(None, False), ("mongodb-outage-one-at-a-time", True)])
def test_requests_without_mongodb_wait_for_each_other_with_that_fault(sandbox, valid, fault, slow):
    sandbox.control("PUT", "/faults", {**LIMIT, **({fault: True} if fault else {})})
    asked = ("POST", "/configure", historic(sandbox, valid))
    with outage(sandbox, "mongodb"):
        slowest = max(seconds for _, seconds in _together(sandbox, [asked] * 3))
    assert (slowest >= SLOW_S) is slow


@pytest.mark.parametrize(("fault", "waits"), [(None, False), ("mongodb-outage-delays-live", True)])
def test_a_live_configuration_waits_for_mongodb_with_that_fault(sandbox, valid, fault, waits):
    sandbox.control("PUT", "/faults", {fault: True} if fault else {})
    with outage(sandbox, "mongodb"):
        answer, seconds = timed(sandbox.configure, valid["multichannel"])
    assert (answer.status_code, seconds >= SLOW_S) == (200, waits)


@pytest.mark.parametrize(
    ("fault", "known", "alive"),
    [
        (None, 200, True),
        ("mongodb-outage-forgets-jobs", 404, True),
        ("mongodb-outage-ends-live", 404, False),
    ],
)
def test_a_job_that_is_read_when_mongodb_goes(sandbox, valid, fault, known, alive):
    sandbox.control("PUT", "/faults", {**LIMIT, **({fault: True} if fault else {})})
    history = historic(sandbox, valid)
    job = sandbox.configure(valid["multichannel"]).json()
    with connect(job) as channel, outage(sandbox, "mongodb"):
        call = open_stream(channel, 0, 30)  # held: a call that nobody holds is cancelled
        next(call)
        assert sandbox.configure(history).status_code == 503
        path = f"/metadata/{job['job_id']}"
        assert status(_ask(sandbox, "GET", path, None)) == known
        ids = {each["job_id"] for each in sandbox.control("GET", "/jobs")}
    assert (job["job_id"] in ids) is alive


@pytest.mark.parametrize(
    ("fault", "alive"), [(None, True), ("mongodb-outage-ends-live-after", False)]
)
def test_a_job_that_is_read_when_mongodb_is_back(sandbox, valid, fault, alive):
    sandbox.control("PUT", "/faults", {**LIMIT, **({fault: True} if fault else {})})
    history = historic(sandbox, valid)
    job = sandbox.configure(valid["multichannel"]).json()
    with connect(job) as channel:
        call = open_stream(channel, 0, 30)  # held: a call that nobody holds is cancelled
        next(call)
        with outage(sandbox, "mongodb"):
            assert sandbox.configure(history).status_code == 503
        assert sandbox.configure(history).status_code == 200
        later = sandbox.configure(valid["multichannel"]).json()
        ids = {each["job_id"] for each in sandbox.control("GET", "/jobs")}
    assert (job["job_id"] in ids, later["job_id"] in ids) == (alive, True)


@pytest.mark.parametrize("dependency", ["mongodb", "rabbitmq"])
@pytest.mark.parametrize("lost", [False, True])
def test_views_are_lost_with_an_outage_by_that_fault(sandbox, valid, dependency, lost):
    fault = {f"{dependency}-outage-loses-views": True} if lost else {}
    sandbox.control("PUT", "/faults", {**LIMIT, **fault})
    times = {name: historic(sandbox, valid)[name] for name in ("start_time", "end_time")}
    needs = {"mongodb": times, "rabbitmq": {}}[dependency]
    before = [sandbox.configure(valid[view] | needs).status_code for view in valid]
    with outage(sandbox, dependency):
        assert sandbox.configure(valid["multichannel"] | needs).status_code == 503
    after = [sandbox.configure(valid[view] | needs).status_code for view in valid]
    assert (before, after) == ([200] * 3, [200, 503, 503] if lost else [200] * 3)


@pytest.mark.parametrize(
    ("fault", "told"), [(None, True), ("mongodb-outage-loses-metadata", False)]
)
def test_the_metadata_of_a_recording_are_lost_with_that_fault(sandbox, valid, fault, told):
    sandbox.control("PUT", "/faults", {**LIMIT, **({fault: True} if fault else {})})
    history = historic(sandbox, valid)
    assert sandbox.configure(history).json()["metadata"]
    with outage(sandbox, "mongodb"):
        assert sandbox.configure(history).status_code == 503
    assert bool(sandbox.configure(history).json()["metadata"]) is told


@pytest.mark.parametrize(("fault", "frames"), [(None, 1), ("rabbitmq-outage-silent-live", 0)])
def test_live_jobs_after_an_outage_of_rabbitmq(sandbox, valid, fault, frames):
    sandbox.control("PUT", "/faults", {fault: True} if fault else {})
    with outage(sandbox, "rabbitmq"):
        assert sandbox.configure(valid["multichannel"]).status_code == 503
    job = sandbox.configure(valid["multichannel"]).json()
    assert len(read(job, frames=1, timeout=1 + 9 * frames).frames) == frames


def _told(sandbox, valid, history):
    """What differs with a fault that shows in the body of an answer."""
    now = int(time.time())
    day = {"start_time": now - 86_400, "end_time": now}
    many = {**valid["multichannel"], "channels": {"min": 1, "max": 2223}}
    listed = _ask(sandbox, "POST", "/recordings_in_time_range", day)
    job = sandbox.configure(history)
    return {
        "channels": _ask(sandbox, "GET", "/channels", None).json()["highest_channel"],
        "many": sandbox.configure(many).status_code,
        "listed": len(listed.json()),
        "goes on": sum(end == -1 for _, end in listed.json()) if listed.ok else None,
        "metadata": job.json().get("metadata"),
    }


BODIES = {
    "mongodb-outage-lowers-channels": ("channels", "during"),
    "mongodb-outage-lifts-limit": ("many", "during"),
    "mongodb-outage-lists-deleted": ("listed", "after"),
    "mongodb-outage-plays-newest": ("metadata", "after"),
    "rabbitmq-outage-lists-ended": ("goes on", "during"),
}


@pytest.mark.parametrize("fault", BODIES)
@pytest.mark.parametrize("on", [False, True])
def test_what_is_told_changes_with_an_outage_by_that_fault(sandbox, valid, fault, on):
    sandbox.control("PUT", "/faults", {**LIMIT, **({fault: True} if on else {})})
    key, when = BODIES[fault]
    dependency, history = fault.partition("-")[0], historic(sandbox, valid)
    needs = history if dependency == "mongodb" else valid["multichannel"]
    before, seen = _told(sandbox, valid, history), {}
    with outage(sandbox, dependency):
        assert sandbox.configure(needs).status_code == 503
        seen["during"] = _told(sandbox, valid, history)
    assert sandbox.configure(needs).status_code == 200
    seen["after"] = _told(sandbox, valid, history)
    assert (seen[when][key] != before[key]) is on


@pytest.mark.parametrize(
    ("fault", "kind"),
    [(None, "application/json"), ("rabbitmq-outage-declared-as-text", "text/plain; charset=utf-8")],
)
def test_how_a_refusal_without_rabbitmq_is_declared(sandbox, valid, fault, kind):
    sandbox.control("PUT", "/faults", {fault: True} if fault else {})
    with outage(sandbox, "rabbitmq"):
        answer = sandbox.configure(valid["multichannel"])
    assert (answer.status_code, answer.headers["content-type"]) == (503, kind)


@pytest.mark.parametrize(
    ("fault", "known"), [(None, 200), ("rabbitmq-outage-forgets-historic", 404)]
)
def test_metadata_of_a_historic_job_that_is_read_without_rabbitmq(sandbox, valid, fault, known):
    sandbox.control("PUT", "/faults", {fault: True} if fault else {})
    job = sandbox.configure(historic(sandbox, valid)).json()
    with connect(job) as channel, outage(sandbox, "rabbitmq"):
        call = open_stream(channel, 0, 30)  # held: a call that nobody holds is cancelled
        next(call)
        assert sandbox.configure(valid["multichannel"]).status_code == 503
        assert status(_ask(sandbox, "GET", f"/metadata/{job['job_id']}", None)) == known


@pytest.mark.parametrize(
    ("fault", "goes_on"), [(None, True), ("rabbitmq-outage-counts-anew", False)]
)
def test_the_counter_after_an_outage_of_rabbitmq(sandbox, valid, fault, goes_on):
    sandbox.control("PUT", "/faults", {fault: True} if fault else {})
    live = valid["multichannel"]
    before = sandbox.configure(live).json()["job_id"]
    with outage(sandbox, "rabbitmq"):
        assert sandbox.configure(live).status_code == 503
    sandbox.configure(live)
    after = sandbox.configure(live).json()["job_id"]
    counts = [int(one.partition("-")[2]) for one in (before, after)]
    assert (counts[1] > counts[0]) is goes_on
