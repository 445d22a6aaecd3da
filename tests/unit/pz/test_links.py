"""Names that lead from one part of PZ's configuration to another are followed."""

import shutil
from pathlib import Path

import pytest

from focus_engine.pz.checks import autocfg_report, heatmap_report
from focus_engine.pz.configuration import ProfileConfiguration
from focus_engine.pz.profile import PROFILES, load_profile
from focus_engine.pz.words import Subject

SUMMARY, RECORDER = "heatMapSummary.json", "autocfg/parameters/components/heatmaps_recorder.yaml"
REPORTS = {Subject.HEATMAP_SUMMARY: heatmap_report, Subject.AUTOCFG: autocfg_report}
OF_LINKS = {"CF043", "CF044", "CF045"}


@pytest.fixture
def pz_files(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PROFILES / "example" / "files" / "after", tmp_path / "files"))


def codes(files: Path, subject: Subject) -> list[str]:
    report = REPORTS[subject](ProfileConfiguration(load_profile("example", files=files)))
    return [found.code for found in report.findings if found.code in OF_LINKS]


@pytest.mark.parametrize(
    ("file", "old", "new", "subject", "found"),
    [
        (SUMMARY, "", "", Subject.HEATMAP_SUMMARY, []),
        (SUMMARY, '"smart_recorder.heatMaps"', '"elsewhere"', Subject.HEATMAP_SUMMARY, ["CF043"]),
        (SUMMARY, "recorder_FreqSpan", "recorder_Poles", Subject.HEATMAP_SUMMARY, ["CF044"]),
        (SUMMARY, '"type": "Poles"', '"type": "FreqSpan"', Subject.HEATMAP_SUMMARY, ["CF044"]),
        (RECORDER, "queue: smart", "queue: other", Subject.AUTOCFG, ["CF043"]),
        (RECORDER, "queue: smart", "queue: other", Subject.HEATMAP_SUMMARY, ["CF043"] * 10),
        (RECORDER, "queue:", "queues:", Subject.AUTOCFG, ["CF045"]),
        (RECORDER, "queue:", "queues:", Subject.HEATMAP_SUMMARY, ["CF045"]),
        (RECORDER, SUMMARY, "gone.json", Subject.AUTOCFG, ["CF043"]),
        (RECORDER, SUMMARY, "n" * 300, Subject.AUTOCFG, ["CF043"]),
        (RECORDER, SUMMARY, "../" * 12 + "etc/hostname", Subject.AUTOCFG, ["CF043"]),
        (RECORDER, "summary_file", "summary", Subject.AUTOCFG, ["CF045"]),
    ],
)
def test_a_name_leads_to_what_it_names(pz_files, file, old, new, subject, found) -> None:
    path = pz_files / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    assert codes(pz_files, subject) == found
