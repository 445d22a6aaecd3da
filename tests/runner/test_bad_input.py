"""Whatever is wrong is said in one sentence, before anything is executed."""

import argparse
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler
from pathlib import Path

import pytest
from http_server import Answering, serving
from small_project import Done, Project

from focus_engine import environment as environments
from runner import cli, pages
from runner.problem import ProblemError
from runner.suites import given_variables, request, robot_options, target
from runner.suites.results import Results


@pytest.fixture
def http_server() -> Iterator[int]:
    """The port of a server that speaks no TLS."""
    with serving(SimpleHTTPRequestHandler) as found:
        yield int(found.rpartition(":")[2])


OPTIONS = robot_options.parse([])
URL = "http://127.0.0.1:9/focus-server"
ALONE = "*** Settings ***\nTest Tags    exclusive\n\n*** Test Cases ***\n"
SEEDS = ("-4", "1_0", "\u0663", "1e3", "9" * 19, "")
LIVES = ("", "0", "soon", "0.000000001", "50ms", "9" * 400, "-1s")
SHARDS = ("0/4", "5/4", "1", "a/b", "-1/4", "1/0", "1/4/4", "\u0661/\u0664")


def _refused(done: Done, *said: str) -> None:
    assert done.code == 252, done.console
    assert "Traceback" not in done.console
    for words in said:
        assert words in done.console


def test_unknown_environment(judged: Callable[..., str]) -> None:
    said = judged("stagin")
    assert "'stagin' is not known" in said
    assert "kefar_saba, sandbox, staging. Is staging meant?" in said


def test_what_nothing_matches_names_what_is_near(project: Project) -> None:
    row = "*** Test Cases ***\nFormer limit\n    [Tags]    smoke\n    No Operation\n"
    project.suite("1__alignment/server_answers.robot", row)
    given = ["--suite=server_answer", "--test", "Former limi", "-i", "smok", "-t", "quite other"]
    _refused(
        project.focus("run", "--", *given),
        "No case was executed: nothing matches the chosen suites, cases and tags. "
        "Is 'Server Answers' meant by 'server_answer'? Is 'Former limit' meant by 'Former limi'? "
        "Is 'smoke' meant by 'smok'?\n",
    )


def _parser() -> argparse.ArgumentParser:
    """That of `focus.py run`."""
    parser = argparse.ArgumentParser(exit_on_error=False)
    request.add_arguments(parser)
    return parser


MOON = ("--variable", "ENVIRONMENT:moon")


@pytest.mark.parametrize(
    ("own", "words", "variable", "environment"),
    [
        (["--environment", "mars"], MOON, "venus", "mars"),
        ([], MOON, "venus", "moon"),
        ([], (), "venus", "venus"),
        ([], (), " ", "sandbox"),
    ],
)
def test_option_beats_variable_beats_environment(
    monkeypatch: pytest.MonkeyPatch,
    own: list[str],
    words: Sequence[str],
    variable: str,
    environment: str,
) -> None:
    monkeypatch.setenv("FOCUS_ENVIRONMENT", variable)
    monkeypatch.setenv("FOCUS_BASE_URL", "\n")
    chosen = target.chosen(_parser().parse_args(own), robot_options.parse(words))
    assert (chosen.environment, chosen.own_sandbox) == (environment, environment == "sandbox")


@pytest.mark.parametrize("count", ["0", "-1", "101", "9" * 5000, "\u0663", "two", ""])
def test_processes_that_no_machine_has(count: str) -> None:
    with pytest.raises(argparse.ArgumentError, match="is no number of processes: write 1 to 100"):
        _parser().parse_args(["--processes", count])
    assert _parser().parse_args(["--processes", "100"]).processes == 100


@pytest.mark.parametrize("name", ["environment", "contract", "state", "prr", "cni", "fault"])
@pytest.mark.parametrize("value", ["", " "])
def test_an_option_that_a_script_left_empty_chooses_nothing(name: str, value: str) -> None:
    with pytest.raises(argparse.ArgumentError, match="it is empty: name one, or leave"):
        _parser().parse_args([f"--{name}", value])


def test_results_below_ones_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert _parser().parse_args(["--results", "~/x"]).results == tmp_path / "x"


def test_environment_without_address(judged: Callable[..., str]) -> None:
    assert "set FOCUS_BASE_URL" in judged()


def test_unreachable_server(judged: Callable[..., str]) -> None:
    said = judged(FOCUS_BASE_URL=URL)
    for words in ("no answer from http://127.0.0.1:9", "connection refused", "FOCUS_BASE_URL"):
        assert words in said
    assert "Error" not in said  # no names of classes


def test_tls_failure(judged: Callable[..., str], http_server: int) -> None:
    said = judged("sandbox", FOCUS_BASE_URL=f"https://127.0.0.1:{http_server}/focus-server")
    for words in ("no answer from https://127.0.0.1", "does not speak TLS", "write http://"):
        assert words in said


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
def test_what_is_no_focus_server(judged: Callable[..., str], kind: str) -> None:
    status, content, body, *says = FOREIGN[kind]
    with answering(lambda _path: (status, content, body)) as url:
        said = judged(FOCUS_BASE_URL=f"{url}/focus-server")
    assert [words for words in says if words not in said] == []


def test_a_run_with_what_is_no_focus_server(project: Project) -> None:
    status, content, body, *says = FOREIGN["sign-in page"]
    project.suite("1__alignment/one.robot", "*** Test Cases ***\nRow\n    No Operation\n")
    with answering(lambda _path: (status, content, body)) as url:
        given = {"FOCUS_BASE_URL": f"{url}/focus-server", "FOCUS_ENVIRONMENT": "staging"}
        _refused(project.focus("run", **given), *says)
        words = ("--outputdir", "results", "-A", "robot.args", "robot")
        done = project.module("robot", *words, **given)
    (case,) = project.outcome().cases.values()
    assert done.code == 1
    assert case.message.startswith("ERROR: ")
    assert all(said in case.message for said in says)


@contextmanager
def broken_focus_server(kind: str) -> Iterator[str]:
    def answer(path: str) -> tuple[int, str, bytes]:
        path = path.removeprefix("/focus-server")
        status, body = FOCUS_SERVERS[kind].get(path, (404, {"detail": "Not Found"}))
        return status, "application/json", json.dumps(body).encode()

    with answering(answer) as url:
        yield f"{url}/focus-server"


@pytest.mark.parametrize("kind", FOCUS_SERVERS)
def test_what_is_a_focus_server_though_broken(judged: Callable[..., str], kind: str) -> None:
    with broken_focus_server(kind) as url:
        assert judged(FOCUS_BASE_URL=url) == ""


def test_a_run_goes_to_a_focus_server_that_fails(project: Project) -> None:
    project.suite("1__alignment/one.robot", ALONE + "Row\n    No Operation\n")
    with broken_focus_server("that fails") as url:
        done = project.focus("run", FOCUS_BASE_URL=f"  {url}\n", FOCUS_ENVIRONMENT=" ")
    assert done.code == 0, done.console
    assert "FOCUS_BASE_URL has blanks or line breaks around its value" in done.console


@pytest.mark.parametrize("path", ["", "/", "/focus", "/focus-server/v1"])
def test_an_address_without_the_prefix(judged: Callable[..., str], path: str) -> None:
    said = judged(FOCUS_BASE_URL=f"http://127.0.0.1:9{path}")
    for words in ("http://127.0.0.1:9/focus-server", "answers below '/focus-server'", "'prefix'"):
        assert words in said


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
def test_a_name_and_an_address_that_do_not_fit(
    judged: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    name, address, says = HOSTS[kind]
    folder = Path(shutil.copytree(environments.ENVIRONMENTS, tmp_path / "environments"))
    with (folder / "kefar_saba.yaml").open("a", encoding="utf-8") as file:
        file.write("hosts: [focus.example.org, '*.live.example.org', 127.0.0.7]\n")
    for reads in (environments.read_environment_file, environments.known_environments):
        monkeypatch.setattr(reads, "__defaults__", (folder,))
    given = {"FOCUS_BASE_URL": f"{address}/focus-server"}
    if address.startswith("mongodb"):
        given = {"FOCUS_BASE_URL": URL, "FOCUS_MONGO_URI": address}
    said = judged(name, **given)
    assert says in said
    assert "'kefar_saba'" in said


def test_sandbox_with_an_address_that_is_not_loopback(judged: Callable[..., str]) -> None:
    said = judged("sandbox", FOCUS_BASE_URL="http://192.0.2.1/focus-server")
    assert "accepts loopback addresses only" in said


def test_results_that_cannot_be_written(project: Project, tmp_path: Path) -> None:
    project.suite("1__alignment/one.robot", "*** Test Cases ***\nRow\n    No Operation\n")
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    done = project.focus("run", "--results", str(blocked / "results"))
    _refused(done, "cannot write results", "file is no folder", "--results DIR")
    assert "permission" not in done.console


@pytest.mark.parametrize("name", [".", "robot", "/", "..", "~", "notes"])
def test_results_in_a_folder_that_is_for_something_else(
    project: Project, tmp_path: Path, name: str
) -> None:
    project.suite("1__alignment/one.robot", "*** Test Cases ***\nRow\n    No Operation\n")
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "todo.txt").touch()
    named = {"~": tmp_path / "home", "notes": tmp_path / "notes"}
    folder = named.get(name, project.root / name)
    folder.mkdir(exist_ok=True)
    before = sorted(folder.iterdir())
    for command in (["run"], ["run", "--rerun-failed"], ["merge", str(tmp_path)]):
        done = project.focus(*command, "--results", str(folder), HOME=str(tmp_path / "home"))
        _refused(done, "results are not written to", "--results DIR")
    assert sorted(folder.iterdir()) == before


def test_results_in_a_folder_that_is_for_results(tmp_path: Path) -> None:
    Results(tmp_path / "new" / "one").require_usable()
    for part in ("empty", "again", "of parts", "of parts/1"):
        (tmp_path / part).mkdir()
    for file in ("again/.lock", "again/console.txt", "of parts/1/run.json"):
        (tmp_path / file).touch()
    for part in ("empty", "again", "of parts"):
        Results(tmp_path / part).require_usable()


STRANGE = {"a pipe": os.mkfifo, "a file": Path.touch, "a folder": Path.mkdir}


@pytest.mark.skipif(sys.platform == "win32", reason="makes pipes and links")
@pytest.mark.parametrize("name", ["durations.json", "previous", ".lock"])
@pytest.mark.parametrize("kind", ["a pipe", "a link to nothing", "a file", "a folder"])
def test_results_beside_what_no_run_left(tmp_path: Path, name: str, kind: str) -> None:
    """What is in the way of results is told before they are made, not after."""
    (tmp_path / "run.json").touch()
    if kind == "a link to nothing":
        (tmp_path / name).symlink_to("none")
    else:
        STRANGE[kind](tmp_path / name)
    if kind == ("a folder" if name == "previous" else "a file"):
        Results(tmp_path).require_usable()
        return
    with pytest.raises(ProblemError, match=f"its '{name}' is not what a run writes there"):
        Results(tmp_path).require_usable()


@pytest.mark.skipif(sys.platform == "win32", reason="makes links")
@pytest.mark.parametrize("name", ["loop", "loop/x", "x" * 300])
def test_results_in_what_is_no_place(project: Project, tmp_path: Path, name: str) -> None:
    project.suite("1__alignment/one.robot", "*** Test Cases ***\nRow\n    No Operation\n")
    (tmp_path / "loop").symlink_to("loop")
    done = project.focus("run", "--results", str(tmp_path / name))
    _refused(done, "cannot write results to", "another folder with --results DIR")


@pytest.mark.parametrize("name", ["n\nl", "q\udcff", "a\tb", "a\u2028b"])
def test_results_in_a_folder_that_no_file_can_name(name: str) -> None:
    with pytest.raises(argparse.ArgumentError, match="cannot stand in files"):
        _parser().parse_args(["--results", name])


@pytest.mark.skipif(sys.platform == "win32", reason="makes links")
@pytest.mark.parametrize("words", [["tickets"], ["check"], ["run", "--results"]])
@pytest.mark.parametrize("name", ["loop/x", "x" * 300])
def test_a_name_that_the_system_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], name: str
) -> None:
    (tmp_path / "loop").symlink_to("loop")
    monkeypatch.setenv("FOCUS_PYTHON", str(tmp_path / "none"))  # which is asked for later, if ever
    assert cli.main([*words, str(tmp_path / name)]) == 252


@pytest.mark.skipif(sys.platform == "win32", reason="makes a pipe")
@pytest.mark.parametrize("kind", ["pipe", "loop"])
def test_results_in_what_is_no_folder(tmp_path: Path, kind: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(ProblemError, match=rf"{kind} is no folder\. Name another"):
        Results(tmp_path / kind).require_usable()


def test_a_result_that_cannot_be_looked_at() -> None:
    with pytest.raises(ProblemError, match=r"cannot look at n+: File name too long"):
        pages.tell_tickets(argparse.Namespace(output="n" * 300), [])


def _words_refused(*words: str) -> str:
    """Why the words after `--` are refused, before any process is started."""
    with pytest.raises(ProblemError) as refused:
        robot_options.parse(words)
    return str(refused.value)


@pytest.mark.parametrize(
    "word", ["--outputdir", "-d", "--Output-Dir=x", "--xunit", "-lx", "--timestampoutputs"]
)
def test_option_that_belongs_to_focus(word: str) -> None:
    assert "belongs to focus.py: use --results DIR" in _words_refused(word)


def test_a_run_with_a_word_that_is_refused(project: Project) -> None:
    _refused(project.focus("run", "--", "-lx"), "belongs to focus.py: use --results DIR")


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
    ("words", "name", "meant"),
    [
        (["-v", "MAX_CHANELS:5"], "MAX_CHANELS", "MAX_CHANNELS"),
        (["-vLOAD_STPE:2min"], "LOAD_STPE", "LOAD_STEP"),
        (["--variable", "pz files x:y"], "pz files x", "PZ_FILES"),
        (["--variable=OUTAGE_TLT: int:3"], "OUTAGE_TLT", "OUTAGE_TTL"),
    ],
)
def test_a_variable_that_changes_nothing_is_refused(
    words: list[str], name: str, meant: str
) -> None:
    with pytest.raises(ProblemError, match=rf"variable {name} after --; {meant} is meant\."):
        given_variables.require_known(robot_options.parse(words))


@pytest.mark.parametrize(
    "name", ["MAX_CHANNELS", "max channels", "LoadStep", "ENVIRONMENT", "MY_OWN_THING", ""]
)
def test_a_variable_that_is_read_or_like_none_is_taken(name: str) -> None:
    given_variables.require_known(robot_options.parse(["-v", f"{name}:1"]))


def test_variables_and_files_are_judged_first_and_all_named(
    project: Project, tmp_path: Path
) -> None:
    project.suite("1__alignment/one.robot", "*** Test Cases ***\nRow\n    No Operation\n")
    settings, thresholds = tmp_path / "settings.json", tmp_path / "thresholds.yaml"
    settings.write_text(json.dumps({"Constraints": {}}), encoding="utf-8")
    thresholds.write_text("targets: many\n", encoding="utf-8")
    given = {
        "FOCUS_BASE_URL": "http://[::1/focus-server",
        "FOCUS_RUN_ID": "../a b ",
        "FOCUS_PZ_PROFILE": "../..",
        "FOCUS_CLIENT_SETTINGS": str(settings),
        "FOCUS_THRESHOLDS": str(thresholds),
    }
    done = project.focus("run", "--environment", "staging", **given)
    _refused(done, "stands in brackets", "cannot be a label", "names no profile")
    _refused(done, str(settings), "key 'Constraints.SensorsRange' is missing")
    _refused(done, str(thresholds), "key 'targets'", "FOCUS_RUN_ID has blanks or line breaks")
    assert "ERROR:" not in done.console
    slip = project.focus("run", FOCUS_BASE_URL=URL, FOCUS_BASE_ULR="http://h")
    _refused(slip, "FOCUS_BASE_URL is meant")


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes among the files there")
@pytest.mark.parametrize("option", ["-A", "--ordering", "--suitesfrom", "-R"])
@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "bytes", "nothing"])
def test_a_file_that_is_none_is_not_waited_for(tmp_path: Path, option: str, kind: str) -> None:
    file = Path("/dev/zero") if kind == "device" else tmp_path / "given"
    if kind == "pipe":
        os.mkfifo(file)
    elif kind == "folder":
        file.mkdir()
    elif kind == "bytes":
        file.write_bytes(b"\xff\x00")
    said = _words_refused(option, str(file))
    assert str(file) in said
    assert "cannot be read: " in said


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes among the files there")
@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("-P", "{}"), ("--pythonpath", "robot:{}"), ("--pythonp", "robot;{}"), ("-V", "{}:1")),
        *(("--variablefile={}", ""), ("--listener", "{}:x"), ("--prerunmodifier", "{}")),
    ],
)
def test_nothing_is_loaded_from_a_pipe(tmp_path: Path, option: str, value: str) -> None:
    pipe = tmp_path / "given"
    os.mkfifo(pipe)
    said = _words_refused(*[word.format(pipe) for word in (option, value) if word])
    assert f"{pipe} of " in said
    assert "neither a file nor a folder" in said


def test_a_file_that_each_case_would_read_is_read_first(project: Project) -> None:
    project.suite("1__alignment/one.robot", "*** Test Cases ***\nRow\n    No Operation\n")
    strange = project.root / "variables" / "environments" / "strange.yaml"
    strange.symlink_to("nowhere")
    _refused(project.focus("run"), f"cannot read {strange}: No such file or directory")


def test_the_profile_is_read_first_where_pz_is_judged(project: Project) -> None:
    rules = project.root / "variables" / "pz" / "example" / "log_rules.yaml"
    rules.write_text(rules.read_text(encoding="utf-8") + "\nnonsense: [", encoding="utf-8")
    row = "*** Test Cases ***\nParameters\n    No Operation\n"
    project.suite("3__pz_regression/autocfg.robot", row)
    project.suite("1__alignment/server_answers.robot", row)
    _refused(project.focus("run"), "log_rules.yaml cannot be used: line ", "is not valid YAML")
    assert project.focus("run", "--", "--suite", "Server Answers").code == 0


def test_a_dry_run_says_that_it_is_one(project: Project) -> None:
    for name in ("one", "two"):
        row = "*** Test Cases ***\nRow\n    Fail    x\n"
        project.suite(f"1__alignment/{name}.robot", row)
    blank = {"FOCUS_ENVIRONMENT": " ", "FOCUS_BASE_URL": "\n"}  # as if they were not given
    done = project.focus("run", "--", "--dryrun", FOCUS_OTHER="x", **blank)
    assert done.code == 0, done.console
    assert "2 cases: 2 passed" in done.console
    assert "Dry run: no keyword was executed" in done.console
    assert "FOCUS_OTHER is read by nobody" in done.console


def test_path_after_the_dashes() -> None:
    assert "--suite NAME" in _words_refused("--dryrun", "robot/1__alignment")


def test_sandbox_options_for_another_system(project: Project) -> None:
    done = project.focus("run", "--environment", "staging", "--fault", "x")
    _refused(done, "shape the sandbox", "'staging'")


def test_a_name_that_begins_like_an_option(project: Project) -> None:
    project.suite("1__alignment/one.robot", "*** Test Cases ***\nRow\n    No Operation\n")
    known = project.focus("run", "--environment=-x")
    _refused(known, "environment '-x' is not known. Known are: ")
    folder = project.root / "variables" / "environments"
    shutil.copy(folder / "staging.yaml", folder / "-x.yaml")
    _refused(project.focus("run", "--environment=-x"), "environment '-x' has no address")
    given = target.chosen(_parser().parse_args(["--contract=-y", "--fault=-z"]), OPTIONS)
    assert given.told == ["--contract=-y", "--fault=-z"]


def test_results_in_a_folder_without_a_name(project: Project) -> None:
    _refused(project.focus("run", "--results", " "), "it names no folder")


@pytest.mark.skipif(sys.platform == "win32", reason="no output is closed there")
def test_a_closed_output_is_no_trouble(project: Project, tmp_path: Path) -> None:
    project.suite("1__alignment/rows.robot", ALONE + "Row\n    Fail    it failed\n")
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


@pytest.mark.parametrize(
    ("option", "text", "said"),
    [
        *(("--seed", seed, "no whole number of at most 18") for seed in SEEDS),
        *(("--shard", shard, "is no shard: write 1/4") for shard in SHARDS),
        *(("--job-life", life, "is no duration of 0.1 s and more") for life in LIVES),
    ],
)
def test_a_value_that_is_none(option: str, text: str, said: str) -> None:
    with pytest.raises(argparse.ArgumentError, match=said):
        _parser().parse_args([f"{option}={text}"])


def test_a_run_with_a_value_that_is_none(project: Project) -> None:
    _refused(project.focus("run", "--shard=5/4"), "--shard", "'5/4' is no shard")
