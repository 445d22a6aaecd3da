"""Nothing that a run writes holds a secret or foreign markup, however it fails."""

import base64
import json
import re
import zlib
from pathlib import Path

import pytest
from hostile_server import answering
from small_project import Done, Project

SECRET = "hunter2-of-ours"  # noqa: S105 - an invented one
KUBECONFIG = f"""apiVersion: v1
kind: Config
current-context: here
contexts:
- name: here
  context: {{cluster: here, user: me}}
clusters:
- name: here
  cluster: {{server: "http://127.0.0.1:9"}}
users:
- name: me
  user:
    token: {SECRET}
    password: {SECRET}
"""
EXCLUSIVE = "*** Settings ***\nTest Tags    exclusive\n\n"
FAILING = """\
*** Test Cases ***
The Address In A Message
    Fail    cannot reach %{FOCUS_BASE_URL} as %{FOCUS_MONGO_URI=none} by %{https_proxy=none}

The Kubeconfig In A Message
    Fail    it is %{FOCUS_KUBECONFIG=none}

In The Log
    Log Many    %{FOCUS_BASE_URL}    %{FOCUS_MONGO_URI=none}    %{FOCUS_KUBECONFIG=none}
    ${address}    Set Variable    %{FOCUS_BASE_URL}
    Log    <b>%{FOCUS_BASE_URL}</b>    html=True
    Log    ${address}    level=WARN
    Run Keyword    Fail    ${address}

In A Header
    ${url}    Set Variable    %{FOCUS_BASE_URL}
    Evaluate    requests.get($url, headers={'Authorization': 'Bearer ' + $TOKEN + '\\n'})
    ...    modules=requests

In A Teardown
    No Operation
    [Teardown]    Fail    %{FOCUS_BASE_URL}
"""


def answer(version: str) -> bytes:
    body = json.dumps({"sw_version": version}).encode()
    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
    return head + body


def written(folder: Path) -> dict[str, str]:
    """Every file of the results, with what log.html holds in compressed form."""
    texts = {}
    for path in (path for path in folder.rglob("*") if path.is_file()):
        text = path.read_bytes().decode("utf-8", "replace")
        packed = re.findall(r'"\*?(eN[\w+/=]{20,})"', text)
        texts[path.name] = text + "".join(_unpacked(each) for each in packed)
    return texts


def _unpacked(text: str) -> str:
    try:
        return zlib.decompress(base64.b64decode(text)).decode("utf-8", "replace")
    except (ValueError, zlib.error):
        return ""


def assert_nothing_told(project: Project, done: Done) -> None:
    assert SECRET not in done.console
    encoded = base64.b64encode(SECRET.encode()).decode()
    for name, text in written(project.results).items():
        found = re.search(f".{{0,80}}({SECRET}|{encoded}).{{0,30}}", text)
        assert found is None, (name, found)


@pytest.fixture
def server():
    with answering([answer("11.17")]) as address:
        yield address.removeprefix("http://")


@pytest.mark.parametrize(
    ("broken", "head"), [("", ""), (" \n", EXCLUSIVE)], ids=["in parallel", "blanks, alone"]
)
def test_a_failing_run_tells_no_secret(project, tmp_path, server, broken, head):
    suites = ("one", "two") if not head else ("one",)
    for name in suites:
        project.suite(f"1__alignment/{name}.robot", head + FAILING)
    kubeconfig = tmp_path / "config"
    kubeconfig.write_text(KUBECONFIG, encoding="utf-8")
    done = project.focus(
        *("run", "--", "-v", f"TOKEN:{SECRET}"),
        FOCUS_ENVIRONMENT="staging",
        FOCUS_BASE_URL=f"http://me:{SECRET}@{server}/focus-server{broken}",
        FOCUS_MONGO_URI=f"mongodb://me:{SECRET}@127.0.0.1:9/db{broken}",
        FOCUS_TOXIPROXY_URL=f"http://me:{SECRET}@127.0.0.1:9{broken}",
        FOCUS_KUBECONFIG=str(kubeconfig),
        https_proxy=f"http://me:{SECRET}@127.0.0.1:9",
    )
    assert done.code == 5 * len(suites), done.console
    assert_nothing_told(project, done)
    assert "***@" in done.console


BLOCK = KUBECONFIG.replace(f"token: {SECRET}", f"token: >-\n      {SECRET}").replace(
    f"    password: {SECRET}\n", ""
)
REPEATED = f"""\
*** Test Cases ***
What A Server Repeats
    Evaluate    focus_engine.kubernetes.connection.api_client(os.environ.get('FOCUS_KUBECONFIG'))
    ...    modules=focus_engine.kubernetes.connection, os
    ${{said}}    Evaluate    '{SECRET[:5]}' + '{SECRET[5:]}'
    Log    the token ${{said}} is expired    WARN
    Fail    500 etcd: bad ${{said}}
"""


def test_what_a_server_repeats_of_what_a_run_signs_in_with_is_not_told(project, tmp_path, server):
    """Each secret is the only thing by which the process that writes can know it."""
    kubeconfig = tmp_path / "config"
    for secret, held in ((SECRET, KUBECONFIG.replace(SECRET, "another")), ("", BLOCK)):
        kubeconfig.write_text(held, encoding="utf-8")
        project.suite("1__alignment/one.robot", REPEATED)
        project.suite("1__alignment/two.robot", REPEATED)
        done = project.focus(
            "run",
            FOCUS_ENVIRONMENT="staging",
            FOCUS_BASE_URL=f"http://{server}/focus-server",
            FOCUS_KUBECONFIG=str(kubeconfig),
            FOCUS_TOKEN=secret,
        )
        assert done.code == 2, done.console
        assert "500 etcd: bad ***" in done.console
        assert_nothing_told(project, done)


def test_a_redirect_that_repeats_the_token_does_not_tell_it(judged):
    head = f"HTTP/1.1 302 Found\r\nLocation: http://{SECRET}.example/?t={SECRET}\r\n"
    with answering([f"{head}Content-Length: 0\r\nConnection: close\r\n\r\n".encode()]) as address:
        said = judged(FOCUS_BASE_URL=f"{address}/focus-server", FOCUS_TOKEN=SECRET)
    assert "a redirect (302) to http://***.example" in said
    assert SECRET not in said


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (f"/focus-server;id={SECRET}", "ends with '/focus-server' and a parameter after ';'"),
        (f"/focus-server;{SECRET}", "ends with '/focus-server' and a parameter after ';'"),
        (f"/{SECRET}/focus-server", "ends with '/focus-server' and has more before it"),
        (f"/a;id={SECRET}/focus-server", "ends with '/focus-server' and has more before it"),
        (f"/focus-server/{SECRET}", "ends with another path"),
        (f"/{SECRET}/focus", "ends with '/focus'"),
        ("", "has nothing after the host"),
    ],
)
def test_of_a_wrong_path_the_last_word_is_told(judged, path, told):
    said = judged(FOCUS_BASE_URL=f"http://127.0.0.1:9{path}")
    assert f"FOCUS_BASE_URL {told}, but the server of environment 'staging'" in said
    assert "below '/focus-server'" in said
    assert SECRET not in said


@pytest.mark.parametrize(
    ("given", "scheme", "meant"),
    [
        (("HTTP_PROXY",), "http", "HTTP_PROXY"),
        (("HTTPS_PROXY", "http_proxy"), "http", "http_proxy"),
        (("HTTP_PROXY", "http_proxy"), "http", "http_proxy"),
        (("HTTPS_PROXY",), "https", "HTTPS_PROXY"),
        (("ALL_PROXY",), "https", "ALL_PROXY"),
        (("all_proxy", "HTTP_PROXY"), "http", "HTTP_PROXY"),
        (("all_proxy", "HTTP_PROXY"), "https", "all_proxy"),
    ],
)
def test_the_proxy_that_is_wrong_is_named_by_its_variable(
    judged, monkeypatch, given, scheme, meant
):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    proxies = dict.fromkeys(given, f"http://me:{SECRET}@127.0.0.1:9")
    said = judged(FOCUS_BASE_URL=f"{scheme}://focus.invalid/focus-server", **proxies)
    assert f"Correct {meant}, or name the host in NO_PROXY." in said
    assert SECRET not in said


OF_THE_SYSTEM = {
    "FOCUS_BASE_URL": f"http://me:{SECRET}#@127.0.0.1:9",
    "FOCUS_MONGO_URI": f"mongodb://me:{SECRET}/@127.0.0.1:9/db",
    "FOCUS_TOXIPROXY_URL": f"http//me:{SECRET}@127.0.0.1:9",
    "FOCUS_KUBECONFIG": KUBECONFIG,
    "FOCUS_STREAM_TIMEOUT": SECRET,
    "FOCUS_STREAM_HOST": f"me:{SECRET}@host",
    "FOCUS_AMQP_URI": f"amqp://me:{SECRET}@host:x",
    "FOCUS_NAMESPACE": f"{SECRET}/x",
    "FOCUS_JOB_LIFE": SECRET,
    "FOCUS_STREAM_PORT_BASE": SECRET,
    "FOCUS_THRESHOLDS": SECRET,
}
READ_LATER = {  # robot itself executes its cases
    "FOCUS_REQUIREMENTS": SECRET,
    "FOCUS_CLIENT_SETTINGS": SECRET,
    "FOCUS_PZ_FILES": SECRET,
    "FOCUS_PZ_PROFILE": SECRET,
    "FOCUS_RUN_ID": f"{SECRET}:",
    "FOCUS_TOKEN": f"{SECRET}\xe9",
}
UNREACHABLE = ("FOCUS_BASE_URL", f"https://me:{SECRET}@127.0.0.1:9/focus-server")
WRONG = [
    *(OF_THE_SYSTEM | READ_LATER).items(),
    UNREACHABLE,
    ("FOCUS_BASE_URL", f"me:{SECRET}@127.0.0.1:9"),
    ("FOCUS_KUBECONFIG", base64.b64encode(KUBECONFIG.encode()).decode()),
    ("FOCUS_SEED", SECRET),
]


@pytest.mark.parametrize(("name", "text"), WRONG, ids=lambda each: each[:20])
def test_what_is_wrong_is_named_and_not_told(judged, server, name, text):
    said = judged(**{"FOCUS_BASE_URL": f"http://{server}/focus-server", name: text})
    assert name in said
    assert SECRET not in said


@pytest.mark.parametrize(
    ("way", "given"),
    [
        *((way, given) for way in ("focus", "robot") for given in (OF_THE_SYSTEM, READ_LATER)),
        ("robot", dict([UNREACHABLE])),
        ("focus", dict([UNREACHABLE])),
        ("focus", {"FOCUS_SEED": SECRET}),  # which the runner reads itself
    ],
)
def test_a_run_with_what_is_wrong_tells_no_secret(project, server, way, given):
    project.suite("1__alignment/one.robot", FAILING)
    base = f"http://{server}/focus-server"
    variables = {"FOCUS_ENVIRONMENT": "staging", "FOCUS_BASE_URL": base, **given}
    if way == "focus":
        done = project.focus("run", **variables)
        assert [name for name in given if name not in done.console] == []
    else:
        done = project.module(
            *("robot", "--outputdir", "results", "-A", "robot.args", "robot"), **variables
        )
    assert done.code != 0
    assert "Traceback" not in done.console
    assert_nothing_told(project, done)


FOREIGN = {
    "links and very long": "[javascript:alert(1)|11.17] [http://picture.example/x.png|11.17] "
    "http://picture.example/x.png " + "1" * 100_000,
    "a table and controls": "| http://picture.example/x.png | \x1b[31m11.17 | 11\x00.17 |",
}


@pytest.mark.parametrize("version", FOREIGN.values(), ids=FOREIGN)
def test_the_version_of_the_server_is_shown_as_text(project, version):
    project.suite(
        "1__alignment/one.robot", EXCLUSIVE + "*** Test Cases ***\nOne\n    Fail    it failed\n"
    )
    with answering([answer(version)]) as address:
        done = project.focus(
            "run", FOCUS_ENVIRONMENT="staging", FOCUS_BASE_URL=f"{address}/focus-server"
        )
    assert done.code == 1, done.console
    texts = written(project.results)
    assert {"log.html", "report.html", "xunit.xml", "output.xml"} <= set(texts)
    for text in (*texts.values(), done.console):
        assert "\x1b" not in text
        assert not re.search(r"href=.{0,3}javascript:alert|<img[^>]*picture.example", text)
        assert "1" * 1000 not in text


def test_half_a_character_is_no_answer_of_a_focus_server(judged):
    with answering([answer("11.17\ud800")]) as address:
        assert "is no Focus Server" in judged(FOCUS_BASE_URL=f"{address}/focus-server")
