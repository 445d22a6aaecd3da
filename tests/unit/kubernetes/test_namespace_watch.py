"""A watch never lies: what it cannot vouch for is said, and an ordinary end is none of that."""

import itertools
import json
import threading
import time
from collections.abc import Callable, Sequence

import pytest
from unit.kubernetes.conftest import Answer, Api, Asked, list_of, named, status_of

from focus_engine.kubernetes import namespace_watch
from focus_engine.kubernetes.client import Cluster
from focus_engine.kubernetes.errors import KubernetesError
from focus_engine.kubernetes.namespace_watch import (
    MOST_CLOSES,
    NamespaceChanges,
    NamespaceWatch,
    WatchedKind,
)

JOB = named("Job", "new", "2")
LIMIT = 10.0  # seconds until what is awaited must have come about


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(namespace_watch, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(namespace_watch, "CATCH_UP", 0.2)


def lines(*events: object) -> bytes:
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


def event(kind: str, item: object) -> dict:
    return {"type": kind, "object": item}


def error(**status: object) -> dict:
    return event("ERROR", status)


def quiet() -> Answer:
    return Answer(raw=b"", hold=True)


class Jobs:
    """A namespace of jobs: lists of `here`, watches as scripted, then quiet ones.

    What is `arriving` is here as soon as the first watch is answered.
    """

    def __init__(self, api: Api, *watches: Answer, arriving: Sequence[str] = ()) -> None:
        self.here: list[str] = []
        self.arriving = arriving
        self.watches = list(watches)
        self.opened = threading.Condition()
        self.count = 0
        api.forever = self.answer

    def answer(self, asked: Asked) -> Answer:
        if not asked.is_watch:
            return Answer(body=list_of("Job", *self.here))
        with self.opened:
            self.count += 1
            self.here, self.arriving = [*self.here, *self.arriving], ()
            self.opened.notify_all()
            return self.watches.pop(0) if self.watches else quiet()

    def wait_for_watches(self, count: int) -> None:
        with self.opened:
            assert self.opened.wait_for(lambda: self.count >= count, LIMIT)


def seen_when(
    watch: NamespaceWatch, what: Callable[[NamespaceChanges], object]
) -> NamespaceChanges:
    """What the watch has seen as soon as `what` holds of it."""
    end = time.monotonic() + LIMIT
    while not what(seen := watch.look()) and time.monotonic() < end:
        time.sleep(0.01)
    return seen


def names(seen: NamespaceChanges) -> list[str]:
    return [effect.name for effect in seen.effects]


def watch_of(cluster: Cluster) -> NamespaceWatch:
    return NamespaceWatch(cluster, (WatchedKind.JOBS,)).begin()


# How a watch can end, and what must be said of it.
ENDS = {
    "an error without anything": (lines(error()), "no reason given"),
    "an error without a reason": (lines(error(kind="Status", code=500)), "500"),
    "an error that is no object": (lines(event("ERROR", "oops")), "ERROR event"),
    "an error without an object": (lines({"type": "ERROR"}), "ERROR event"),
    "an error with a message": (lines(error(message="etcd is away")), "etcd is away"),
    "an error with a strange code": (lines(error(code="many")), "ERROR event"),
    "a bookmark without a version": (
        lines(event("BOOKMARK", {"kind": "Job", "metadata": {}})),
        "no event of a Job",
    ),
    "a bookmark of another kind": (
        lines(event("BOOKMARK", {"kind": "Pod", "metadata": {"resourceVersion": "9"}})),
        "no event of a Job",
    ),
    "an unknown type": (lines(event("RENAMED", JOB)), "no event of a Job"),
    "no type": (lines({"object": JOB}), "no event of a Job"),
    "another kind": (lines(event("ADDED", named("Secret", "s"))), "no event of a Job"),
    "an object without a version": (
        lines(event("ADDED", {"kind": "Job", "metadata": {"name": "j", "uid": "u"}})),
        "no event of a Job",
    ),
    "an object without a UID": (
        lines(event("ADDED", {"kind": "Job", "metadata": {"name": "j", "resourceVersion": "3"}})),
        "no event of a Job",
    ),
    "owners that are none": (
        lines(event("ADDED", named("Job", "j", ownerReferences=["x"]))),
        "no event of a Job",
    ),
    "labels that are none": (lines(event("ADDED", named("Job", "j", labels=[1]))), "no event of a"),
    "no object": (lines({"type": "ADDED"}), "no event of a Job"),
    "a page": (b"<!doctype html>\n<title>Log in</title>\n", "no event of a Job"),
    "half a line": (lines(event("ADDED", JOB)) + b'{"type": "ADD', "no event of a Job"),
    "a number": (b"7\n", "no event of a Job"),
    "no text": (b"\xff\xfe\x00\n", "no event of a Job"),
    "depths": (b'{"a":' * 5000 + b"\n", "no event of a Job"),
}


@pytest.mark.parametrize(("told", "said"), ENDS.values(), ids=ENDS.keys())
def test_any_end_but_a_clean_one_is_not_known(cluster: Cluster, api: Api, told, said) -> None:
    Jobs(api, Answer(raw=told))
    watch = watch_of(cluster)
    seen = seen_when(watch, lambda seen: seen.not_known)
    assert said in seen.not_known[0]
    assert seen.not_known[0].endswith("What came and went meanwhile is not known.")
    watch.stop()


@pytest.mark.parametrize(
    "answer",
    [
        Answer(raw=b"<title>Log in</title>", headers={"Content-Type": "text/html"}),
        Answer(302, raw=b"", headers={"Location": "https://login.example/"}),
        Answer(401, status_of(401, "Unauthorized")),
        Answer(400, status_of(400, "BadRequest")),
        Answer(500, status_of(500, "InternalError")),
        Answer(503, raw=b"no healthy upstream"),
        Answer(raw=b"x", headers={"Content-Encoding": "gzip"}),
    ],
    ids=["page", "redirect", "401", "400", "500", "503", "no gzip"],
)
def test_a_watch_that_is_refused_is_not_known(cluster: Cluster, api: Api, answer: Answer) -> None:
    Jobs(api, *[answer] * 3)
    watch = watch_of(cluster)
    assert seen_when(watch, lambda seen: seen.not_known).not_known
    watch.stop()


def test_the_exception_of_a_thread_is_not_known(cluster: Cluster, api: Api, monkeypatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("ours")

    Jobs(api)
    monkeypatch.setattr(cluster, "watch", broken)
    watch = watch_of(cluster)
    seen = seen_when(watch, lambda seen: seen.not_known)
    assert "broke (ZeroDivisionError: ours)" in seen.not_known[0]


def test_what_came_and_went_is_seen(cluster: Cluster, api: Api) -> None:
    jobs = Jobs(api, Answer(raw=lines(event("ADDED", JOB), event("DELETED", JOB)), hold=True))
    watch = watch_of(cluster)
    jobs.wait_for_watches(1)
    seen = seen_when(watch, names)
    assert names(seen) == ["new"]
    assert seen.not_known == ()
    watch.stop()


def test_what_was_there_is_no_effect(cluster: Cluster, api: Api) -> None:
    jobs = Jobs(api, Answer(raw=lines(event("MODIFIED", named("Job", "old", "5")))))
    jobs.here = ["old"]
    watch = watch_of(cluster)
    jobs.wait_for_watches(2)
    assert names(watch.look()) == []
    watch.stop()


def test_a_name_used_again_is_another_object(cluster: Cluster, api: Api) -> None:
    again = named("Job", "old", "5", uid="another")
    jobs = Jobs(api, Answer(raw=lines(event("ADDED", again)), hold=True))
    jobs.here = ["old"]
    watch = watch_of(cluster)
    assert names(seen_when(watch, names)) == ["old"]
    watch.stop()


def test_a_clean_end_is_gone_on_from(cluster: Cluster, api: Api) -> None:
    jobs = Jobs(api, Answer(raw=lines(event("ADDED", JOB))))
    watch = watch_of(cluster)
    jobs.wait_for_watches(2)
    versions = [asked.query["resourceVersion"] for asked in api.asked if asked.is_watch]
    assert versions == ["1", "2"]
    assert watch.look().not_known == ()
    watch.stop()


def test_what_rests_is_gone_on_from_its_bookmark(cluster: Cluster, api: Api) -> None:
    mark = {"kind": "Job", "metadata": {"resourceVersion": "900"}}
    jobs = Jobs(api, Answer(raw=lines(event("BOOKMARK", mark))))
    watch = watch_of(cluster)
    jobs.wait_for_watches(2)
    watches = [asked.query for asked in api.asked if asked.is_watch]
    assert [query["resourceVersion"] for query in watches] == ["1", "900"]
    assert {query["allowWatchBookmarks"] for query in watches} == {"true"}
    assert watch.look().not_known == ()
    watch.stop()


@pytest.mark.parametrize(
    "gone",
    [
        Answer(raw=lines(error(code=410, reason="Expired", message="too old"))),
        Answer(raw=lines(error(code=410))),
        Answer(raw=lines(error(reason="Gone"))),
        Answer(410, status_of(410, "Expired")),
    ],
    ids=["event", "code only", "reason only", "status"],
)
def test_a_version_that_is_gone_is_listed_anew(cluster: Cluster, api: Api, gone: Answer) -> None:
    jobs = Jobs(api, gone, arriving=["later"])
    watch = watch_of(cluster)
    jobs.wait_for_watches(2)
    seen = watch.look()
    watch.stop()
    assert names(seen) == ["later"]
    assert seen.not_known == ()


def test_a_version_that_is_gone_in_the_middle_of_a_watch_is_not_known(
    cluster: Cluster, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(namespace_watch, "GAP", -1.0)
    Jobs(api, Answer(raw=lines(event("ADDED", JOB), error(code=410, reason="Expired"))))
    watch = watch_of(cluster)
    seen = seen_when(watch, lambda seen: seen.not_known)
    assert names(seen) == ["new"]
    assert "ended by the API with an ERROR event: Expired" in seen.not_known[0]
    watch.stop()


def test_versions_that_are_always_gone_are_not_known(cluster: Cluster, api: Api) -> None:
    Jobs(api, *[Answer(410, status_of(410, "Expired"))] * 50)
    watch = watch_of(cluster)
    assert seen_when(watch, lambda seen: seen.not_known).not_known
    watch.stop()


def test_a_watch_closed_at_once_is_repeated_and_given_up(cluster: Cluster, api: Api) -> None:
    jobs = Jobs(api, *[Answer(raw=b"")] * 1000)
    watch = watch_of(cluster)
    jobs.wait_for_watches(namespace_watch.MOST_CLOSES)
    seen = watch.look()
    watch.stop()
    assert "closed at once" in seen.not_known[0]
    assert jobs.count == namespace_watch.MOST_CLOSES


def test_closes_at_once_are_slowed_down(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    follower = namespace_watch._Follower(None, WatchedKind.JOBS.value)  # type: ignore[arg-type]
    monkeypatch.setattr(namespace_watch, "FIRST_PAUSE", 0.1)
    monkeypatch.setattr(follower._over, "wait", pauses.append)

    def closed_at_once(version: str) -> str:
        follower._closes += 1
        return version

    monkeypatch.setattr(follower, "_section", closed_at_once)
    follower._follow("1")
    assert all(later == 2 * sooner for sooner, later in itertools.pairwise(pauses))
    assert sum(pauses) > 4


def test_a_watch_that_tells_the_same_again_and_closes_is_slowed_down(
    cluster: Cluster, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(namespace_watch, "FIRST_PAUSE", LIMIT)
    jobs = Jobs(api, *[Answer(raw=lines(event("ADDED", JOB)))] * 1000)
    watch = watch_of(cluster)
    assert names(seen_when(watch, names)) == ["new"]
    assert watch.look().not_known == ()
    watch.stop()
    assert jobs.count == 1


def test_a_watch_that_only_ever_repeats_itself_is_given_up(cluster: Cluster, api: Api) -> None:
    jobs = Jobs(api, *[Answer(raw=lines(event("ADDED", JOB)))] * 1000)
    watch = watch_of(cluster)
    seen = seen_when(watch, lambda seen: seen.not_known and jobs.count > MOST_CLOSES)
    assert "closed at once" in seen.not_known[0]
    assert jobs.count == 1 + MOST_CLOSES
    watch.stop()


def test_one_close_at_once_does_not_matter_once_the_watch_works(cluster, api: Api) -> None:
    jobs = Jobs(api, Answer(raw=b""), Answer(raw=lines(event("ADDED", JOB)), hold=True))
    watch = watch_of(cluster)
    jobs.wait_for_watches(2)
    assert seen_when(watch, names).not_known == ()
    watch.stop()


def test_a_watch_that_is_silent_about_what_is_listed_is_not_believed(cluster, api: Api) -> None:
    jobs = Jobs(api)
    watch = watch_of(cluster)
    jobs.here = ["untold"]
    seen = watch.look()
    watch.stop()
    assert names(seen) == ["untold"]
    assert "never told of untold" in seen.not_known[0]


def test_kinds_that_may_not_be_listed_are_said(cluster: Cluster, api: Api) -> None:
    def answer(asked: Asked) -> Answer:
        if asked.path.endswith("/secrets"):
            return Answer(403, status_of(403, "Forbidden"))
        if asked.is_watch and asked.path.endswith("/configmaps"):
            return Answer(403, status_of(403, "Forbidden"))
        if asked.is_watch:
            return quiet()
        return Answer(body=list_of("ConfigMap" if "configmaps" in asked.path else "Job"))

    api.forever = answer
    watch = NamespaceWatch(
        cluster, (WatchedKind.JOBS, WatchedKind.SECRETS, WatchedKind.CONFIGMAPS)
    ).begin()
    seen = seen_when(watch, lambda seen: len(seen.not_watched) > 1)
    assert seen.not_watched == ("secrets (not listed: forbidden)", "configmaps (only what stays)")
    assert seen.not_known == ()
    watch.stop()


def test_not_a_single_kind_is_an_error(cluster: Cluster, api: Api) -> None:
    api.forever = lambda _: Answer(403, status_of(403, "Forbidden"))
    with pytest.raises(KubernetesError, match="deploy/rbac"):
        NamespaceWatch(cluster).begin()


def test_the_end_does_not_wait_for_the_server(cluster: Cluster, api: Api) -> None:
    jobs = Jobs(api)
    watch = watch_of(cluster)
    jobs.wait_for_watches(1)
    threads = [one for one in threading.enumerate() if "_run" in one.name]
    watch.stop()
    for thread in threads:
        thread.join(LIMIT)
        assert not thread.is_alive()
