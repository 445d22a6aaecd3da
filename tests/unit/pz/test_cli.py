"""The command line: exit codes, what is printed, what is written."""

import json
import os
from pathlib import Path

import pytest
from unit.pz.corpus import HEATMAP, SERVER, append, replace, valid_profile

from focus_engine.pz.cli import main
from focus_engine.pz.profile import PROFILES

BEFORE = str(PROFILES / "example" / "files" / "before")


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FOCUS_ENVIRONMENT", "FOCUS_PZ_PROFILE", "FOCUS_PZ_FILES"):
        monkeypatch.delenv(name, raising=False)


def test_a_valid_set_is_0_and_is_written_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report.json"
    assert main(["validate", "--profile", "example", "--json", str(report)]) == 0
    content = json.loads(report.read_text(encoding="utf-8"))
    assert [item["verdict"] for item in content] == ["PASS"] * 8
    assert content[1]["basis"][0]["status"] == "invented"
    assert "PASS          heatmap summary (profile 'example', invented)" in capsys.readouterr().out


def test_profile_and_files_may_come_from_variables(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FOCUS_PZ_PROFILE", "example")
    assert main(["validate"]) == 0
    assert "profile 'example'" in capsys.readouterr().out
    monkeypatch.setenv("FOCUS_PZ_FILES", "/there/is/no/such/folder")
    assert main(["validate"]) == 3
    assert "FOCUS_PZ_FILES" in capsys.readouterr().err
    assert main(["validate", "--files", BEFORE]) == 1
    monkeypatch.setenv("FOCUS_PZ_PROFILE", "exmaple")
    assert main(["validate"]) == 3
    assert "FOCUS_PZ_PROFILE names no profile" in capsys.readouterr().err


def test_a_report_replaces_a_report_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report, foreign = tmp_path / "report.json", tmp_path / "foreign.json"
    foreign.write_text('[{"check": 1}]', encoding="utf-8")
    for _ in range(2):
        assert main(["validate", "--profile", "example", "--json", str(report)]) == 0
    for file in (foreign, tmp_path, tmp_path / "absent" / "x.json", Path(os.devnull)):
        assert main(["validate", "--profile", "example", "--json", str(file)]) == 3
        assert f"ERROR: {foreign}" in (said := capsys.readouterr().err) or "cannot write" in said
    assert foreign.read_text(encoding="utf-8") == '[{"check": 1}]'


@pytest.mark.parametrize(
    "words",
    [
        ["validate", "--files", "n" * 300],
        ["validate", "--profiles", "n" * 300],
        ["diff", "--against", "n" * 300],
        ["explain", "--files", "n" * 300, "--parameters"],
        *(["baseline", "--source", "x", "--write", each] for each in (os.devnull, __file__)),
        ["baseline", "--source", "x", "--write", "n" * 300],
    ],
)
def test_a_path_that_the_system_refuses_is_3_and_a_sentence(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, "--profile", "example"]) == 3
    said = capsys.readouterr().err
    assert said.startswith("ERROR: ")
    assert said.count("\n") == 1


def test_a_fault_is_1_and_names_file_line_and_path(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    replace(HEATMAP, '"period_s": 60', '"period_s": "60"')(valid_profile(tmp_path))
    assert main(["validate", "--profile", "example", "--profiles", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "CF012 fail      heatMapSummary.json:10 $.recorders[0].period_s" in out


def test_the_real_profile_is_2_and_says_what_it_needs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate"]) == 2
    assert "NEEDS INPUT" in capsys.readouterr().out
    assert main(["diff"]) == 2


def test_an_invented_profile_is_refused_for_another_environment(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["validate", "--profile", "example", "--environment", "staging"]) == 2
    assert capsys.readouterr().err.startswith("NOT ALLOWED: profile 'example' is invented")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--environment", "stagign"], "environment 'stagign' is not known"),
        (["--variable", "A=1", "--variable", "A=2"], "--variable A is given twice"),
    ],
)
def test_what_would_be_left_out_is_refused(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["validate", "--profile", "example", *words]) == 3
    assert said in capsys.readouterr().err


def test_a_tool_error_is_3(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "--profile", "nothing"]) == 3
    assert main(["validate", "--profile", "example", "--files", "/no/such/folder"]) == 3
    assert main(["explain", "CF999"]) == 3
    assert "ERROR: there is no code CF999" in capsys.readouterr().err


def test_diff_against_the_baseline_and_against_other_files(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["diff", "--profile", "example"]) == 0
    against = ["diff", "--profile", "example", "--against", BEFORE]
    assert main([*against, "--subject", "supervisor_modules"]) == 0
    assert main([*against, "--subject", "autocfg"]) == 1
    assert "DF002 fail" in capsys.readouterr().out


def test_a_baseline_is_written_once_with_secrets_as_hashes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = valid_profile(tmp_path)
    append(SERVER, "broker:\n  password: hunter2\n")(folder)
    write = ["baseline", "--profile", "example", "--profiles", str(tmp_path)]
    write += ["--write", str(tmp_path / "new"), "--source", "test", "--subject", "autocfg"]
    assert main(write) == 0
    text = (tmp_path / "new" / "autocfg.json").read_text(encoding="utf-8")
    assert "hunter2" not in text
    assert json.loads(text)["data"]["focus_server"]["broker"]["password"].startswith("sha256:str:")
    assert main(write) == 3
    assert "is never overwritten: a baseline is reviewed" in capsys.readouterr().err


def test_a_changed_secret_is_seen_and_not_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = valid_profile(tmp_path)
    common = ["--profile", "example", "--profiles", str(tmp_path), "--subject", "autocfg"]
    append(SERVER, "broker:\n  password: hunter2\n")(folder)
    (folder / "baselines" / "autocfg.json").unlink()
    baselines = str(folder / "baselines")
    assert main(["baseline", *common, "--write", baselines, "--source", "test"]) == 0
    assert main(["diff", *common]) == 0
    replace(SERVER, "hunter2", "hunter3")(folder)
    capsys.readouterr()
    main(["diff", *common])
    out = capsys.readouterr().out
    assert "DF004" in out
    assert "hunter" not in out


@pytest.mark.parametrize("source", ["", " \t"])
def test_a_baseline_says_where_it_comes_from(tmp_path: Path, source: str) -> None:
    words = ["baseline", "--profile", "example", "--write", str(tmp_path), "--source", source]
    with pytest.raises(SystemExit, match="252"):
        main(words)
    assert not list(tmp_path.iterdir())


def test_no_baseline_is_written_from_files_that_do_not_load(tmp_path: Path) -> None:
    folder = valid_profile(tmp_path)
    replace(SERVER, "enabled: true", "enabled: yes")(folder)
    write = ["baseline", "--profile", "example", "--profiles", str(tmp_path), "--source", "test"]
    assert main([*write, "--write", str(tmp_path / "new")]) == 3
    assert not (tmp_path / "new").exists()


def test_explain_tells_codes_parameters_facts_and_inputs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for command in (["cf010"], ["LG002"], ["--inputs"], []):
        assert main(["explain", *command]) == 0
    assert main(["explain", "--profile", "example", "--parameters"]) == 0
    out = capsys.readouterr().out
    assert "CF010 (fail): a required key is missing" in out
    assert "LG002 (fail): a module cannot be imported" in out
    assert "# What the PZ checks need from the team" in out
    assert "supervisor modules: placeholder" in out
    assert 'focus_server.logging.level = "DEBUG"' in out
    assert "[components/focus_server.yaml:15, overrides common.yaml:7]" in out


def test_a_variable_can_be_given(capsys: pytest.CaptureFixture[str]) -> None:
    given = ["--variable", "BROKER_PORT=5673", "--variable", "SITE=north"]
    assert main(["explain", "--profile", "example", "--parameters", *given]) == 0
    out = capsys.readouterr().out
    assert "focus_server.broker.port = 5673" in out
    assert 'focus_server.site = "north"' in out
