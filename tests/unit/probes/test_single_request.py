"""One request is one attempt, and says in numbers and classes what came of it."""

import threading
import time
from dataclasses import replace

import pytest
from waiting import wait_until

from focus_engine.declared.permission import Permission
from focus_engine.probes.single_request import Asked, NoAnswer, ask_once
from focus_engine.verdict import NotAllowed, ToolError

CONFIGURE = Asked("POST", "/configure", b"{}")
ACK = Asked("GET", "/ack")


def http(status: str, body: bytes = b"{}", *headers: str) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*head, "", ""]).encode() + body


def test_an_answer_is_a_number_and_its_time(server, environment, ledger) -> None:
    answer = ask_once(environment, ledger, ACK, 2.0)
    assert (answer.status, answer.error) == (200, None)
    assert answer.seconds > 0
    assert server.received[0].startswith(b"GET /focus-server/ack ")


@pytest.mark.parametrize("status", ["503 Service Unavailable", "500 X", "429 Too Many Requests"])
def test_what_others_would_repeat_is_sent_once(server, environment, ledger, status) -> None:
    server.reply = http(status)
    answer = ask_once(environment, ledger, CONFIGURE, 2.0)
    assert answer.status == int(status[:3])
    assert len(server.received) == 1


def test_a_redirect_is_an_answer(server, environment, ledger) -> None:
    server.reply = http("307 Temporary Redirect", b"", f"Location: {server.address}/elsewhere")
    assert ask_once(environment, ledger, ACK, 2.0).status == 307
    assert len(server.received) == 1


def test_silence_ends_at_the_deadline(server, environment, ledger) -> None:
    server.reply = None
    began = time.monotonic()
    answer = ask_once(environment, ledger, CONFIGURE, 0.3)
    assert time.monotonic() - began < 30
    assert (answer.status, answer.error) == (None, NoAnswer.TIMEOUT)
    assert answer.seconds >= 0.3
    assert answer.in_words == "gave no answer within 0.3 s"
    assert len(ledger.lost()) == 1  # a job may have been started


def test_silence_within_the_body_is_a_timeout_too(server, environment, ledger) -> None:
    with_more_to_come = http("200 OK", b"{" + b" " * 9)[:-5]
    server.reply = None

    def send_head() -> None:
        wait_until(lambda: server.held, "the request has come")
        server.held[0].sendall(with_more_to_come)

    threading.Thread(target=send_head, daemon=True).start()
    assert ask_once(environment, ledger, ACK, 0.4).error is NoAnswer.TIMEOUT


@pytest.mark.parametrize("reply", [b"", b"SSH-2.0-nothing\r\n", http("200 OK", b"{} ")[:-2]])
def test_a_broken_connection_is_of_class_http(server, environment, ledger, reply) -> None:
    server.reply = reply
    answer = ask_once(environment, ledger, ACK, 2.0)
    assert answer.error is NoAnswer.HTTP
    assert len(server.received) == 1


def test_a_refused_connection_is_not_a_status(elsewhere, ledger) -> None:
    """port=5000 in a message must never be taken for the status 500."""
    answer = ask_once(elsewhere("http://127.0.0.1:9/focus-server"), ledger, CONFIGURE, 2.0)
    assert (answer.status, answer.error) == (None, NoAnswer.REFUSED)
    assert "connection refused" in answer.in_words
    assert not ledger.lost()


def test_a_host_that_nobody_knows_is_an_error(elsewhere, ledger) -> None:
    with pytest.raises(ToolError, match="host name"):
        ask_once(elsewhere("http://no-such-host.invalid/focus-server"), ledger, ACK, 2.0)


def test_a_job_is_entered_in_the_ledger(server, environment, ledger) -> None:
    server.reply = http("200 OK", b'{"job_id": "3-17"}')
    ask_once(environment, ledger, CONFIGURE, 2.0)
    assert ledger.job_ids() == {"3-17"}


def test_what_the_environment_does_not_allow_is_not_sent(server, environment, ledger) -> None:
    allow = environment.file.allow.model_copy(update={Permission.JOBS.value: False})
    file = environment.file.model_copy(update={"allow": allow})
    with pytest.raises(NotAllowed, match="needs 'jobs'"):
        ask_once(replace(environment, file=file), ledger, CONFIGURE, 2.0)
    assert server.received == []
