import json
from dataclasses import replace

import pytest

from focus_engine.contract.endpoints.openapi import served_endpoints, shape_of
from focus_engine.contract.endpoints.planned import require_deployed, task_configuration
from focus_engine.settings import client_settings
from focus_engine.verdict import NotDeployed, ProductFailure, Undetermined

ENDPOINT = "DELETE /job/{job_id}"
UNROUTED = '{"detail":"Not Found"}'
WITHOUT = json.dumps({"paths": {"/ack": {"get": {}}}})
WITH = json.dumps({"paths": {"/focus-server/job/{id}": {"parameters": [], "delete": {}}}})


def probe(reply_of, status: int, body: str, document: str, openapi: int = 200) -> None:
    served = replace(reply_of(openapi, document), method="GET", path="/openapi.json")
    require_deployed(reply_of(status, body), ENDPOINT, served, "/focus-server")


def test_only_the_answer_of_an_unknown_path_and_no_listing_is_not_deployed(reply_of) -> None:
    with pytest.raises(NotDeployed, match=r"^NOT DEPLOYED: DELETE /job/\{job_id\} does not exist"):
        probe(reply_of, 404, UNROUTED, WITHOUT)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (404, '{"error":"Invalid job_id"}'),
        (404, '{"detail":"Not Found","x":1}'),
        (404, ""),
        (500, ""),
    ],
)
def test_any_other_answer_is_to_be_judged(reply_of, status: int, body: str) -> None:
    probe(reply_of, status, body, WITHOUT)


def test_a_listed_endpoint_must_be_there(reply_of) -> None:
    with pytest.raises(ProductFailure, match="is listed in the served OpenAPI, but the server"):
        probe(reply_of, 404, UNROUTED, WITH)


@pytest.mark.parametrize(("openapi", "document"), [(404, UNROUTED), (200, "no JSON")])
def test_without_a_document_it_is_undetermined(reply_of, openapi: int, document: str) -> None:
    with pytest.raises(Undetermined, match="is unknown"):
        probe(reply_of, 404, UNROUTED, document, openapi)


def test_endpoints_are_listed_without_prefix_and_compared_without_names() -> None:
    assert served_endpoints(json.loads(WITH), "/focus-server") == ["DELETE /job/{id}"]
    assert shape_of("GET /a/{x}/{y}") == shape_of("GET /a/{row}/{count}") != shape_of("GET /a/{x}")


def test_a_task_is_configured_like_the_client_does() -> None:
    client = client_settings()
    made = task_configuration(client)
    assert made["sensors"] == {
        "min": client.Defaults.StartChannel,
        "max": client.Defaults.EndChannel,
    }
    assert made["view_type"] == "0"
