from focus_engine.credentials import credential_headers
from focus_engine.latency.planning.measurement_spec import MeasurementSpec, _requests
from focus_engine.masking import masked


def test_without_a_token_nothing_is_added(monkeypatch) -> None:
    monkeypatch.delenv("FOCUS_TOKEN", raising=False)
    assert credential_headers() == {}


def test_measured_requests_carry_the_token_and_no_log_shows_it(monkeypatch) -> None:
    monkeypatch.setenv("FOCUS_TOKEN", "ey-not-a-real-one")
    (request,) = _requests(MeasurementSpec("GET /ack"), "http://127.0.0.1:1")
    assert dict(request.headers) == {"Authorization": "Bearer ey-not-a-real-one"}
    assert "not-a-real" not in masked(str(request.headers))
