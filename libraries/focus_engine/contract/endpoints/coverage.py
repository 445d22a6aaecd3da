"""Whether every endpoint that the server lists is known to the suites."""

import re
from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from focus_engine.checks.report import Report
from focus_engine.contract.endpoints.openapi import shape_of
from focus_engine.datafile import Record, Text, read_yaml
from focus_engine.paths import VARIABLES
from focus_engine.transport.reply import Reply
from focus_engine.verdict import ToolError

ENDPOINTS = VARIABLES / "endpoints.yaml"


Endpoint = Annotated[str, Field(pattern=r"^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) /[!-~]+$")]


class Coverage(Record):
    """Either the case that judges the endpoint (`suite / name`), or why none does."""

    case: Text | None = None
    reason: Text | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "Coverage":
        if (self.case is None) == (self.reason is None):
            raise ValueError("either case or reason is needed")
        return self


class Endpoints(Record):
    """`variables/endpoints.yaml`: `METHOD /path` and how it is covered."""

    endpoints: Annotated[dict[Endpoint, Coverage], Field(min_length=1)]

    @model_validator(mode="after")
    def _each_once(self) -> "Endpoints":
        """Whatever its parameters are called."""
        known: dict[str, str] = {}
        for endpoint in self.endpoints:
            first = known.setdefault(shape_of(endpoint), endpoint)
            if first != endpoint:
                raise ValueError(f"{endpoint} and {first} are one endpoint")
        return self


def known_endpoints(path: Path = ENDPOINTS) -> dict[str, Coverage]:
    """What is known of each endpoint. Raises ToolError when the file is wrong."""
    return read_yaml(path, Endpoints).endpoints


def methods_of(path: str) -> set[str]:
    """The methods that the server has for `path`, such as `/metadata/0-0`.

    Raises ToolError for one that it does not have: whatever is answered there says nothing of it.
    """
    known = [endpoint.split(" ", 1) for endpoint in known_endpoints()]
    methods = {method for method, template in known if _is_path_of(template, path)}
    if not methods:
        paths = sorted({template for _, template in known})
        near = get_close_matches(path, paths, 1)
        meant = f"Is {near[0]} meant? " if near else ""
        raise ToolError(f"no endpoint has the path '{path}'. {meant}There are {', '.join(paths)}.")
    return methods


def require_endpoint(endpoint: str) -> None:
    """Raise ToolError unless `METHOD /path` is known."""
    method, _, path = endpoint.rpartition(" ")
    methods = methods_of(path)
    if method not in methods:
        raise ToolError(f"'{endpoint}' is no endpoint: {path} has {', '.join(sorted(methods))}.")


def unlisted(served: Collection[str], known: Iterable[str]) -> list[str]:
    """The known endpoints that the OpenAPI's `served` ones lack; parameters by any name."""
    shapes = {shape_of(endpoint) for endpoint in served}
    return [endpoint for endpoint in known if shape_of(endpoint) not in shapes]


def judge_listing(answers: Mapping[str, Reply], nowhere: Reply) -> Report:
    """That no endpoint of `answers`, none of which is listed, is served.

    `answers` are those to OPTIONS at its path, `nowhere` that at a path that nobody serves.
    """
    findings = Report()
    for endpoint, reply in answers.items():
        findings.expect(
            endpoint,
            reply.status == nowhere.status,
            f"{nowhere.status}, as for any unknown path",
            reply.status,
            f"{endpoint} is served ({reply.request} is answered {reply.status}, an unknown path "
            f"{nowhere.status}), but the server's OpenAPI does not list it.",
        )
    return findings


def _is_path_of(template: str, path: str) -> bool:
    parts = re.split(r"\{[^}]*\}", template)
    return bool(re.fullmatch("[^/]+".join(map(re.escape, parts)), path))


def judge_coverage(served: list[str], known: dict[str, Coverage]) -> Report:
    """That each served `METHOD /path` has a case or a listed reason."""
    findings = Report()
    shapes = {shape_of(endpoint): coverage for endpoint, coverage in known.items()}
    findings.expect("served OpenAPI", bool(served), "at least one endpoint", served)
    for endpoint in served:
        coverage = shapes.get(shape_of(endpoint))
        said = (
            f"the server's OpenAPI lists {endpoint}, which no case covers. Write one and name it, "
            "or a reason, in variables/endpoints.yaml."
        )
        findings.expect(endpoint, coverage is not None, "a case or a reason", str(coverage), said)
    return findings
