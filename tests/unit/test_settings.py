"""Client settings and requirements: typed, complete, and a sentence when they are not."""

import json
import re
import runpy
from pathlib import Path

import pytest

from focus_engine.datafile import read_yaml
from focus_engine.declared.settings_rules import SettingsRule, require_rule
from focus_engine.paths import VARIABLES
from focus_engine.settings import (
    CLIENT_SETTINGS,
    REQUIREMENTS,
    Requirements,
    client_settings,
    multichannel_nfft_options,
    requirements,
)
from focus_engine.verdict import ProductFailure, ToolError

FIRST = client_settings().Defaults.StartChannel


def mutated(folder: Path, monkeypatch: pytest.MonkeyPatch, section: str, **changes: object) -> Path:
    data = json.loads(CLIENT_SETTINGS.read_text(encoding="utf-8"))
    target = data[section] if section else data
    for key, value in changes.items():
        if value is None:
            del target[key]
        else:
            target[key] = value
    path = folder / "other.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    monkeypatch.setenv("FOCUS_CLIENT_SETTINGS", str(path))
    return path


def test_the_clients_own_file_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FOCUS_CLIENT_SETTINGS", raising=False)
    theirs = json.loads(CLIENT_SETTINGS.read_text(encoding="utf-8"))
    assert client_settings().Constraints.SensorsRange == theirs["Constraints"]["SensorsRange"]
    assert client_settings().Options.nfftSingleChannel == theirs["Options"]["nfftSingleChannel"]


def test_another_file_by_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mutated(tmp_path, monkeypatch, "Constraints", SensorsRange=100)
    assert client_settings().Constraints.SensorsRange == 100


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"SensorsRange": None}, "key 'Constraints.SensorsRange' is missing"),
        ({"SensorsRange": "2222"}, "key 'Constraints.SensorsRange' is '2222' (str)"),
        ({"SensorsRange": True}, "key 'Constraints.SensorsRange' is True (bool)"),
        ({"SensorsRange": 0}, "key 'Constraints.SensorsRange' is 0 (int)"),
        ({"MaxWindows": [30]}, "key 'Constraints.MaxWindows' is [30] (list)"),
        ({"FrequencyMax": 999.5}, "key 'Constraints.FrequencyMax' is 999.5 (float)"),
    ],
)
def test_a_wrong_key_is_named_with_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict, sentence: str
) -> None:
    path = mutated(tmp_path, monkeypatch, "Constraints", **change)
    with pytest.raises(ToolError) as error:
        client_settings()
    assert str(error.value).startswith("ERROR: ")
    assert sentence in str(error.value)
    assert str(path) in str(error.value)


@pytest.mark.parametrize(
    ("section", "key"),
    [("", "Options"), ("", "NumLiveScreens"), ("Defaults", "EndFrequency_hz")],
)
def test_a_missing_key_that_is_used_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, section: str, key: str
) -> None:
    mutated(tmp_path, monkeypatch, section, **{key: None})
    with pytest.raises(ToolError, match=f"key '{section + '.' if section else ''}{key}' is miss"):
        client_settings()


def test_every_key_that_is_wrong_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "other.json"
    data = json.loads(CLIENT_SETTINGS.read_text(encoding="utf-8"))
    data["Constraints"] |= {"SensorsRange": None, "MaxWindows": "30"}
    del data["Defaults"]["Nfft"], data["Options"], data["NumLiveScreens"]
    path.write_text(json.dumps(data, indent="\t"), encoding="utf-8")
    monkeypatch.setenv("FOCUS_CLIENT_SETTINGS", str(path))
    with pytest.raises(ToolError) as error:
        client_settings()
    wrong = ("SensorsRange", "MaxWindows", "Defaults.Nfft", "Options", "NumLiveScreens")
    assert [key for key in wrong if key not in str(error.value)] == []


@pytest.mark.parametrize("section", ["", "Constraints", "Defaults", "Communication", "Options"])
def test_keys_that_nobody_knows_are_allowed_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, section: str
) -> None:
    mutated(tmp_path, monkeypatch, section, Later={"a": [1, None]})
    settings = client_settings()
    kept = settings.model_dump(by_alias=True)
    assert (kept[section] if section else kept)["Later"] == {"a": [1, None]}
    assert kept["Communication"]["GrpcTimeout"] == 500


@pytest.mark.parametrize(
    "changes",
    [
        {"SensorsRange": 1},
        {"SensorsRange": 3000, "MaxWindows": 1},
        {"FrequencyMin": 100, "FrequencyMax": 150, "FrequencyMinRange": 10},
        {"FrequencyMax": 1},
    ],
)
def test_cells_at_limits_follow_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, int]
) -> None:
    mutated(tmp_path, monkeypatch, "Constraints", **changes)
    cell = runpy.run_path(str(VARIABLES / "focus_variables.py"))["get_variables"]()
    assert cell["SECOND_CHANNEL"] - cell["START_CHANNEL"] < cell["MAX_CHANNELS"]
    ascending = ("FREQUENCY_MIN", "NARROW_FREQUENCY", "LOW_FREQUENCY", "MIDDLE_FREQUENCY")
    frequencies = [cell[name] for name in (*ascending, "FREQUENCY_MAX")]
    assert frequencies == sorted(frequencies)


def test_keys_that_are_not_used_may_be_absent_or_of_any_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = json.loads(CLIENT_SETTINGS.read_text(encoding="utf-8"))["Constraints"]
    mutated(tmp_path, monkeypatch, "", Communication=None, NumTabs="ten", Logger=None)
    assert client_settings().Constraints.SensorsRange == whole["SensorsRange"]


@pytest.mark.parametrize("text", ["\ufeff{}", "{}\n\n", "\t {}"])
def test_how_the_file_is_written_is_the_clients_affair(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    data = json.loads(CLIENT_SETTINGS.read_text(encoding="utf-8"))
    data["Defaults"]["EndFrequency_hz"] = 1000.0
    path = tmp_path / "own.json"
    path.write_text(text.replace("{}", json.dumps(data, indent="\t")), encoding="utf-8")
    monkeypatch.setenv("FOCUS_CLIENT_SETTINGS", str(path))
    assert client_settings().Defaults.EndFrequency_hz == 1000


@pytest.mark.parametrize("text", ["{", "[]", "null", ""])
def test_a_file_that_is_no_settings_object(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    path = tmp_path / f"broken{len(text)}.json"
    path.write_text(text, encoding="utf-8")
    monkeypatch.setenv("FOCUS_CLIENT_SETTINGS", str(path))
    with pytest.raises(ToolError, match="Correct the file"):
        client_settings()


def test_an_absent_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOCUS_CLIENT_SETTINGS", str(tmp_path / "absent.json"))
    with pytest.raises(ToolError, match="FOCUS_CLIENT_SETTINGS names no file that is there"):
        client_settings()


def test_multichannel_options_stop_at_the_requirement() -> None:
    offered, limit = client_settings().Options.nfftSingleChannel, 2048
    allowed = multichannel_nfft_options(client_settings(), requirements())
    assert allowed == [option for option in offered if option <= limit]


NUMBERS = re.findall(
    r"^(\w+):\n  value: (\[?)[\d.]+|^(\w+):\n  said:\n    - \{value: \d+,",
    REQUIREMENTS.read_text(encoding="utf-8"),
    re.MULTILINE,
)


@pytest.mark.parametrize("name", [one or other for one, _, other in NUMBERS])
@pytest.mark.parametrize("number", ["-1", "5 ms"])
def test_a_number_that_cannot_be_is_refused(tmp_path, monkeypatch, name: str, number: str) -> None:
    text = REQUIREMENTS.read_text(encoding="utf-8")
    before, found, after = text.partition(f"{name}:\n")
    file = tmp_path / "requirements.yaml"
    wrong = re.sub(r"(value: \[?)[\d.]+", rf"\g<1>{number}", after, count=1)
    file.write_text(before + found + wrong, encoding="utf-8")
    monkeypatch.setenv("FOCUS_REQUIREMENTS", str(file))
    with pytest.raises(ToolError, match=rf"{name}|{number}"):
        requirements()


WRONG_VALUES = {
    "multichannel_nfft_max": ("2048", ["1", "9223372036854775807", "64"]),
    "multichannel_nfft_min": ("{value: 32,", ["{value: 1,", "{value: 65536,"]),
    "former_channel_limit": ("2500", ["0", "99999999999"]),
    "investigations_at_once": ("40", ["0", "1000000"]),
    "accepted_status": ("value: 202", ["value: 404"]),
    "rejection_statuses": ("[400, 422]", ["[400, 200]", "[500]", "[302]", "[429]"]),
    "overload_statuses": ("[429, 503]", ["[429, 429]", "[400, 503]", "[200]"]),
    "unknown_job_status": ("404", ["200"]),
    "no_recording_text": ('"No recording found in given time range"', ['" "']),
    "unknown_job_text": ('"Invalid job_id"', ['""']),
    "display_durations": ("[60, 300", ["[60, 60, 300", "[9000000000000000000, 300", "[0, 300"]),
    "live_recording_hours_max": ("24", ["9999999"]),
    "recordings_since_year": ("2017", ["99999"]),
    "recording_chunk_seconds": ("5.0", ["1.0e-31"]),
    "frequency_max_fraction_of_prr": ("0.5", ["0.0"]),
    "broker_exchange": ("prisma", ['""']),
    "broker_recorder_queue": ("recorder_input", ['" "']),
    "broker_job_queue": ('"focus_baby.{job_id}"', ['"focus_baby.{jobid}"']),
}


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [(name, right, each) for name, (right, some) in WRONG_VALUES.items() for each in some],
)
def test_a_value_by_which_no_check_could_be_right_is_refused(
    name: str, right: str, wrong: str, tmp_path: Path
) -> None:
    before, found, after = REQUIREMENTS.read_text(encoding="utf-8").partition(f"\n{name}:\n")
    assert right in after
    file = tmp_path / "requirements.yaml"
    file.write_text(before + found + after.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(ToolError, match=name):
        read_yaml(file, Requirements)


@pytest.mark.parametrize("form", ["job_id_form", "streams_of_channels"])
def test_a_form_that_no_check_knows_is_refused(tmp_path, monkeypatch, form: str) -> None:
    text = REQUIREMENTS.read_text(encoding="utf-8")
    before, found, after = text.partition(f"{form}:\n")
    file = tmp_path / "requirements.yaml"
    wrong = re.sub('value: "', 'value: "x', after, count=1)
    file.write_text(before + found + wrong, encoding="utf-8")
    monkeypatch.setenv("FOCUS_REQUIREMENTS", str(file))
    with pytest.raises(ToolError, match=form):
        requirements()


def test_open_requirements_stay_open() -> None:
    assert requirements().channel_limit_bounds_number.value is None
    assert requirements().channel_limit_bounds_number.status == "open"


@pytest.mark.parametrize("rule", SettingsRule)
def test_the_clients_own_file_satisfies_every_rule(rule: SettingsRule) -> None:
    require_rule(rule)


@pytest.mark.parametrize(
    ("rule", "section", "change", "sentence"),
    [
        (SettingsRule.complete, "Defaults", {"Nfft": None}, "key 'Defaults.Nfft' is missing"),
        (SettingsRule.default_channels, "Defaults", {"EndChannel": 5}, f"channels {FIRST} to 5"),
        (
            SettingsRule.default_channels,
            "Defaults",
            {"EndChannel": 99_999},
            f"channels {FIRST} to 99999",
        ),
        (
            SettingsRule.default_frequencies,
            "Defaults",
            {"EndFrequency_hz": 99_999},
            "0 to 99999 Hz",
        ),
        (SettingsRule.default_nfft, "Defaults", {"Nfft": 1000}, "none of the options"),
        (SettingsRule.nfft_options, "Options", {"nfftSingleChannel": [128, 100]}, "[128, 100]"),
        (
            SettingsRule.nfft_options,
            "Options",
            {"nfftSingleChannel": [4096, 8192]},
            "none of them is allowed in the multichannel view, which ends at 2048.",
        ),
        (SettingsRule.windows, "", {"NumLiveScreens": 999}, "999 live screens"),
    ],
)
def test_a_broken_rule_is_a_failure_of_the_product(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    rule: SettingsRule,
    section: str,
    change: dict,
    sentence: str,
) -> None:
    mutated(tmp_path, monkeypatch, section, **change)
    with pytest.raises(ProductFailure) as failure:
        require_rule(rule)
    assert sentence in str(failure.value)
