"""Whatever is wrong is said in one sentence, before anything is executed."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

import pytest
from http_server import Answering, serving
from small_project import Done, Project


@pytest.fixture
def http_server() -> Iterator[int]:
    """The port of a server that speaks no TLS."""
    with serving(SimpleHTTPRequestHandler) as found:
        yield int(found.rpartition(":")[2])


URL = "http://127.0.0.1:9/focus-server"


def _refused(done: Done, *said: str) -> None:
    assert done.code == 252, done.console
    assert "Traceback" not in done.console
    for words in said:
        assert words in done.console


def test_unknown_environment(project: Project) -> None:
    done = project.focus("run", "--environment", "stagin")
    _refused(done, "'stagin' is not known", "kefar_saba, sandbox, staging. Is staging meant?")


def test_what_nothing_matches_names_what_is_near(project: Project) -> None:
    row = "*** Test Cases ***\nFormer limit\n    [Tags]    smoke\n    No Operation\n"
    project.suite("1__alignment/server_answers.robot", row)
    given = ["--suite=server_answer", "--test", "Former limi", "-i", "smok", "-t", "quite other"]
    _refused(
        project.focus("run", "--", *given),
        "nothing matches the chosen suites, cases and tags. Is 'Server Answers' meant by "
        "'server_answer'? Is 'Former limit' meant by 'Former limi'? Is 'smoke' meant by 'smok'?\n",
    )


@pytest.mark.parametrize("way", [["--", "-v", "ENVIRONMENT:moon"], ["--", "-vENVIRONMENT:moon"]])
def test_unknown_environment_as_robot_variable(project: Project, way: list[str]) -> None:
    _refused(project.focus("run", *way, FOCUS_ENVIRONMENT="staging"), "'moon' is not known")


def test_option_beats_variable_beats_environment(project: Project) -> None:
    given = ["--environment", "moon", "--", "--variable", "ENVIRONMENT:mars"]
    _refused(project.focus("run", *given, FOCUS_ENVIRONMENT="venus"), "'moon' is not known")


def test_environment_without_address(project: Project) -> None:
    done = project.focus("run", "--environment", "staging", FOCUS_RUN_ID="a ")
    _refused(done, "set FOCUS_BASE_URL", "FOCUS_RUN_ID has blanks or line breaks")
    assert "ERROR:" not in done.console


def test_unreachable_server(project: Project) -> None:
    url = "http://127.0.0.1:9/focus-server"
    done = project.focus("run", "--environment", "staging", FOCUS_BASE_URL=url)
    _refused(done, "no answer from http://127.0.0.1:9", "connection refused", "FOCUS_BASE_URL")
    assert "Error" not in done.console.removeprefix("focus.py")  # no names of classes


def test_tls_failure(project: Project, http_server: int) -> None:
    url = f"https://127.0.0.1:{http_server}/focus-server"
    done = project.focus("run", FOCUS_BASE_URL=url)
    _refused(done, "no answer from https://127.0.0.1", "does not speak TLS", "write http://")


FOREIGN = {
    "page": (200, "text/html", b"<html>Welcome</html>", "no Focus Server", "200 (text/html)"),
    "other JSON": (200, "application/json", b'{"status": "ok"}', "no Focus Server", "json"),
    "list": (200, "application/json", b"[]", "no Focus Server", "json"),
    "nothing there": (404, "application/json", b'{"detail":"Not Found"}', "no Focus", "404"),
    "sign-in page": (
        302,
        "text/html",
        b"",
        "redirect (302) to http://login.example.org",
        "sign-in",
    ),
    "permanent": (308, "text/html", b"", "redirect (308)", "which is not followed"),
    "proxy": (407, "text/html", b"", "by a proxy that wants a sign-in", "NO_PROXY"),
    "sign-in": (401, "text/html", b"", "wants a sign-in", "FOCUS_BASE_URL"),
}
FOCUS_SERVERS = {
    "healthy": {"/live_metadata": (200, {"prr": 1.0})},
    "without metadata": {"/channels": (200, {"lowest_channel": 1, "highest_channel": 2})},
    "with OpenAPI alone": {"/openapi.json": (200, {"paths": {"/focus-server/configure": {}}})},
    "that fails": {path: (500, {}) for path in ("/live_metadata", "/channels", "/openapi.json")},
}


@contextmanager
def answering(answer: Callable[[str], tuple[int, str, bytes]]) -> Iterator[str]:
    """The address of a server whose answers are made of the path."""

    class Handler(Answering):
        def do_GET(self) -> None:
            status, kind, body = answer(self.path)
            sign_in = "http://login.example.org/sign-in?secret=1"
            self.send(status, body, kind, Location=sign_in)

    with serving(Handler) as found:
        yield found


@pytest.mark.parametrize("kind", FOREIGN)
@pytest.mark.parametrize("command", ["focus.py", "robot"])
def test_what_is_no_focus_server(project: Project, kind: str, command: str) -> None:
    status, content, body, *says = FOREIGN[kind]
    project.suite("1__alignment/one.robot", "*** Test Cases ***\nRow\n    No Operation\n")
    with answering(lambda _path: (status, content, body)) as url:
        given = {"FOCUS_BASE_URL": f"{url}/focus-server", "FOCUS_ENVIRONMENT": "staging"}
        if command == "focus.py":
            _refused(project.focus("run", **given), *says)
            return
        words = ("--outputdir", "results", "-A", "robot.args", "robot")
        done = project.module("robot", *words, **given)
    (case,) = project.outcome().cases.values()
    assert done.code == 1
    assert case.message.startswith("ERROR: ")
    assert all(said in case.message for said in says)


@pytest.mark.parametrize("kind", FOCUS_SERVERS)
def test_what_is_a_focus_server_though_broken(project: Project, kind: str) -> None:
    def answer(path: str) -> tuple[int, str, bytes]:
        path = path.removeprefix("/focus-server")
        status, body = FOCUS_SERVERS[kind].get(path, (404, {"detail": "Not Found"}))
        return status, "application/json", json.dumps(body).encode()

    project.suite("1__alignment/one.robot", "*** Test Cases ***\nRow\n    No Operation\n")
    with answering(answer) as url:
        done = project.focus("run", FOCUS_BASE_URL=f"  {url}/focus-server\n")
    assert done.code == 0, done.console
    assert "FOCUS_BASE_URL has blanks or line breaks around its value" in done.console


@pytest.mark.parametrize("path", ["", "/", "/focus", "/focus-server/v1"])
def test_an_address_without_the_prefix(project: Project, path: str) -> None:
    url = f"http://127.0.0.1:9{path}"
    done = project.focus("run", "--environment", "staging", FOCUS_BASE_URL=url)
    _refused(done, "http://127.0.0.1:9/focus-server", "answers below '/focus-server'", "'prefix'")


HOSTS = {
    "production under another name": ("staging", "http://focus.example.org", "is production"),
    "… in capitals": ("staging", "http://FOCUS.example.org:80", "is production"),
    "… by a pattern": ("staging", "http://a.live.example.org", "is production"),
    "… wrapped in IPv6": ("staging", "http://[::ffff:127.0.0.7]", "is production"),
    "… as the sandbox": ("sandbox", "http://focus.example.org", "is production"),
    "… by its address": ("staging", "http://127.0.0.7", "is production"),
    "another host under production": ("kefar_saba", "http://127.0.0.1", "none of environment"),
    "database of production": ("staging", "mongodb://u:p@x,focus.example.org:1/d", "is production"),
}


@pytest.mark.parametrize("kind", HOSTS)
def test_a_name_and_an_address_that_do_not_fit(project: Project, kind: str) -> None:
    name, address, says = HOSTS[kind]
    file = project.root / "variables" / "environments" / "kefar_saba.yaml"
    hosts = "hosts: [focus.example.org, '*.live.example.org', 127.0.0.7]\n"
    file.write_text(file.read_text(encoding="utf-8") + hosts, encoding="utf-8")
    given = {"FOCUS_BASE_URL": f"{address}/focus-server"}
    if address.startswith("mongodb"):
        given = {"FOCUS_BASE_URL": "http://127.0.0.1:9/focus-server", "FOCUS_MONGO_URI": address}
    _refused(project.focus("run", "--environment", name, **given), says, "'kefar_saba'")


def test_sandbox_with_an_address_that_is_not_loopback(project: Project) -> None:
    done = project.focus("run", FOCUS_BASE_URL="http://192.0.2.1/focus-server")
    _refused(done, "accepts loopback addresses only")


def test_malformed_settings(project: Project, tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text(json.dumps({"Constraints": {}}), encoding="utf-8")
    done = project.focus("run", FOCUS_CLIENT_SETTINGS=str(file))
    _refused(done, str(file), "key 'Constraints.SensorsRange' is missing")


def test_malformed_thresholds(project: Project, tmp_path: Path) -> None:
    project.suite("1__alignment/one.robot", "*** Test Cases ***\nRow\n    No Operation\n")
    file = tmp_path / "thresholds.yaml"
    file.write_text("targets: many\n", encoding="utf-8")
    done = project.focus("run", FOCUS_THRESHOLDS=str(file))
    _refused(done, str(file), "key 'targets'")


def test_results_that_cannot_be_written(project: Project, tmp_path: Path) -> None:
    project.suite("1__alignment/one.robot", "*** Test Cases ***\nRow\n    No Operation\n")
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    done = project.focus("run", "--results", str(blocked / "results"))
    _refused(done, "cannot write results", "--results DIR")


@pytest.mark.parametrize("word", ["--outputdir", "-d", "--Output-Dir=x", "--xunit", "-lx"])
def test_option_that_belongs_to_focus(project: Project, word: str) -> None:
    _refused(project.focus("run", "--", word), "belongs to focus.py: use --results DIR")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--variablefile", "none.py"], "Variable file 'none.py' does not exist"),
        (["-V", "broken.py"], "ZeroDivisionError"),
        (["--listener", "NoSuchListener"], "No module named 'NoSuchListener'"),
    ],
)
def test_what_robot_would_go_on_without(project: Project, words: list[str], said: str) -> None:
    project.suite("1__alignment/one.robot", "*** Test Cases ***\nRow\n    No Operation\n")
    (project.root / "broken.py").write_text("1 / 0\n", encoding="utf-8")
    _refused(project.focus("run", "--", *words), said)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("FOCUS_BASE_ULR", "http://h", "FOCUS_BASE_URL is meant"),
        ("FOCUS_RUN_ID", "../a b", "cannot be a label"),
        ("FOCUS_PZ_PROFILE", "../..", "names no profile"),
        ("FOCUS_BASE_URL", "http://[::1/focus-server", "stands in brackets"),
    ],
)
def test_variables_are_judged_first(project: Project, name: str, text: str, said: str) -> None:
    project.suite("1__alignment/one.robot", "*** Test Cases ***\nRow\n    No Operation\n")
    done = project.focus("run", "--environment", "staging", **{"FOCUS_BASE_URL": URL, name: text})
    _refused(done, said)


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes among the files there")
@pytest.mark.parametrize("option", ["-A", "--ordering", "--suitesfrom", "-R"])
@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "bytes", "nothing"])
def test_a_file_that_is_none_is_not_waited_for(
    project: Project, tmp_path: Path, option: str, kind: str
) -> None:
    file = Path("/dev/zero") if kind == "device" else tmp_path / "given"
    if kind == "pipe":
        os.mkfifo(file)
    elif kind == "folder":
        file.mkdir()
    elif kind == "bytes":
        file.write_bytes(b"\xff\x00")
    _refused(project.focus("run", "--", option, str(file)), str(file), "cannot be read: ")


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes among the files there")
@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("-P", "{}"), ("--pythonpath", "robot:{}"), ("--pythonp", "robot;{}"), ("-V", "{}:1")),
        *(("--variablefile={}", ""), ("--listener", "{}:x"), ("--prerunmodifier", "{}")),
    ],
)
def test_nothing_is_loaded_from_a_pipe(
    project: Project, tmp_path: Path, option: str, value: str
) -> None:
    pipe = tmp_path / "given"
    os.mkfifo(pipe)
    words = [word.format(pipe) for word in (option, value) if word]
    _refused(project.focus("run", "--", *words), f"{pipe} of ", "neither a file nor a folder")


def test_a_dry_run_says_that_it_is_one(project: Project) -> None:
    for name in ("one", "two"):
        row = "*** Test Cases ***\nRow\n    Fail    x\n"
        project.suite(f"1__alignment/{name}.robot", row)
    done = project.focus("run", "--", "--dryrun", FOCUS_OTHER="x")
    assert done.code == 0, done.console
    assert "2 cases: 2 passed" in done.console
    assert "Dry run: no keyword was executed" in done.console
    assert "FOCUS_OTHER is read by nobody" in done.console


def test_path_after_the_dashes(project: Project) -> None:
    _refused(project.focus("run", "--", "--dryrun", "robot/1__alignment"), "--suite NAME")


def test_sandbox_options_for_another_system(project: Project) -> None:
    done = project.focus("run", "--environment", "staging", "--fault", "x")
    _refused(done, "shape the sandbox", "'staging'")


@pytest.mark.parametrize("way", ["option", "variables"])
def test_what_is_blank_is_not_given(project: Project, way: str) -> None:
    if way == "option":
        _refused(project.focus("run", "--results", " "), "it names no folder")
        return
    project.suite("1__alignment/rows.robot", "*** Test Cases ***\nRow\n    No Operation\n")
    assert project.focus("run", FOCUS_ENVIRONMENT=" ", FOCUS_BASE_URL="\n").code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="no output is closed there")
def test_a_closed_output_is_no_trouble(project: Project, tmp_path: Path) -> None:
    project.suite("1__alignment/rows.robot", "*** Test Cases ***\nRow\n    Fail    it failed\n")
    script = tmp_path / "closed.py"
    script.write_text(
        "import subprocess, sys\n"
        "command = f\"'{sys.executable}' focus.py run >&-\"\n"
        "done = subprocess.run(command, shell=True, stderr=subprocess.PIPE, text=True)\n"
        "print(done.returncode, done.stderr)\n",
        encoding="utf-8",
    )
    done = project.run_script(script)
    assert done.console.split() == ["1"]


def test_interpreter_that_does_not_exist(project: Project) -> None:
    missing = os.fspath(project.root / "none")
    _refused(project.focus("run", FOCUS_PYTHON=missing), "FOCUS_PYTHON names what does not exist")


@pytest.mark.parametrize("seed", ["-4", "1_0", "\u0663", "1e3", "9" * 19, ""])
def test_a_seed_that_is_none(project: Project, seed: str) -> None:
    _refused(project.focus("run", f"--seed={seed}"), "--seed", "no whole number of at most 18")
