"""PzConfigLibrary in real Robot runs: status and message of what a tester would see."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from keywords.conftest import PROJECT, PZ_HEAD, Case
from unit.pz.corpus import HEATMAP, SERVER, append, replace, valid_profile

Run = Callable[..., dict[str, Case]]


@pytest.fixture
def spoilt(tmp_path: Path) -> Callable[..., str]:
    """The valid files with edits, as the folder that `Load PZ Profile` takes."""

    def spoil(*edits: Callable[[Path], None]) -> str:
        folder = valid_profile(tmp_path / "spoilt")
        for edit in edits:
            edit(folder)
        return str(folder / "files" / "after")

    return spoil


def test_the_valid_set_passes_every_check_of_files(run_pz: Run) -> None:
    cases = run_pz("""\
Everything
    Load PZ Profile    example
    Heatmap Summary Should Be Valid
    Autocfg Should Load
    Supervisor Modules Should Cover Configuration
    Configuration Should Match Baseline    heatmap_summary
    Configuration Should Match Baseline    autocfg
    Configuration Should Match Baseline    supervisor_modules
    Reverted Change Should Be Gone
    Heatmap Recorder Should Be Defined    FreqSpan
    Configuration Values Should Have Type    heatmap_summary    $.recorders[*].period_s    integer
    Effective Parameter Should Be    focus_server.jobs.launcher    "k8s"
    ${life} =    Get Effective Parameter    focus_server.jobs.life_s
    Should Be Equal    ${life}    ${50}
    External Checker Should Accept Configuration
Resource
    Use PZ Profile
    Recorder Parameter Should Have Its Type    period
    Agreed Parameter Should Be In Force    job life
""")
    assert [case.message for case in cases.values()] == ["", ""]
    assert "Effective parameters" in cases["Everything"].html
    assert "components/focus_server.yaml:12" in cases["Everything"].log


def test_faults_fail_with_one_sentence_and_a_table(run_pz: Run, spoilt: Callable[..., str]) -> None:
    files = spoilt(
        replace(HEATMAP, '"period_s": 60', '"period_s": "<b>60</b>"'),
        replace(HEATMAP, '"type": "Poles"', '"type": "Pole"'),
        replace(HEATMAP, '"version": 5', '"version": 5, "compression": {}'),
        replace(SERVER, "forwarders.livefs", "forwarders.livefs_adaptive"),
        replace(SERVER, "life_s: 50", "life_s: 60.0"),
    )
    rows = {
        "Summary": "Heatmap Summary Should Be Valid",
        "Recorder": "Heatmap Recorder Should Be Defined    Poles",
        "Type": "Recorder Parameter Should Have Its Type    period",
        "Nothing There": (
            "Configuration Values Should Have Type    heatmap_summary"
            "    $.recorders[*].perod_s    integer"
        ),
        "Autocfg": "Autocfg Should Load",
        "Modules": "Supervisor Modules Should Cover Configuration",
        "Baseline": "Configuration Should Match Baseline    autocfg",
        "Reverted": "Reverted Change Should Be Gone",
        "Value": "Effective Parameter Should Be    focus_server.jobs.life_s    60",
        "Agreed": "Agreed Parameter Should Be In Force    job life",
        "Origin": (
            'Effective Parameter Should Be    focus_server.site    "sandbox"    origin=common.yaml'
        ),
    }
    load = f"    Load PZ Profile    example    files={files}\n"
    cases = run_pz("".join(f"{name}\n{load}    {row}\n" for name, row in rows.items()))
    patterns = {
        "Summary": r"^heatmap summary \(profile 'example', invented\): 4 findings \(3 fail, "
        r"1 warn\); worst CF0\d\d at heatMapSummary\.json:\d+ \$",
        "Recorder": r"worst CF041 at heatMapSummary\.json: recorder type 'Poles' is not defined\.$",
        "Type": r"worst CF012 at .*:10 \$\.recorders\[0\]\.period_s: string instead of integer\.$",
        "Nothing There": r"worst CF010 at .*: nothing stands at \$\.recorders\[\*\]\.perod_s\.$",
        "Autocfg": r"worst CF020 at components/focus_server\.yaml:5 .* was removed and is still",
        "Modules": r"worst CF020 at components/focus_server\.yaml:5 ",
        "Baseline": r"worst DF003 at .*:12 \$\.focus_server\.jobs\.life_s: was int and is float\.$",
        "Reverted": r"worst CF040 at heatMapSummary\.json:2 \$\.compression: left of the reverted",
        "Value": r"worst CF014 at components/focus_server\.yaml:12: .* is 60\.0, expected 60\.$",
        "Agreed": r"worst CF014 at components/focus_server\.yaml:12: .* is 60\.0, expected 50\.$",
        "Origin": r"worst AC009 at site\.yaml:3: focus_server\.site comes from site\.yaml",
    }
    assert {name: case.status for name, case in cases.items()} == dict.fromkeys(rows, "FAIL")
    for name, pattern in patterns.items():
        assert re.search(pattern, cases[name].message), cases[name].message
        assert cases[name].message.count("\n") == 0
    assert "&lt;b&gt;60&lt;/b&gt;" in cases["Summary"].html
    assert "<b>60" not in cases["Summary"].html


def test_a_secret_parameter_is_returned_and_not_logged(
    run_pz: Run, spoilt: Callable[..., str]
) -> None:
    files = spoilt(append(SERVER, "broker:\n  password: hunter2\n"))
    cases = run_pz(f"""\
Secret
    Load PZ Profile    example    files={files}
    ${{password}} =    Get Effective Parameter    focus_server.broker.password
    Should Be True    $password.value == 'hunter' + str(2)
    Autocfg Should Load
    Run Keyword And Expect Error    *DF001*    Configuration Should Match Baseline    autocfg
""")
    assert "hunter2" not in cases["Secret"].log + cases["Secret"].message


def test_reports_are_written_as_json(run_pz: Run, tmp_path: Path) -> None:
    run_pz("Report\n    Use PZ Profile\n    Heatmap Summary Should Be Valid\n")
    content = json.loads((tmp_path / "pz" / "heatmap-summary.json").read_text(encoding="utf-8"))
    assert content["verdict"] == "PASS"
    assert content["basis"][0]["status"] == "invented"


def test_a_run_that_writes_nothing_leaves_no_report(tmp_path: Path) -> None:
    suite = tmp_path / "quiet.robot"
    suite.write_text(PZ_HEAD + "Report\n    Use PZ Profile\n    Autocfg Should Load\n", "utf-8")
    paths = [word for name in ("libraries", "resources", "variables") for word in ("-P", name)]
    nothing = [word for name in ("output", "log", "report") for word in (f"--{name}", "NONE")]
    command = [sys.executable, "-m", "robot", *paths, *nothing, "-d", str(tmp_path)]
    assert subprocess.run([*command, str(suite)], cwd=PROJECT, check=False).returncode == 0
    assert list(tmp_path.iterdir()) == [suite]


def test_the_real_profile_skips_with_what_is_needed(run_pz: Run) -> None:
    rows = {
        "Summary": "Heatmap Summary Should Be Valid",
        "Recorder": "Heatmap Recorder Should Be Defined    Poles",
        "Autocfg": "Autocfg Should Load",
        "Parameter": "Get Effective Parameter    focus_server.livefs_forwarder",
        "Type": "Recorder Parameter Should Have Its Type    period",
        "Agreed": "Agreed Parameter Should Be In Force    job life",
        "Modules": "Supervisor Modules Should Cover Configuration",
        "Baseline": "Configuration Should Match Baseline    autocfg",
        "Reverted": "Reverted Change Should Be Gone",
        "Checker": "External Checker Should Accept Configuration",
    }
    load = "    Load PZ Profile    pz\n"
    cases = run_pz("".join(f"{name}\n{load}    {row}\n" for name, row in rows.items()))
    assert {case.status for case in cases.values()} == {"SKIP"}
    assert all(case.message.startswith("NEEDS INPUT: ") for case in cases.values())
    assert all("supply " in case.message for case in cases.values())
    assert "heatMapSummary.json before and after the revert of PR 1455" in cases["Summary"].message


def test_misuse_is_told_apart_from_a_fault(run_pz: Run) -> None:
    cases = run_pz("""\
No Profile
    Heatmap Summary Should Be Valid
Unknown Profile
    Load PZ Profile    exmple
Unknown Recorder
    Load PZ Profile    example
    Heatmap Recorder Should Be Defined    Pole
Unknown Parameter
    Load PZ Profile    example
    Get Effective Parameter    focus_server.jobs.life
Bare Word
    Load PZ Profile    example
    Effective Parameter Should Be    focus_server.jobs.launcher    k8s
Unknown Subject
    Load PZ Profile    example
    Configuration Should Match Baseline    heatmaps
""")
    patterns = {
        "No Profile": r"^ERROR: no profile is loaded; call Load PZ Profile first\.$",
        "Unknown Profile": r"^ERROR: there is no profile 'exmple' .* Known are: example, pz\.$",
        "Unknown Recorder": r"^ERROR: 'Pole' is no recorder type of the profile\. Known are: Def",
        "Unknown Parameter": r"^ERROR: there is no effective parameter .*\.jobs\.life_s",
        "Bare Word": r'^ERROR: k8s is not JSON\. Text needs quotes: "k8s"\.$',
        "Unknown Subject": r"^ValueError: Argument 'subject' got value 'heatmaps' that cannot be",
    }
    for name, pattern in patterns.items():
        assert cases[name].status == "FAIL"
        assert re.search(pattern, cases[name].message), cases[name].message


def test_an_invented_profile_may_not_judge_a_real_system(run_pz: Run) -> None:
    cases = run_pz("Staging\n    Load PZ Profile    example\n", FOCUS_ENVIRONMENT="staging")
    assert cases["Staging"].status == "SKIP"
    assert cases["Staging"].message.startswith("NOT ALLOWED: profile 'example' is invented")
