"""Every code is produced by a mutation, and none by the valid set."""

from pathlib import Path

import pytest
from unit.pz.corpus import MUTATIONS, Mutation, all_reports, profile_in, valid_profile

from focus_engine.checks.finding import Severity
from focus_engine.pz import questions
from focus_engine.pz.codes import PzCode
from focus_engine.pz.configuration import ProfileConfiguration
from focus_engine.pz.report import ProfileReport
from focus_engine.pz.words import Subject, ValueType
from focus_engine.verdict import Verdict


def codes(reports: list[ProfileReport]) -> set[str]:
    return {item.code for report in reports for item in report.findings}


def test_the_valid_set_raises_no_alarm(tmp_path: Path) -> None:
    valid_profile(tmp_path)
    reports = all_reports(profile_in(tmp_path))
    assert [report.sentence() for report in reports if report.findings] == []
    assert {report.verdict for report in reports} == {Verdict.PASS}


def _otherwise(folder: Path) -> None:
    """The same content: numbers, a constant and the ends of lines in other words."""
    summary, modules = folder / "heatMapSummary.json", folder / "sv_modules.py"
    common = folder / "autocfg" / "parameters" / "common.yaml"
    for file, old, new in (
        (summary, b"512.0", b"512"),
        (summary, b"24.0", b"24"),
        (modules, b"SV_MODULES = [", b"SV_MODULES: list[str] = ["),
        (common, b"\n", b"\r\n"),
    ):
        content = file.read_bytes()
        assert old in content
        file.write_bytes(content.replace(old, new))


def test_the_same_written_otherwise_raises_no_alarm(tmp_path: Path) -> None:
    _otherwise(valid_profile(tmp_path) / "files" / "after")
    reports = all_reports(profile_in(tmp_path))
    assert [report.sentence() for report in reports if report.findings] == []
    sizes = questions.types_report(
        ProfileConfiguration(profile_in(tmp_path)),
        Subject.HEATMAP_SUMMARY,
        "$.recorders[*].expected_size_kb",
        ValueType.NUMBER,
    )
    assert list(sizes.findings) == []


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda item: item.name)
def test_a_mutation_is_found(mutation: Mutation, tmp_path: Path) -> None:
    mutation.edit(valid_profile(tmp_path))
    reports = all_reports(profile_in(tmp_path))
    assert mutation.code in codes(reports), [r.sentence() for r in reports]
    found = [item for r in reports for item in r.findings if item.code == mutation.code]
    if not mutation.code.startswith("EX"):  # those are the words of the external checker
        assert all(item.sentence.endswith((".", "?")) for item in found)
    outcomes = {report.verdict for report in reports if mutation.code in codes([report])}
    severities = {item.severity for item in found}
    if Severity.FAIL in severities:
        assert Verdict.FAIL in outcomes
    if severities == {Severity.UNDECIDED}:
        assert Verdict.PASS not in outcomes


def test_every_code_of_files_has_a_mutation() -> None:
    from_logs = {code.id for code in PzCode if code.id.startswith("LG")}
    assert {code.id for code in PzCode} - from_logs == {mutation.code for mutation in MUTATIONS}


def test_codes_are_unique() -> None:
    assert len({code.id for code in PzCode}) == len(list(PzCode))


def test_a_finding_names_file_line_and_path(tmp_path: Path) -> None:
    mutations = {item.name: item for item in MUTATIONS}
    places = {
        "CF005": "heatMapSummary.json:2 $.version",
        "CF012": "heatMapSummary.json:10 $.recorders[0].period_s",
        "CF032": "components/focus_server.yaml:8 $.interrogator_forwarder.enabled",
        "CF015": "heatMapSummary.json:10 $.recorders[0].period_s",
        "DF004": "components/focus_server.yaml:12 $.focus_server.jobs.life_s",
        "CF020": "components/focus_server.yaml:5 $.focus_server.livefs_forwarder.module",
        "EX001": "heatMapSummary.json:1",
    }
    seen = {}
    for code in places:
        folder = tmp_path / code
        mutations[code].edit(valid_profile(folder))
        reports = all_reports(profile_in(folder))
        found = [item for r in reports for item in r.findings if item.code == code]
        seen[code] = str(found[0].place)
    assert seen == places
