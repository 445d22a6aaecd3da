from unittest.mock import patch

import pytest

from focus_engine.latency.planning.measurement_spec import MeasurementSpec, _requests
from focus_engine.masking import masked
from focus_engine.network import credentials
from focus_engine.network.credentials import credential_headers
from focus_engine.verdict import ToolError


def test_without_a_token_nothing_is_added(monkeypatch) -> None:
    monkeypatch.delenv("FOCUS_TOKEN", raising=False)
    assert credential_headers() == {}


def test_measured_requests_carry_the_token_and_no_log_shows_it(monkeypatch) -> None:
    monkeypatch.setenv("FOCUS_TOKEN", "ey-not-a-real-one")
    (request,) = _requests(MeasurementSpec("GET /ack"), "http://127.0.0.1:1")
    assert dict(request.headers) == {"Authorization": "Bearer ey-not-a-real-one"}
    assert "not-a-real" not in masked(str(request.headers))


@pytest.mark.parametrize(
    "token", ["s3cret\nX: y", "s3cr\xe9t", "s3cret\x00", "s3cret\u2028x"], ids=ascii
)
def test_a_token_that_no_header_carries_is_told_by_its_name(token: str) -> None:
    with (
        patch.object(credentials.os, "environ", {"FOCUS_TOKEN": token}),
        pytest.raises(ToolError, match="FOCUS_TOKEN") as refused,
    ):
        credential_headers()
    assert "s3cr" not in str(refused.value)
