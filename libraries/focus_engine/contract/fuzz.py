"""Requests that schemathesis makes of the served OpenAPI, each sent once and judged by it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from focus_engine.checks.report import Report
from focus_engine.masking import head_of
from focus_engine.on_use import on_use
from focus_engine.verdict import ToolError, Undetermined

with on_use(__name__):
    from focus_engine import given
    from focus_engine.transport import client

SHOWN_CHARACTERS = 300
EXAMPLES = 15  # requests; an endpoint without parameters gets one


class Generated(StrEnum):
    """Which requests are made: those that the schema allows, or those that it forbids."""

    VALID = "valid"
    INVALID = "invalid"


@dataclass
class Fuzzed:
    """What came of the requests: how many of each status, and what broke the schema."""

    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def findings(self, endpoint: str) -> Report:
        """One point for the endpoint; raises ToolError when nothing was sent."""
        sent = self.statuses.total()
        if not sent:
            raise ToolError(f"no request to {endpoint} could be made of the served OpenAPI.")
        findings = Report()
        first = self.failures[0] if self.failures else ""
        said = f"{len(self.failures)} of {sent} requests made of the OpenAPI broke it: {first}"
        seen = ", ".join(f"{count} of {status}" for status, count in sorted(self.statuses.items()))
        findings.expect(f"{sent} requests", not self.failures, "as the OpenAPI says", seen, said)
        return findings


def fuzz(
    api: client.FocusApi, document: Mapping[str, Any], endpoint: str, generated: Generated
) -> Fuzzed:
    """Send at most `EXAMPLES` requests to `endpoint` (`METHOD /path`), the same for one seed.

    Raises Undetermined when the document does not list the endpoint or cannot be used.
    """
    # Imported here: schemathesis costs a quarter of a second, and one suite needs it.
    import hypothesis  # noqa: PLC0415
    import schemathesis  # noqa: PLC0415
    from schemathesis.core.errors import InvalidSchema  # noqa: PLC0415
    from schemathesis.core.failures import FailureGroup  # noqa: PLC0415

    operation = _operation(schemathesis.openapi.from_dict(dict(document)), endpoint)
    result, checks = Fuzzed(), _checks(generated)
    mode = schemathesis.GenerationMode.POSITIVE
    if generated is Generated.INVALID:
        mode = schemathesis.GenerationMode.NEGATIVE

    @hypothesis.seed(given.seed_given(1))
    @hypothesis.settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Any) -> None:
        response = case.call(base_url=api.environment.base_url, session=api.session)
        result.statuses[response.status_code] += 1
        try:
            case.validate_response(response, checks=checks)
        except FailureGroup as failed:  # noted, not raised: hypothesis would send it again
            result.failures.append(_sentence(endpoint, case, failed.exceptions[0]))

    try:
        send()
    except InvalidSchema as error:
        reason = head_of(" ".join(str(error).split()), SHOWN_CHARACTERS)
        raise Undetermined(f"schemathesis cannot use the served OpenAPI: {reason}.") from error
    return result


def _operation(schema: Any, endpoint: str) -> Any:
    method, _, path = endpoint.partition(" ")
    try:
        return schema[path][method]
    except LookupError as error:
        raise Undetermined(
            f"the served OpenAPI does not list {endpoint}, so no request can be made of it."
        ) from error


def _checks(generated: Generated) -> list[Any]:
    # Media types are left out: the document names JSON where the framework assumes it (/ack).
    from schemathesis.checks import not_a_server_error  # noqa: PLC0415
    from schemathesis.specs.openapi import checks  # noqa: PLC0415

    always = [
        not_a_server_error,
        checks.status_code_conformance,
        checks.response_schema_conformance,
    ]
    return always if generated is Generated.VALID else [*always, checks.negative_data_rejection]


def _sentence(endpoint: str, case: Any, failure: Any) -> str:
    body = "" if case.method == "GET" else f" with {head_of(repr(case.body), SHOWN_CHARACTERS)}"
    path = case.formatted_path if hasattr(case, "formatted_path") else endpoint
    said = " ".join(f"{failure.title}: {failure.message}".split())
    return f"{case.method} {path}{body}: {head_of(said, SHOWN_CHARACTERS)}"
