"""Every path and method that the sandbox serves, of today and later, has a case or a reason."""

import json
import urllib.request

import pytest
from guards.suites import cases
from proof.runs import Sandbox

from focus_engine.contract.endpoints.coverage import known_endpoints
from focus_engine.contract.endpoints.openapi import served_endpoints, shape_of

PREFIX = "/focus-server"


@pytest.mark.parametrize("options", [(), ("--fault", "future-api-served")], ids=["today", "later"])
def test_served_endpoints_are_listed(options: tuple[str, ...]) -> None:
    sandbox = Sandbox(*options)
    try:
        url = sandbox.addresses["base_url"] + "/openapi.json"
        with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310 - our own loopback
            served = served_endpoints(json.load(answer), PREFIX)
    finally:
        sandbox.stop()
    shapes, known = ({shape_of(one) for one in each} for each in (served, known_endpoints()))
    assert shapes == known if options else shapes < known, "an endpoint that is not served is dead"


@pytest.mark.parametrize("endpoint", known_endpoints())
def test_named_case_exists(endpoint: str) -> None:
    coverage = known_endpoints()[endpoint]
    existing = {f"{file.stem} / {name.rpartition('.')[2]}" for file, name, _tags in cases()}
    assert coverage.reason or coverage.case in existing
