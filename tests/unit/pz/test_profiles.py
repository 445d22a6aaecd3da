"""Profiles: what ships, what a placeholder allows, and that swapping needs no change of code."""

import json
from pathlib import Path

import pytest
from unit.pz.corpus import PROFILE, append, replace, valid_profile
from unit.pz.second_set import write_second_set

from focus_engine.paths import PROJECT
from focus_engine.pz import checks, questions
from focus_engine.pz.configuration import ProfileConfiguration
from focus_engine.pz.external import run_checker
from focus_engine.pz.inputs_needed import inputs_needed
from focus_engine.pz.live.effects import effects_report
from focus_engine.pz.profile import PROFILES, known_profiles, load_profile
from focus_engine.pz.questions import ValueType
from focus_engine.pz.reading.schema import read_schema
from focus_engine.pz.report import ProfileReport
from focus_engine.pz.words import Subject
from focus_engine.verdict import NeedsInput, NotAllowed, ProductFailure, ToolError, Verdict

EXAMPLE = PROFILES / "example"


def reports(configuration: ProfileConfiguration) -> list[ProfileReport]:
    return [
        checks.heatmap_report(configuration),
        checks.autocfg_report(configuration),
        checks.modules_report(configuration),
        checks.reverted_report(configuration),
        *(checks.baseline_report(configuration, subject) for subject in Subject),
    ]


def test_two_profiles_ship_and_the_invented_one_judges_the_sandbox_only() -> None:
    assert known_profiles() == ["example", "pz"]
    load_profile("example").require_for("sandbox")
    with pytest.raises(NotAllowed, match="may judge the sandbox only, not environment 'staging'"):
        load_profile("example").require_for("staging")
    load_profile("pz").require_for("staging")


def test_nothing_of_the_real_profile_passes() -> None:
    configuration = ProfileConfiguration(load_profile("pz"))
    assert {report.verdict for report in reports(configuration)} == {Verdict.NEEDS_INPUT}
    with pytest.raises(NeedsInput, match=r"^NEEDS INPUT: heatmap summary .* PR 1455"):
        checks.heatmap_report(configuration).conclude()
    with pytest.raises(NeedsInput, match=r"supply check_autocfg_cfg\.py --help"):
        run_checker(configuration).conclude()
    with pytest.raises(
        NeedsInput, match=r"under autocfg\.agreed .*; first the folder pz/config/aut"
    ):
        questions.agreed_parameter_report(configuration, "job life")
    effects = effects_report(configuration.profile, configuration.effective, lambda _: None)
    assert effects.verdict is Verdict.NEEDS_INPUT


def test_files_without_a_schema_are_read_strictly_and_still_never_pass(tmp_path: Path) -> None:
    folder = tmp_path / "config" / "autocfg" / "parameters" / "components"
    folder.mkdir(parents=True)
    (folder / "focus_server.yaml").write_text("livefs_forwarder: {enabled: true}\n", "utf-8")
    configuration = ProfileConfiguration(load_profile("pz", files=tmp_path))
    assert checks.autocfg_report(configuration).verdict is Verdict.NEEDS_INPUT
    question = questions.parameter_report(
        configuration, "focus_server.livefs_forwarder.enabled", expected=True, origin=None
    )
    assert question.verdict is Verdict.NEEDS_INPUT
    (folder / "focus_server.yaml").write_text("livefs_forwarder: {enabled: yes}\n", "utf-8")
    configuration = ProfileConfiguration(load_profile("pz", files=tmp_path))
    with pytest.raises(ProductFailure, match="CF032"):
        checks.autocfg_report(configuration).conclude()


def test_a_part_that_loses_its_file_or_schema_needs_input(tmp_path: Path) -> None:
    folder = valid_profile(tmp_path)
    replace(PROFILE, "schema_file: heatmap_summary.schema.json", "schema_file: null")(folder)
    replace(PROFILE, "path: sv_modules.py", "path: null")(folder)
    configuration = ProfileConfiguration(load_profile("example", profiles=tmp_path))
    assert checks.heatmap_report(configuration).verdict is Verdict.NEEDS_INPUT
    assert checks.modules_report(configuration).verdict is Verdict.NEEDS_INPUT
    with pytest.raises(NeedsInput, match="files of supervisor modules"):
        questions.types_report(
            configuration, Subject.SUPERVISOR_MODULES, "$.modules[*]", ValueType.STRING
        )


def test_the_document_of_needed_inputs_is_up_to_date() -> None:
    written = (PROJECT / "docs" / "pz-inputs-needed.md").read_text(encoding="utf-8")
    command = "python3 focus.py pz explain --inputs > docs/pz-inputs-needed.md"
    assert written == inputs_needed(load_profile("pz")), f"write it again: {command}"


def test_the_state_before_the_revert_is_told_apart() -> None:
    before = ProfileConfiguration(load_profile("example", files=EXAMPLE / "files" / "before"))
    left = checks.reverted_report(before)
    assert left.verdict is Verdict.FAIL
    assert {item.code for item in left.findings} == {"CF040"}
    assert len(left.findings) == 12


def test_a_second_set_needs_no_change_of_code(tmp_path: Path) -> None:
    folder = write_second_set(tmp_path)
    configuration = ProfileConfiguration(load_profile("second", profiles=tmp_path))
    configuration.profile.require_for("staging")
    judged = reports(configuration)
    assert [report.verdict for report in judged[:4]] == [Verdict.PASS] * 4
    assert {report.verdict for report in judged[4:]} == {Verdict.UNDETERMINED}  # no baselines yet
    most = questions.parameter(configuration, "core.limits.most")
    assert (most.value, most.origin, most.overridden) == (6, "core.yml:3", ("base.yml:1",))
    assert questions.parameter(configuration, "core.owner").value == "nobody"
    period = questions.recorder_parameter_report(configuration, "period")
    life = questions.agreed_parameter_report(configuration, "job life")
    assert (period.verdict, life.verdict) == (Verdict.PASS, Verdict.PASS)
    with pytest.raises(
        NeedsInput, match=r"supply 'size' under .*\.parameters of .* It lists: peri"
    ):
        questions.recorder_parameter_report(configuration, "size")

    replace("tree/conf/maps.yml", "rec.beta", "rec.gamma")(folder)
    append("tree/params/core.yml", "legacy: 1\n")(folder)
    spoilt = reports(ProfileConfiguration(load_profile("second", profiles=tmp_path)))
    codes = [[item.code for item in report.findings] for report in spoilt[:4]]
    assert codes == [[], [], ["CF021", "CF022"], ["CF040"]]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"requird": ["a"]}, "'requird' was unexpected"),
        ({"properties": {"a": {"minimun": 1}}}, "'minimun' was unexpected"),
        ({"properties": {"a": {"format": "uri"}}}, "'format' was unexpected"),
        ({"x-status": "guessed"}, "'guessed' is not one of"),
        ({"$ref": "https://example.org/schema"}, "does not match"),
    ],
)
def test_a_schema_with_an_unknown_keyword_is_refused(
    body: dict, words: str, tmp_path: Path
) -> None:
    root = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "x-status": "observed",
        "x-source": "test",
        "type": "object",
    }
    file = tmp_path / "a.schema.json"
    file.write_text(json.dumps({**root, **body}), encoding="utf-8")
    with pytest.raises(ToolError, match="is not strict at") as error:
        read_schema(file)
    assert words in str(error.value)


def test_a_schema_without_provenance_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.schema.json"
    file.write_text('{"$schema": "https://json-schema.org/draft/2020-12/schema"}', "utf-8")
    with pytest.raises(ToolError, match="is a required property"):
        read_schema(file)


def test_a_placeholder_must_say_what_it_needs(tmp_path: Path) -> None:
    folder = valid_profile(tmp_path)
    replace(PROFILE, "reverted:\n  status: invented", "reverted:\n  status: placeholder")(folder)
    with pytest.raises(ToolError, match="must say in 'needs' what the team must supply"):
        load_profile("example", profiles=tmp_path)


def test_an_unknown_profile_is_an_error_with_the_known_names() -> None:
    with pytest.raises(ToolError, match=r"no profile 'exmple' .* Known are: example, pz"):
        load_profile("exmple")


@pytest.mark.parametrize(
    ("command", "timeout", "words"),
    [
        ("['no-such-program-here']", 60, "cannot be started"),
        (
            "['{python}', '-c', 'import sys; sys.exit(9)']",
            60,
            "exit code 9, which the profile does not",
        ),
        ("['{python}', '-c', 'import time; time.sleep(60)']", 0.5, "did not end within 0.5 s"),
    ],
)
def test_a_checker_that_does_not_work_is_an_error(
    command: str, timeout: float, words: str, tmp_path: Path
) -> None:
    import sys  # noqa: PLC0415 - only to name the interpreter

    folder = valid_profile(tmp_path)
    text = (folder / PROFILE).read_text(encoding="utf-8")
    old = next(line for line in text.splitlines() if line.startswith("  command:"))
    new = f"  timeout: {timeout}\n  command: {command.replace('{python}', sys.executable)}"
    replace(PROFILE, old, new)(folder)
    with pytest.raises(ToolError, match=words):
        run_checker(ProfileConfiguration(load_profile("example", profiles=tmp_path)))
