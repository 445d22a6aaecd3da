"""A running sandbox for many tests, each of which resets it, and the requests that they send."""

import copy
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from cluster.conformance.conversation import ROLES
from kubernetes_requests import Raw
from running_sandbox import RunningSandbox

from sandbox.kubernetes.kubeconfig import ADMIN
from sandbox.spec import SPEC

ROOT = Path(__file__).parents[2]
TIMEOUT_S = 10

Body = dict[str, Any]

VALID: dict[str, Body] = {
    "multichannel": {
        "displayTimeAxisDuration": 30,
        "nfftSelection": 1024,
        "displayInfo": {"height": 200},
        "channels": {"min": 11, "max": 109},
        "frequencyRange": {"min": 0, "max": SPEC.limits.frequency_max_hz},
        "start_time": None,
        "end_time": None,
        "view_type": "0",
    },
    "singlechannel": {
        "displayTimeAxisDuration": 30,
        "nfftSelection": 1024,
        "displayInfo": {"height": 200},
        "channels": {"min": 7, "max": 7},
        "frequencyRange": {"min": 0, "max": SPEC.limits.frequency_max_hz},
        "start_time": None,
        "end_time": None,
        "view_type": "1",
    },
    "waterfall": {
        "nfftSelection": 1,
        "displayInfo": {"height": 200},
        "channels": {"min": 11, "max": 109},
        "view_type": "2",
    },
}


class Running(RunningSandbox):
    """With a session of its own for the Focus Server."""

    def __init__(self, *options: str) -> None:
        super().__init__(*options)
        self.session = requests.Session()

    def stop(self) -> int:
        """Close the session too."""
        self.session.close()
        return super().stop()

    def focus(self, method: str, path: str, **arguments: Any) -> requests.Response:
        """Send a request to the Focus Server."""
        url = self.addresses["base_url"] + path
        return self.session.request(method, url, timeout=TIMEOUT_S, **arguments)

    def configure(self, body: Body) -> requests.Response:
        """POST a configuration."""
        return self.focus("POST", "/configure", json=body)

    def recorded_start(self) -> int:
        """An instant inside a recording."""
        now = int(time.time())
        ranges = self.focus(
            "POST",
            "/recordings_in_time_range",
            json={"start_time": now - 10 * 86_400, "end_time": now},
        ).json()
        return next(start for start, end in ranges if end - start > 3600) + 60


class Called(Running):
    """Started by the command line, as users start it."""

    forked = False


def changed(body: Body, changes: Body, removed: list[str]) -> Body:
    """A copy with dotted paths set or removed."""
    result = copy.deepcopy(body)
    for path, value in changes.items():
        parent, key = _parent(result, path)
        parent[key] = value
    for path in removed:
        parent, key = _parent(result, path)
        del parent[key]
    return result


def _parent(body: Body, path: str) -> tuple[Body, str]:
    *parents, key = path.split(".")
    for name in parents:
        body = body[name]
    return body, key


@pytest.fixture(scope="session")
def shared_sandbox() -> Iterator[Running]:
    running = Running("--job-life", "60s")
    yield running
    assert running.stop() == 0
    assert running.errors() == ""


@pytest.fixture(scope="module")
def module_sandbox_with_recorded_roles() -> Iterator[Running]:
    """Its account has the Roles that the answers of a real cluster were recorded with."""
    running = Running("--job-life", "60s", "--roles", str(ROLES))
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="session")
def shared_quick_sandbox() -> Iterator[Running]:
    running = Running("--job-life", "1s")
    yield running
    assert running.stop() == 0
    assert running.errors() == ""


@pytest.fixture
def quick_sandbox(shared_quick_sandbox: Running) -> Running:
    """A sandbox whose jobs live for a second, as it was at its start."""
    shared_quick_sandbox.control("POST", "/reset")
    return shared_quick_sandbox


@pytest.fixture
def sandbox(shared_sandbox: Running) -> Running:
    """A sandbox as it was at its start."""
    shared_sandbox.control("POST", "/reset")
    return shared_sandbox


@pytest.fixture
def start_sandbox() -> Iterator[Callable[..., Running]]:
    """Start further sandboxes; they are stopped at the end."""
    yield from starting(Running)


@pytest.fixture
def call_sandbox() -> Iterator[Callable[..., Running]]:
    """Start them by the command line, as users do."""
    yield from starting(Called)


def starting(kind: type[Running]) -> Iterator[Callable[..., Running]]:
    """Something that starts sandboxes of a kind; they are stopped when no more is asked for."""
    started: list[Running] = []

    def start(*options: str) -> Running:
        started.append(kind(*options))
        return started[-1]

    yield start
    for running in started:
        if running.process.poll() is None:
            running.stop()


@pytest.fixture(scope="session")
def valid() -> dict[str, Body]:
    """Valid live configurations by view."""
    return copy.deepcopy(VALID)


@pytest.fixture(scope="session")
def change() -> Callable[[Body, Body, list[str]], Body]:
    """Set and remove dotted paths of a body."""
    return changed


@pytest.fixture
def send_example(sandbox: Running) -> Callable[[Body], requests.Response]:
    """Send an entry of rule_examples.json, which breaks one rule and no other."""

    def send(example: Body) -> requests.Response:
        if "prr" in example:
            sandbox.control("PUT", "/prr", {"prr": example["prr"]})
        path = example.get("path", "/configure")
        if "raw" in example:
            headers = {"content-type": "application/json"}
            return sandbox.focus("POST", path, data=example["raw"], headers=headers)
        base = VALID[example.get("view", "multichannel")]
        if path != "/configure":
            base = {"start_time": 1_700_000_000, "end_time": 1_700_003_600}
        body = changed(base, example.get("set", {}), example.get("remove", []))
        return sandbox.focus("POST", path, json=body)

    return send


@pytest.fixture(scope="module")
def module_raw(shared_sandbox: Any) -> Iterator[Raw]:
    raw = Raw(Path(shared_sandbox.addresses["kubeconfig"]))
    yield raw
    raw.close()


@pytest.fixture
def raw(sandbox: Any, module_raw: Raw) -> Raw:
    """Requests of the restricted account to a sandbox that is as at its start."""
    assert sandbox
    return module_raw


@pytest.fixture
def admin(sandbox: Any) -> Iterator[Raw]:
    """Requests of the administrator."""
    raw = Raw(Path(sandbox.addresses["kubeconfig"]).with_name(ADMIN))
    yield raw
    raw.close()
