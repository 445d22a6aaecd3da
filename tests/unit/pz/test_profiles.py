"""Profiles: what ships, what a placeholder allows, and that swapping needs no change of code."""

import json
import time
from pathlib import Path

import pytest
from unit.pz.corpus import PROFILE, RECORDER, append, replace, valid_profile
from unit.pz.second_set import write_second_set

from focus_engine.checks.finding import path_text
from focus_engine.decoding import bounded_pattern
from focus_engine.paths import PROJECT
from focus_engine.pz import checks, questions
from focus_engine.pz.comparison.difference import Comparer
from focus_engine.pz.configuration import ProfileConfiguration
from focus_engine.pz.external import run_checker
from focus_engine.pz.inputs_needed import inputs_needed
from focus_engine.pz.live.effects import effects_report
from focus_engine.pz.profile import PROFILES, known_profiles, load_profile
from focus_engine.pz.profile_file import ChangeKind
from focus_engine.pz.questions import ValueType
from focus_engine.pz.reading.module_list import Module, ModuleList
from focus_engine.pz.reading.schema import check, read_schema
from focus_engine.pz.references import Reference, check_references
from focus_engine.pz.report import ProfileReport
from focus_engine.pz.words import Subject
from focus_engine.reading.document import Document
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
    file = tmp_path / "a.schema.json"
    file.write_text(json.dumps({**SCHEMA, **body}), encoding="utf-8")
    with pytest.raises(ToolError, match="is not strict at") as error:
        read_schema(file)
    assert words in str(error.value)


SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "x-status": "observed",
    "x-source": "test",
    "type": "object",
}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"$ref": "#/$defs/nope"}, r"refers at \$\['\$ref'\] to '#/\$defs/nope'"),
        ({"$defs": {"a": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"}, "only a reference to its"),
        ({"$defs": {"a": {"pattern": "("}}}, "unusable at .*a.pattern: '\\(' is no regular exp"),
    ],
)
def test_a_schema_with_a_value_of_no_use_is_refused(body, words, tmp_path: Path) -> None:
    file = tmp_path / "a.schema.json"
    file.write_text(json.dumps({**SCHEMA, **body}), encoding="utf-8")
    with pytest.raises(ToolError, match=words):
        read_schema(file)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"properties": {"a": {"pattern": "^(a+)+$"}}}, "was not looked for to the end"),
        ({"$defs": {"b": {"allOf": [{"$ref": "#/$defs/b"}]}}, "$ref": "#/$defs/b"}, "without end"),
    ],
)
def test_a_schema_that_would_never_end_is_told(body, words, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(bounded_pattern, "LIMIT", 1.0)
    file = tmp_path / "a.schema.json"
    file.write_text(json.dumps({**SCHEMA, **body}), encoding="utf-8")
    document = Document("summary.json", {"a": "a" * 40 + "!"}, {})
    with pytest.raises(ToolError, match=words):
        check(document, read_schema(file))


@pytest.mark.parametrize("keyword", ["additionalProperties", "unevaluatedProperties"])
def test_each_unknown_key_is_told_however_it_is_written(keyword: str, tmp_path: Path) -> None:
    file = tmp_path / "a.schema.json"
    file.write_text(json.dumps({**SCHEMA, "properties": {"a": {}}, keyword: False}), "utf-8")
    unknown = ["it's", "a\u200bb", "a\\b", "a\nb", 'say "a"', "plain"]
    found = check(Document("summary.json", dict.fromkeys(["a", *unknown]), {}), read_schema(file))
    assert {each.place.path for each in found} == {path_text([key]) for key in unknown}
    many = Document("summary.json", {f"k{number}": 0 for number in range(20_000)}, {})
    began = time.process_time()
    assert len(check(many, read_schema(file))) == 20_000
    assert time.process_time() - began < 20


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


FINDING = "(?P<file>[^:]+):(?P<line>\\d+): ERROR (?P<message>.*)$"
RULES = "log_rules.yaml"
READY = "'^INFO:\\s+Application startup complete\\.$'"
ALLOWED = "'^\\S+ ERROR pz\\.focus_server .*Missing required fiber metadata fields: prr$'"
CRASH = "'^pymongo\\.errors\\.ServerSelectionTimeoutError: '"
FIRST_TRACE = "selector: '$.recorders[*].adaptive_period'"
USELESS = {
    "finding is no pattern": (PROFILE, FINDING, "(?P<message>.*", "no regular expression"),
    "finding without message": (PROFILE, FINDING, "ERROR", "has no group (?P<message>"),
    "reference is no pattern": (PROFILE, "$.**.module}", "$.**.module, pattern: '^(x'}", "regular"),
    "reference without group": (PROFILE, "$.**.module}", "$.**.module, pattern: x}", "no group"),
    "path without $": (PROFILE, "'$.recorders[*].type', unique", "'type', unique", "start with"),
    "path that is cut": (PROFILE, FIRST_TRACE, "selector: '$.recorders[*'", "is not understood"),
    "path of a policy": (PROFILE, "'$.modules.*'", "'modules.*'", "must start with"),
    "effect without slash": (PROFILE, "request: /channels", "request: channels", "write /channels"),
    "effect without $": (PROFILE, "selector: $.highest", "selector: highest", "must start with"),
    "rule too large": (RULES, "(KeyError)", "(KeyError){99999999999}", "no regular expression"),
    "rule too deep": (RULES, "'^'}", f"'^{'(' * 3000}{')' * 3000}'}}", "no regular expression"),
    "rule twice": (RULES, "id: LG003", "id: LG002", "rule LG002 is there 2 times"),
    "every log is ready": (RULES, READY, "'^'", "'^' of ready fits any line"),
    "every error is allowed": (RULES, ALLOWED, "'^.*'", "'^.*' of allow fits any line"),
    "every crash is explained": (RULES, CRASH, "'^(?s:.)*'", "of crash_explanations fits any"),
    "no such condition": (RULES, "condition: waiting-for-fiber", "condition: waiting", "waiting-"),
}


@pytest.mark.parametrize(("file", "old", "new", "words"), USELESS.values(), ids=USELESS)
def test_what_would_judge_nothing_or_break_is_refused_with_its_line(
    file: str, old: str, new: str, words: str, tmp_path: Path
) -> None:
    folder = valid_profile(tmp_path)
    replace(file, old, new)(folder)
    with pytest.raises(ToolError, match=rf"{file}.* line \d+") as error:
        load_profile("example", profiles=tmp_path).log_rules()
    assert words in str(error.value)
    assert len(str(error.value)) < 1000


@pytest.mark.parametrize(
    "data", [[], {}, {"modules": 5}, {"modules": None}, {"modules": [{"a": 1}]}, None, "text"]
)
def test_a_baseline_of_modules_lists_names(data: object, tmp_path: Path) -> None:
    folder = valid_profile(tmp_path)
    file = folder / "baselines" / "supervisor_modules.json"
    baseline = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(baseline | {"data": data}), encoding="utf-8")
    with pytest.raises(ToolError, match=r"supervisor_modules\.json.*data"):
        checks.modules_report(ProfileConfiguration(load_profile("example", profiles=tmp_path)))


def test_a_baseline_of_another_subject_is_refused(tmp_path: Path) -> None:
    folder = valid_profile(tmp_path)
    replace(PROFILE, "baseline: autocfg.json", "baseline: heatmap_summary.json")(folder)
    configuration = ProfileConfiguration(load_profile("example", profiles=tmp_path))
    with pytest.raises(ToolError, match=r"baseline of heatmap_summary, .* names it for autocfg"):
        checks.baseline_report(configuration, Subject.AUTOCFG)


def test_a_reference_that_may_hold_no_name_names_no_module(tmp_path: Path) -> None:
    folder = valid_profile(tmp_path)
    replace(PROFILE, "$.**.module}", "$.**.module, pattern: '^(q)?.*$'}")(folder)
    configuration = ProfileConfiguration(load_profile("example", profiles=tmp_path))
    assert "CF026" in {item.code for item in checks.modules_report(configuration).findings}


def test_a_parent_of_an_impossible_name_is_missing(tmp_path: Path) -> None:
    folder = valid_profile(tmp_path)
    replace(RECORDER, "parent_config: ../site.yaml", f"parent_config: {'a' * 300}")(folder)
    configuration = ProfileConfiguration(load_profile("example", profiles=tmp_path))
    report = checks.autocfg_report(configuration)
    assert report.verdict is Verdict.FAIL
    assert "AC001" in {item.code for item in report.findings}


def test_many_changed_names_are_compared_in_time() -> None:
    before, after = ({f"{end}{number}": number for number in range(1500)} for end in ("a", "b"))
    began = time.process_time()
    kinds = {each.kind for each in Comparer([]).compare(before, after)}
    assert kinds == {ChangeKind.REMOVED, ChangeKind.ADDED}
    assert time.process_time() - began < 20


def test_many_unknown_modules_are_told_in_time() -> None:
    modules = ModuleList("m.py", tuple(Module(f"known.{at}", 1) for at in range(1500)), ())
    references = [Reference(f"other.{at}", "a.json", 1, ()) for at in range(1500)]
    began = time.process_time()
    found = list(check_references(references, modules, ()))
    assert sum(each.code == "CF021" for each in found) == 1500
    assert time.process_time() - began < 20


def test_a_pattern_that_would_never_end_is_told(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(bounded_pattern, "LIMIT", 1.0)
    folder = valid_profile(tmp_path)
    replace(PROFILE, "$.**.module}", "$.**.module, pattern: '^(([a-z._]+)+)$'}")(folder)
    name = "heatmaps.recorder.which.has.a.name.that.is.long!"
    replace(RECORDER, "module: heatmaps.recorder", f"module: {name}")(folder)
    configuration = ProfileConfiguration(load_profile("example", profiles=tmp_path))
    with pytest.raises(ToolError, match=r"of a reference, .* was not looked for to the end"):
        checks.modules_report(configuration)


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
