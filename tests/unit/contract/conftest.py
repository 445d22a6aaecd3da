"""What several engine tests start from: the logged job of 6 December 2025, and an environment."""

from dataclasses import replace
from typing import Any

import pytest

from focus_engine.environment import Environment, read_environment_file
from focus_engine.transport.reply import Reply

LOGGED_REQUEST: dict[str, Any] = {
    "displayTimeAxisDuration": 300,
    "nfftSelection": 1024,
    "displayInfo": {"height": 600},
    "channels": {"min": 1, "max": 50},
    "frequencyRange": {"min": 0, "max": 500},
    "start_time": 1764946703,
    "end_time": 1764953903,
    "view_type": "0",
}


@pytest.fixture
def logged_request() -> dict[str, Any]:
    return dict(LOGGED_REQUEST)


@pytest.fixture
def logged_response() -> dict[str, Any]:
    """The response as it was logged; its 256 doubles are i * (2000 / 1025) bit by bit."""
    return {
        "status": "",
        "frequencies_list": [i * (2000 / 1025) for i in range(256)],
        "lines_dt": 0.5,
        "channel_to_stream_index": {
            str(channel): 0 if channel <= 17 else 1 if channel <= 34 else 2
            for channel in range(1, 51)
        },
        "stream_amount": 3,
        "job_id": "1-1603",
        "frequencies_amount": 256,
        "channel_amount": 50,
        "stream_port": 12301,
        "stream_url": "http://192.0.2.7",
        "view_type": 0,
        "metadata": {"num_traces": 10000, "parent": {"prr": 2000, "parent": None}},
    }


@pytest.fixture
def environment() -> Environment:
    return Environment(
        name="sandbox",
        file=read_environment_file("sandbox"),
        base_url="http://127.0.0.1:9/focus-server",
        mongo_uri=None,
        kubeconfig=None,
        namespace="panda",
        stream_host=None,
        job_life=2.0,
    )


@pytest.fixture
def production(environment: Environment) -> Environment:
    return replace(environment, name="kefar_saba", file=read_environment_file("kefar_saba"))


@pytest.fixture
def reply_of():
    """A reply to POST /configure with the given status and body."""

    def make(status: int, body: str, described: str = "channels null") -> Reply:
        return Reply(
            method="POST",
            path="/configure",
            url="http://127.0.0.1:9/focus-server/configure",
            sent=b"{}",
            status=status,
            headers={"content-type": "application/json"},
            body=body.encode(),
            seconds=0.1,
            described=described,
        )

    return make
