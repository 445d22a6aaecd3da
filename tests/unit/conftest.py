"""What all unit tests share."""

import pytest

from focus_engine import masking


@pytest.fixture(autouse=True)
def _nothing_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    """What another test signed in with is no secret here."""
    monkeypatch.setattr(masking, "_SECRETS", masking._Secrets())
