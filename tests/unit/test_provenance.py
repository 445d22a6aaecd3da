"""What a server says of itself stands in one line: CI takes commands from the start of a line."""

from types import SimpleNamespace

import pytest

from focus_engine import provenance


@pytest.mark.parametrize(
    "version", ["11\\n::error::x", "11\\r\\n::stop-commands::x", "11\\u2028::x"]
)
def test_a_version_is_one_line(monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    body = f'{{"sw_version": "{version}"}}'.encode()
    answer = SimpleNamespace(content=body, ok=True)
    monkeypatch.setattr(provenance, "get", lambda *_: answer)
    assert provenance.server_version(None).splitlines() == [  # type: ignore[arg-type]
        provenance.server_version(None)  # type: ignore[arg-type]
    ]
