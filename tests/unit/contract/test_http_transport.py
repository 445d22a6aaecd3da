import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from http_server import Answering, serving

from focus_engine.environment import Environment
from focus_engine.ledger import JobLedger
from focus_engine.transport.client import FocusApi, connect
from focus_engine.transport.http_transport import BrokenAnswerError, no_answer, starts_job
from focus_engine.verdict import NotAllowed, ToolError


class Handler(Answering):
    """Answers by the body: what a test wants to see is what it sends."""

    def do_GET(self) -> None:
        self.send(200, b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        wanted = json.loads(body)
        if wanted.get("hang"):
            time.sleep(1.0)
        elif wanted.get("hang up"):
            self.close_connection = True
        else:
            page = b"<html>welcome</html>"
            answer = page if wanted.get("html") else json.dumps(wanted["answer"]).encode()
            self.send(wanted["status"], answer)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(Handler) as found:
        yield f"{found}/focus-server"


@pytest.fixture
def ledger(tmp_path: Path) -> JobLedger:
    return JobLedger(tmp_path / "ledger.sqlite")


@pytest.fixture
def api(address: str, environment: Environment, ledger: JobLedger) -> FocusApi:
    return connected(address, environment, ledger, patience=30.0)


@pytest.fixture
def impatient(address: str, environment: Environment, ledger: JobLedger) -> FocusApi:
    return connected(address, environment, ledger, patience=0.2)


def connected(
    address: str, environment: Environment, ledger: JobLedger, patience: float
) -> FocusApi:
    file = environment.file.model_copy(update={"request_timeout": patience})
    return connect(requests.Session(), replace(environment, base_url=address, file=file), ledger)


def configure(api: FocusApi, **wanted: object) -> None:
    api.configure(json.dumps(wanted).encode())


def test_a_started_job_is_recorded(api: FocusApi, ledger: JobLedger) -> None:
    configure(api, status=200, answer={"job_id": "3-12"})
    assert ledger.job_ids() == {"3-12"}
    assert not ledger.in_flight()


def test_it_is_known_what_started_a_job_and_when(api: FocusApi) -> None:
    before = time.perf_counter()
    configure(api, status=200, answer={"job_id": "3-13"})
    started = api.wire.started("3-13")
    assert started is not None
    assert before < started.sent_at < time.perf_counter()
    assert json.loads(started.body)["answer"] == {"job_id": "3-13"}
    assert api.wire.started("9-9") is None


def test_another_session_knows_what_started_a_job_of_the_same_server(
    api: FocusApi, environment: Environment, ledger: JobLedger
) -> None:
    configure(api, status=200, answer={"job_id": "3-14"})
    same = replace(environment, base_url=api.wire._environment.base_url)
    elsewhere = replace(environment, base_url="http://127.0.0.1:1/focus-server")
    assert connect(requests.Session(), same, ledger).wire.started("3-14") is not None
    assert connect(requests.Session(), elsewhere, ledger).wire.started("3-14") is None


@pytest.mark.parametrize("status", [400, 404, 422, 429])
def test_a_clear_refusal_frees_the_budget(api: FocusApi, ledger: JobLedger, status: int) -> None:
    configure(api, status=status, answer={"error": "channels"})
    assert ledger.alive() == 0


@pytest.mark.parametrize(("status", "job_id"), [(200, 3), (202, "3-12"), (201, 0)])
def test_a_job_of_any_name_and_success_is_recorded(
    api: FocusApi, ledger: JobLedger, status: int, job_id: object
) -> None:
    configure(api, status=status, answer={"job_id": job_id})
    assert ledger.job_ids() == {str(job_id)}
    assert ledger.alive() == 1


@pytest.mark.parametrize(
    ("status", "answer"),
    [(200, {}), (200, []), (202, {}), (204, {}), (302, {}), (400, {"job_id": "3-12"})]
    + [(status, {"error": "busy"}) for status in (408, 500, 502, 503, 504)],
)
def test_what_may_have_started_a_job_keeps_its_place(
    api: FocusApi, ledger: JobLedger, status: int, answer: object
) -> None:
    configure(api, status=status, answer=answer)
    assert ledger.alive() == 1
    assert not ledger.in_flight()
    assert bool(ledger.lost()) is (status < 300)


def test_a_success_in_html_keeps_its_place(api: FocusApi, ledger: JobLedger) -> None:
    configure(api, status=200, html=True)
    assert len(ledger.lost()) == 1


def test_a_raw_post_of_the_session_is_counted_too(api: FocusApi, ledger: JobLedger) -> None:
    body = {"status": 200, "answer": {"job_id": "4-1"}}
    api.session.post(f"{api.environment.base_url}/configure", json=body)
    assert "4-1" in ledger.job_ids()
    assert json.loads(api.sent_configurations()[-1].body) == body


def test_no_answer_in_time_is_the_products_and_the_job_may_live(
    impatient: FocusApi, ledger: JobLedger
) -> None:
    with pytest.raises(BrokenAnswerError, match=r"POST /focus-server/configure .* within 0\.2 s"):
        configure(impatient, hang=True)
    assert len(ledger.lost()) == 1
    assert impatient.sent_configurations()[-1].status is None


def test_a_closed_connection_is_the_products(api: FocusApi) -> None:
    with pytest.raises(BrokenAnswerError, match="closed the connection without an answer"):
        configure(api, **{"hang up": True})


def test_a_refused_connection_is_an_error_and_starts_nothing(
    environment: Environment, ledger: JobLedger
) -> None:
    api = connect(requests.Session(), environment, ledger)
    with pytest.raises(
        ToolError,
        match=r"ERROR: cannot reach http://127\.0\.0\.1:9: connection refused\. Is FOCUS_BASE_URL",
    ):
        configure(api, status=200, answer={})
    assert ledger.alive() == 0


def test_tls_against_plain_http_is_an_error(api: FocusApi) -> None:
    with pytest.raises(ToolError, match="no trusted TLS connection to https://127"):
        api.session.get(f"{api.environment.base_url.replace('http:', 'https:')}/ack")


def test_an_untrusted_certificate_says_what_to_do() -> None:
    request = requests.Request("GET", "https://host/focus-server/ack").prepare()
    error = requests.exceptions.SSLError(
        "(Caused by SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] "
        "certificate verify failed: self-signed certificate (_ssl.c:1006)')))"
    )
    assert str(no_answer(request, error, 1)) == (
        "ERROR: "
        "no trusted TLS connection to https://host: certificate verify failed: self-signed "
        "certificate. Give the server's CA by REQUESTS_CA_BUNDLE, or set tls.verify to false in "
        "the environment's file."
    )


def test_production_is_read_only(address: str, production: Environment, ledger: JobLedger) -> None:
    api = connect(requests.Session(), replace(production, base_url=address), ledger)
    assert api.ack().is_ok
    with pytest.raises(NotAllowed, match=r"NOT ALLOWED: POST .*'kefar_saba' is production"):
        api.recordings_in_time_range(1, 2)
    with pytest.raises(NotAllowed):
        configure(api, status=200, answer={})
    assert api.sent_configurations() == []


def test_an_environment_without_jobs_refuses_configure(api: FocusApi, ledger: JobLedger) -> None:
    allow = api.environment.file.allow.model_copy(update={"jobs": False})
    file = api.environment.file.model_copy(update={"allow": allow})
    jobless = connect(requests.Session(), replace(api.environment, file=file), ledger)
    with pytest.raises(NotAllowed, match="needs 'jobs'"):
        configure(jobless, status=200, answer={})


def test_credentials_are_masked_in_what_a_log_may_show(api: FocusApi) -> None:
    response = api.session.get(
        f"{api.environment.base_url}/ack", headers={"Authorization": "Bearer abc"}
    )
    assert response.request.headers["Authorization"] == "<masked>"


def test_the_measured_time_excludes_the_wait_for_the_budget(
    api: FocusApi, ledger: JobLedger
) -> None:
    file = api.environment.file.model_copy(update={"alive_jobs": 1})
    narrow = replace(api.environment, file=file, job_life=0.3)
    patient = connect(requests.Session(), narrow, ledger)
    body = json.dumps({"status": 200, "answer": {"job_id": "1-1"}}).encode()
    patient.configure(body)
    started = time.monotonic()
    reply = patient.configure(body)
    assert time.monotonic() - started - reply.seconds > 0.2


@pytest.mark.parametrize(
    ("method", "path", "starts"),
    [
        ("POST", "/focus-server/configure", True),
        ("POST", "/focus-server/configure/", True),
        ("POST", "/focus-server/config/t1", True),
        ("GET", "/focus-server/configure", False),
        ("POST", "/focus-server/config", False),
        ("POST", "/focus-server/recordings_in_time_range", False),
        ("DELETE", "/focus-server/job/configure", False),
    ],
)
def test_what_starts_a_job_is_known(method: str, path: str, starts: bool) -> None:
    request = requests.Request(method, f"http://host{path}").prepare()
    assert starts_job(request) is starts


def test_the_job_of_a_task_may_be_any(api: FocusApi, ledger: JobLedger) -> None:
    body = json.dumps({"status": 200, "answer": {"task_id": "t1"}}).encode()
    api.send("POST", "/config/t1", body)
    assert not ledger.job_ids()
    assert len(ledger.lost()) == ledger.alive() == 1


def test_a_job_that_is_asked_to_end_is_not_alive(api: FocusApi, ledger: JobLedger) -> None:
    configure(api, status=200, answer={"job_id": "1-1"})
    assert ledger.alive() == 1
    api.send("DELETE", "/job/1-1")
    assert ledger.alive() == 0
    assert ledger.job_ids() == {"1-1"}
    configure(api, status=200, answer={"job_id": "1-2"})
    assert ledger.alive_when_started("1-2") == []


def test_places_that_were_reserved_are_used_first(api: FocusApi, ledger: JobLedger) -> None:
    with api.wire.reserved(2):
        configure(api, status=200, answer={"job_id": "1-1"})
        assert ledger.alive() == 2
    assert ledger.alive() == 1


ABUSIVE = [
    "/metadata/1-1' OR '1'='1",
    '/metadata/{"$ne": null}',
    "/metadata/<script>alert(1)<script>",
    "/metadata/%3Cb%3E",
    "/metadata/" + "9" * 2000,
    "/metadata/..%2f..%2fetc",
    "/metadata/$(sleep 5)",
    "/metadata/a;b",
    "/channels?x=%00",
    "/channels?x=`id`",
    "/metadata/ü",
]


@pytest.mark.parametrize("path", ABUSIVE)
def test_abuse_by_get_needs_the_permission(
    address: str, production: Environment, environment: Environment, ledger: JobLedger, path: str
) -> None:
    read_only = connect(requests.Session(), replace(production, base_url=address), ledger)
    with pytest.raises(NotAllowed, match=r"NOT ALLOWED: GET .* needs 'abuse'"):
        read_only.send("GET", path)
    with pytest.raises(NotAllowed):
        read_only.session.get(f"{address}{path}")
    assert connect(requests.Session(), replace(environment, base_url=address), ledger).send(
        "GET", path
    )


def test_an_operator_of_a_database_needs_the_permission(
    address: str, environment: Environment, ledger: JobLedger
) -> None:
    allow = environment.file.allow.model_copy(update={"abuse": False})
    gentle = replace(environment, file=environment.file.model_copy(update={"allow": allow}))
    api = connect(requests.Session(), replace(gentle, base_url=address), ledger)
    with pytest.raises(NotAllowed, match=r"NOT ALLOWED: POST .* needs 'abuse'"):
        api.send("POST", "/configure", b'{"status": 422, "answer": {"$gt": 0}}')
    assert api.send("POST", "/configure", b'{"status": 422, "answer": "5 $"}').status == 422


@pytest.mark.parametrize("path", ["/ack", "/metadata/0-0", "/metadata/-1-1", "/metadata/1.5-1"])
def test_what_a_client_sends_needs_none(
    address: str, production: Environment, ledger: JobLedger, path: str
) -> None:
    api = connect(requests.Session(), replace(production, base_url=address), ledger)
    assert api.send("GET", path).is_ok
    with pytest.raises(NotAllowed, match="'abuse'"):
        api.session.get(f"{address}{path}", headers={"Accept": "x" * 5000})
