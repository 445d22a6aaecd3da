"""Measuring over TLS: whom the child trusts, and that it says so when it does not."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from bench_server import bench_server

from focus_engine.latency.planning.plan import MeasurementPlan, PreparedRequest
from focus_engine.latency.planning.schedule import constant
from focus_engine.latency.sampler.outcome import Outcome
from focus_engine.network.trust import tls_context
from focus_engine.verdict import ToolError

from .conftest import PROJECT, Run

TLS = PROJECT / "tests" / "tls"


@pytest.fixture(scope="module")
def secured() -> Iterator[str]:
    """The address of a server whose certificate nobody trusts unasked."""
    with bench_server("--certificate", str(TLS / "server.pem")) as address:
        yield address


@pytest.fixture(autouse=True)
def no_bundle(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


def plan(url: str, *, verify: bool) -> MeasurementPlan:
    requests = (PreparedRequest("GET", f"{url}/a"),)
    return MeasurementPlan(requests, constant(100, 0.2), timeout=5.0, verify_tls=verify)


def test_a_trusted_authority_is_enough(
    secured: str, run_plan: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(TLS / "ca.pem"))
    samples, _ = run_plan(plan(secured, verify=True))
    assert samples.outcomes()[Outcome.OK] == 20


def test_an_unknown_authority_is_refused(secured: str, run_plan: Run) -> None:
    samples, _ = run_plan(plan(secured, verify=True))
    assert samples.outcomes()[Outcome.UNREACHED] == 20
    assert "certificate verify failed" in samples.examples["UNREACHED"][0]


def test_the_name_in_the_certificate_is_checked_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert tls_context(verify=True).check_hostname
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path))  # a folder of certificates
    assert tls_context(verify=True).check_hostname


def test_without_verification_any_certificate_will_do(secured: str, run_plan: Run) -> None:
    samples, _ = run_plan(plan(secured, verify=False))
    assert samples.outcomes()[Outcome.OK] == 20


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_bundle_that_cannot_be_read_is_named(
    run_plan: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str | None
) -> None:
    bundle = tmp_path / "ca.pem"
    if content is not None:
        bundle.write_text(content, encoding="utf-8")
    monkeypatch.setenv("CURL_CA_BUNDLE", str(bundle))
    with pytest.raises(ToolError, match=r"ERROR: CURL_CA_BUNDLE is '.*ca.pem', which holds no"):
        run_plan(plan("https://127.0.0.1:9", verify=True))
