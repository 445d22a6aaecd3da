"""The measuring client takes and refuses the same answers as the client of the cases."""

import pytest
import requests
from hostile_server import answering

from focus_engine.latency.planning.plan import MeasurementPlan, PreparedRequest
from focus_engine.latency.planning.schedule import constant
from focus_engine.latency.sampler.outcome import Outcome
from focus_engine.network.bounded_http import ask_once
from focus_engine.network.proxies import proxy_of

from .conftest import Run

OK = b"HTTP/1.1 200 OK\r\n"
END = b"Content-Length: 2\r\nConnection: close\r\n\r\nok"
ANSWERS = {
    "early hints": (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK + END, True),
    "a header of 20 000 bytes": (OK + b"X-Long: " + b"y" * 20_000 + b"\r\n" + END, True),
    "a header of 70 000 bytes": (OK + b"X-Long: " + b"y" * 70_000 + b"\r\n" + END, False),
    "90 headers": (OK + b"X-Some: y\r\n" * 90 + END, True),
    "200 headers": (OK + b"X-Some: y\r\n" * 200 + END, False),
    "a body that is cut": (OK + b"Content-Length: 10\r\n\r\nxx", False),
    "a chunk that is none": (OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", False),
    "a length below 0": (OK + b"Content-Length: -5\r\nConnection: close\r\n\r\nok", False),
    "a length that is text": (OK + b"Content-Length: many\r\nConnection: close\r\n\r\nok", False),
    "a length with a sign": (OK + b"Content-Length: +2\r\nConnection: close\r\n\r\nok", False),
    "two lengths": (OK + b"Content-Length: 3\r\n" + END, False),
    "an empty length": (OK + b"Content-Length:\r\nConnection: close\r\n\r\nok", False),
    "no length": (OK + b"Connection: close\r\n\r\nok", True),
    "bad gzip": (OK + b"Content-Encoding: gzip\r\n" + END, False),
}
ELSEWHERE = "http://focus-server.invalid/ack"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def measured(run_plan: Run, url: str, proxy: str | None = None) -> dict[Outcome, int]:
    plan = MeasurementPlan(
        (PreparedRequest("GET", url),), constant(20, 0.1), timeout=20.0, proxy=proxy
    )
    outcomes = run_plan(plan)[0].outcomes()
    return {outcome: count for outcome, count in outcomes.items() if count}


@pytest.mark.parametrize(("answer", "taken"), ANSWERS.values(), ids=ANSWERS)
def test_both_take_the_same_answers(run_plan, answer, taken):
    with answering([answer]) as url:
        if taken:
            assert ask_once("GET", url, timeout=20).ok
        else:
            with pytest.raises(requests.RequestException):
                ask_once("GET", url, timeout=20)
        assert measured(run_plan, url) == {Outcome.OK if taken else Outcome.CONNECTION: 2}


def test_both_go_through_the_proxy_that_the_environment_names(run_plan, monkeypatch):
    with answering([OK + END]) as proxy:
        monkeypatch.setenv("http_proxy", proxy)
        assert ask_once("GET", ELSEWHERE, timeout=20).ok
        assert measured(run_plan, ELSEWHERE, proxy_of(ELSEWHERE)) == {Outcome.OK: 2}


def test_no_proxy_holds_for_both(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "focus-server.invalid")
    assert proxy_of(ELSEWHERE) is None
    with pytest.raises(requests.ConnectionError, match="resolve"):
        ask_once("GET", ELSEWHERE, timeout=20)
