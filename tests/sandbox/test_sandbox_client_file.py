"""The limits of the conforming server are those of the client's settings file."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.client_file import client_limits

ROOT = Path(__file__).parents[2]
OWN = ROOT / "variables" / "client" / "usersettings.new_production_client.json"


def _file(folder: Path, **constraints: int) -> Path:
    data = json.loads(OWN.read_text(encoding="utf-8"))
    data["Constraints"].update(constraints)
    other = folder / "other.json"
    other.write_text(json.dumps(data), encoding="utf-8-sig")
    return other


@pytest.mark.parametrize(("limit", "fibre"), [(2000, 2337), (3000, 3115)])
def test_limit_and_fibre_follow_the_file(
    call_sandbox: Callable[..., Any],
    valid: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    limit: int,
    fibre: int,
) -> None:
    file = _file(tmp_path, SensorsRange=limit, FrequencyMinRange=5)
    monkeypatch.setenv("FOCUS_CLIENT_SETTINGS", str(file))
    sandbox = call_sandbox()
    assert sandbox.focus("GET", "/channels").json()["highest_channel"] == fibre
    for last, status in ((limit, 200), (limit + 1, 400)):
        body = {**valid["multichannel"], "channels": {"min": 1, "max": last}}
        assert sandbox.configure(body).status_code == status
    for highest, status in ((55, 200), (54, 400)):
        body = {**valid["multichannel"], "frequencyRange": {"min": 50, "max": highest}}
        assert sandbox.configure(body).status_code == status
    assert sandbox.errors() == ""


@pytest.mark.parametrize("text", ["{", "{}", '{"Constraints": [], "Options": {}}'])
def test_a_file_that_cannot_be_used_is_the_tests_affair(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    text: str,
) -> None:
    own = client_limits()
    broken = tmp_path / "broken.json"
    broken.write_text(text, encoding="utf-8")
    monkeypatch.setenv("FOCUS_CLIENT_SETTINGS", str(broken))
    client_limits.cache_clear()
    assert client_limits() == own
    assert f"{broken} is not usable" in capsys.readouterr().err
    client_limits.cache_clear()
