"""Addresses from the environment: one grammar, and the sandbox on this machine only."""

import pytest
from fuzzing import fuzzed
from hypothesis import given
from hypothesis import strategies as st
from urllib3.util import parse_url

from focus_engine.network.addresses import (
    http_address,
    is_loopback,
    places_of_mongo,
    require_loopback,
    scheduler_address,
)
from focus_engine.network.hosts import hosts_in
from focus_engine.verdict import ToolError

SECRET = "hunter2-of-ours"  # noqa: S105 - an invented one

ELSEWHERE = [
    "http://192.0.2.7/x",
    "http://127.0.0.1.example/x",
    "http://localhost.example",
    "http://h\\@127.0.0.1",
    "http://127.0.0.1@192.0.2.7/",
    "http://192.0.2.7#@127.0.0.1",
    "http://192.0.2.7?@127.0.0.1",
    "http://0x7f000001",
    "http://2130706433",
    "http://0.0.0.0",
    "http://[::]:80",
    "http://[fe80::1%25eth0]",
    "http://127.0.0.1:80:90/",
    "http://127.0.0.1\t.example",
    "http:/\\192.0.2.7",
    "mongodb://127.0.0.1:1,192.0.2.7:2/db",
    "mongodb://me:x@192.0.2.7,127.0.0.1/db",
    "mongodb://127.0.0.1:1,localhost.example/db",
    "mongodb+srv://localhost/db",
    "mongodb://%2Ftmp%2Fsocket.sock",
    "192.0.2.7:80",
    "127.0.0.1.example",
    "127.0.0.1@192.0.2.7",
    "",
]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_what_may_lead_elsewhere_is_refused(address):
    with pytest.raises(ToolError, match="FOCUS_X"):
        require_loopback("FOCUS_X", address)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:80/focus-server",
        "https://me:secret@[::1]:1/x",
        "http://localhost",
        "mongodb://me:p%40ss@127.0.0.1:1,localhost:2,[::1]/db?replicaSet=rs0",
        "127.8.9.10:80",
        "localhost",
        "[::1]:5",
    ],
)
def test_this_machine_is_allowed(address):
    require_loopback("FOCUS_X", address)


def test_a_name_is_judged_by_where_it_leads(monkeypatch):
    monkeypatch.setattr("socket.getaddrinfo", lambda *_: [(0, 0, 0, "", ("192.0.2.7", 0))])
    assert not is_loopback("localhost")


NUMBERS = ["2130706433", "0x7f.1", "127.1", "010.0.0.1", "0X7F.0.0.1", "0", "1.2.3.4.", "a.b.1"]


@pytest.mark.parametrize("host", NUMBERS)
def test_a_number_that_clients_read_differently_is_no_host(host):
    for address in (f"http://{host}:80/x", f"http://u:p@{host}"):
        with pytest.raises(ToolError, match="an IPv4 address is four numbers"):
            http_address("FOCUS_X", address, "http://HOST")
    with pytest.raises(ToolError, match="an IPv4 address is four numbers"):
        places_of_mongo("FOCUS_X", f"mongodb://ok,{host}:1/db")


@pytest.mark.parametrize(
    ("address", "hosts"),
    [
        ("http://[::FFFF:10.20.30.40]:80", {"10.20.30.40"}),
        ("mongodb://u:p@[::ffff:a14:1e28],A.example.:1/d", {"10.20.30.40", "a.example"}),
        ("2001:DB8:0::7", {"2001:db8::7"}),
        ("http://[2001:0db8::0007]", {"2001:db8::7"}),
    ],
)
def test_a_host_has_one_form(address, hosts):
    assert hosts_in(address) == hosts


@pytest.mark.parametrize("around", ["", " ", "\n", "\r\n\t"])
def test_blanks_around_an_address_are_stripped(around):
    text = f"{around}http://host:1/focus-server/{around}"
    assert http_address("FOCUS_X", text, "…") == "http://host:1/focus-server"


@pytest.mark.parametrize(
    "text",
    [
        f"http://me:{SECRET}#@host",
        f"http://me:{SECRET}/x@host",
        f"me:{SECRET}@host",
        f"ftp://me:{SECRET}@host",
        f"http://me:{SECRET}@host:99999",
        f"http://host\nhttp://me:{SECRET}@host",
        f"http://me:{SECRET}@host/x?y",
        f"http://{SECRET}@",
    ],
)
def test_what_is_no_address_is_not_quoted(text):
    with pytest.raises(ToolError, match="FOCUS_X") as caught:
        http_address("FOCUS_X", text, "https://HOST")
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("http://host:99999/x", "its port is no number of 1 to 65535"),
        ("http://host:/x", "its port is no number"),
        ("http://host:eighty", "its port is no number"),
        ("http://[::1", "stands in brackets"),
        ("http://[host]", "stands in brackets"),
        ("http://fe80::1/x", "stands in brackets"),
        ("http:///x", "names no host"),
        ("http://ho<>st", "a character that cannot stand there"),
        ("http://host\x07/x", r"cannot be seen \(U\+0007\)"),
        ("http://ho\u200bst/x", r"cannot be seen \(U\+200B\)"),
        ("host:80/x", "no http:// or https://"),
        ("http://me:a/b@host", "written as %2F"),
    ],
)
def test_what_is_wrong_with_an_address_is_named(text, reason):
    with pytest.raises(ToolError, match=reason):
        http_address("FOCUS_X", text, "https://HOST")


@pytest.mark.parametrize(
    "text",
    [f"mongodb://me:{SECRET}@@host", f"mongodb://me:{SECRET}/x@host", f"{SECRET}", "mongodb://"],
)
def test_what_is_no_database_is_not_quoted(text):
    with pytest.raises(ToolError, match="FOCUS_X") as caught:
        places_of_mongo("FOCUS_X", text)
    assert SECRET not in str(caught.value)


PARTS = st.sampled_from([*"@:/\\?#[]%.\t ", "http://", "127.0.0.1", "a.example", "localhost", "80"])


@fuzzed
@given(st.lists(PARTS, max_size=8).map("".join) | st.text(max_size=20))
def test_what_is_let_through_is_what_the_client_dials(text):
    try:
        require_loopback("FOCUS_X", f"http://{text}")
    except ToolError:
        return
    dialled = parse_url(f"http://{text}").host
    assert is_loopback(dialled.strip("[]"))


@pytest.mark.parametrize(
    "text",
    ["evil", "h:99999", "tcp://[::1", "http://h:1", "tcp://u:geheim@h:x", "h:\u0663", "h :1"],
)
def test_a_scheduler_that_is_none_is_refused_and_not_quoted(text):
    with pytest.raises(ToolError, match="FOCUS_X") as refused:
        scheduler_address("FOCUS_X", text)
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize("text", ["h:8786", "tcp://127.0.0.1:8786", "tls://[::1]:8786"])
def test_a_scheduler_is_taken_as_it_is(text):
    assert scheduler_address("FOCUS_X", f" {text}\n") == text
