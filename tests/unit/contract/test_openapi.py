from typing import Any

import pytest
from fuzzing import fuzzed, made, one_of, pick, record, several, values
from hypothesis import given

from focus_engine.contract.endpoints.described import Described
from focus_engine.contract.endpoints.openapi import (
    described_answer,
    described_parameter,
    described_request,
    document_defects,
    optional_fields,
    request_field,
    served_endpoints,
    strange_servers,
)

VIEW = {"$ref": "#/components/schemas/View"}


def document(schema: dict[str, Any]) -> dict[str, Any]:
    model = {"properties": {"view_type": schema}}
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Model"}}}}
    return {
        "paths": {"/focus-server/configure": {"post": {"requestBody": body}}},
        "components": {
            "schemas": {"Model": model, "View": {"type": "string", "enum": ["0", "1", "2"]}}
        },
    }


@pytest.mark.parametrize(
    ("schema", "legal", "illegal"),
    [
        (VIEW, "2", "3"),
        (VIEW, "0", 0),
        ({"type": "integer"}, 0, "0"),
        ({"type": "integer"}, 1, True),
        ({"anyOf": [VIEW, {"type": "null"}]}, None, 3),
        ({"allOf": [VIEW]}, "1", 1),
        ({"const": "0"}, "0", "1"),
        ({"type": ["string", "integer"]}, 3, None),
    ],
)
def test_the_schema_decides(schema: dict[str, Any], legal: object, illegal: object) -> None:
    field = request_field(document(schema), "/configure", "POST", "view_type")
    assert field is not None
    assert field.allows(legal)
    assert not field.allows(illegal)


def test_what_is_not_described_is_none() -> None:
    assert request_field({}, "/configure", "POST", "view_type") is None
    assert request_field(document(VIEW), "/configure", "GET", "view_type") is None
    assert request_field(document(VIEW), "/configure", "POST", "other") is None


def test_listed_values() -> None:
    field = request_field(document({"anyOf": [VIEW]}), "/configure", "POST", "view_type")
    assert field is not None
    assert field.enum_values() == ["0", "1", "2"]


def whole(**parts: Any) -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {"title": "Focus Server", "version": "1"},
        "paths": {"/ack": {"get": {"responses": {}}}},
        **parts,
    }


@pytest.mark.parametrize(
    ("parts", "wrong"),
    [
        ({}, []),
        ({"openapi": "3.1.0x"}, ["openapi is '3.1.0x', no version 3"]),
        ({"openapi": None}, ["openapi is None, no version 3"]),
        ({"info": []}, ["info has no title", "info has no version"]),
        ({"info": {"title": " ", "version": "1"}}, ["info has no title"]),
        ({"paths": []}, ["it has no paths"]),
        ({"paths": {"/ack": None}}, ["/ack has no operation"]),
        ({"paths": {"/ack": []}}, ["/ack has no operation"]),
        ({"paths": {"/ack": {"summary": "x"}}}, ["/ack has no operation"]),
        (document(VIEW), []),
        ({**document(VIEW), "components": {}}, ["#/components/schemas/Model leads nowhere"]),
        ({"x": [{"$ref": "#/y"}], "y": {}}, []),
        ({"x": [{"$ref": "other.yaml#/y"}]}, []),
    ],
)
def test_a_document_is_one(parts: dict[str, Any], wrong: list[str]) -> None:
    assert document_defects(whole(**parts)) == wrong


@pytest.mark.parametrize("paths", [None, [], "x", {"/ack": None}, {"/ack": []}])
def test_paths_of_another_type_list_nothing(paths: object) -> None:
    assert served_endpoints({"paths": paths}, "") == []
    assert request_field({"paths": paths}, "/ack", "GET", "x") is None


def test_what_no_body_may_lack_is_demanded() -> None:
    inner: dict[str, Any] = {"type": "object", "properties": {"b": {}, "c": {}}, "required": ["b"]}
    body: dict[str, Any] = {
        "properties": {"a": {"$ref": "#/components/schemas/I"}, "d": {}},
        "required": ["a"],
    }
    content = {"application/json": {"schema": body}}
    told: dict[str, Any] = {
        "paths": {"/x": {"post": {"requestBody": {"content": content}}}},
        "components": {"schemas": {"I": inner}},
    }
    asked = ["a", "a.b", "a.c", "d", "unknown", "a.unknown"]
    assert optional_fields(told, "/x", "POST", asked) == ["a.c", "d"]
    body["required"] = None
    assert optional_fields(told, "/x", "POST", ["a", "a.b"]) == ["a"]


def test_a_reference_to_itself_ends() -> None:
    turning = document(VIEW)
    turning["components"]["schemas"]["Model"] = {"$ref": "#/components/schemas/Model"}
    assert request_field(turning, "/configure", "POST", "view_type") is None


BOUNDS: list[tuple[dict[str, Any], int | None]] = [
    ({}, None),
    ({"maximum": 2500}, 2500),
    ({"exclusiveMaximum": 2500}, 2499),
    ({"anyOf": [{"maximum": 90}, {"minimum": 10**6, "maximum": 10**6}]}, 90),
    ({"$ref": "#/components/schemas/Channel"}, 77),
    ({"maximum": 3}, None),  # not even the value itself is allowed
    ({"enum": [5, 6]}, 6),
]


@pytest.mark.parametrize(("schema", "highest"), BOUNDS)
def test_a_bound_is_found_wherever_it_is_told(schema: object, highest: int | None) -> None:
    channels = {"type": "object", "properties": {"max": schema}}
    document = {"openapi": "3.1.0", "components": {"schemas": {"Channel": {"maximum": 77}}}}
    told = Described(document, {"properties": {"channels": channels}})
    asked = {"channels": {"min": 1, "max": 5}}
    assert told.highest(asked, "channels.max") == highest
    assert told.highest(asked, "nfftSelection") is None
    assert asked == {"channels": {"min": 1, "max": 5}}


def told_of(schema: object, **document: Any) -> Described | None:
    content = {"application/json": {"schema": schema}}
    operation = {"responses": {"200": {"content": content}}}
    return described_answer({"paths": {"/p/x": {"post": operation}}, **document}, "/x", "POST")


def test_an_answer_is_held_against_its_description() -> None:
    model = {
        "required": ["a", "b"],
        "properties": {"a": {"type": "integer"}, "c": {"$ref": "#/m"}, "e": {"$ref": "#/n"}},
    }
    inner = {"type": "object", "required": ["f"], "properties": {"g": {"maximum": 5}}}
    told = told_of(model, m={"enum": ["1"]}, n=inner)
    assert told is not None
    assert told.misfits({"a": 1, "b": None, "c": "1", "d": 0, "e": {"f": 1, "g": 5}}) == []
    assert sorted(told.misfits({"a": 1.0, "c": 1, "e": {"g": 6}})) == [
        "a is 1.0, which that does not allow",
        "b is missing",
        "c is 1, which that does not allow",
        "e.f is missing",
        "e.g is 6, which that does not allow",
    ]
    assert told.misfits([]) == []


@pytest.mark.parametrize("responses", [None, [], {"200": "text"}, {"200": {"content": [{}]}}])
def test_where_nothing_is_told_of_an_answer_there_is_none(responses: object) -> None:
    odd = {"paths": {"/x": {"post": {"responses": responses}}}}
    assert described_answer(odd, "/x", "POST") is None
    assert described_answer(odd, "/y", "POST") is None


def test_null_is_told_as_the_version_tells_it() -> None:
    earlier = told_of({"type": "integer", "minimum": 1, "exclusiveMinimum": True}, openapi="3.0.2")
    assert earlier is not None
    assert [earlier.allows(value) for value in (None, 2, 1)] == [True, True, False]
    later = told_of({"type": ["integer", "null"], "exclusiveMinimum": 1}, openapi="3.1.0")
    assert later is not None
    assert [later.allows(value) for value in (None, 2, 1)] == [True, True, False]


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#/turning"},
        {"anyOf": [{"$ref": "#/within"}]},
        {"$ref": "http://localhost:1/schema.json"},
        {"$ref": "file:///etc/hostname"},
        {"$ref": "#/nowhere"},
    ],
)
def test_what_cannot_be_followed_is_told(schema: dict[str, Any]) -> None:
    turning = {"turning": {"$ref": "#/turning"}, "within": {"allOf": [{"$ref": "#/within"}]}}
    [misfit] = Described({"openapi": "3.1.0", **turning}, schema).misfits(1, "channels")
    assert misfit.startswith("channels is described by what cannot be followed: ")


def test_a_parameter_is_found_whatever_its_name() -> None:
    shared = {"in": "path", "name": "job", "schema": {"type": "integer"}}
    query = {"in": "query", "name": "q", "schema": {"type": "string"}}
    paths: dict[str, Any] = {
        "/p/metadata/{job}": {"parameters": [{"$ref": "#/shared"}], "get": {"parameters": [query]}}
    }
    told = described_parameter({"paths": paths, "shared": shared}, "/metadata/{}", "GET")
    assert told is not None
    assert (told.allows("1-3"), told.allows(1)) == (False, True)
    paths["/p/metadata/{job}"] = {"get": {"parameters": [query, 5]}}
    assert described_parameter({"paths": paths}, "/metadata/{}", "GET") is None
    assert described_parameter({"paths": {}}, "/metadata/{}", "GET") is None


def test_a_request_is_held_against_its_description() -> None:
    told = described_request(document(VIEW), "/configure", "POST")
    assert told is not None
    assert told.misfits({"view_type": "3"}) == ['view_type is "3", which that does not allow']
    assert described_request({}, "/configure", "POST") is None


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ({"type": "intger"}, "'intger' is not valid under any of the given schemas"),
        ({"properties": []}, "[] is not of type 'object'"),
        ({"pattern": "("}, "'(' is not a 'regex'"),
        (5, "5 is not of type 'object', 'boolean'"),
    ],
)
def test_a_model_that_is_no_schema_is_a_defect(schema: object, why: str) -> None:
    [defect] = document_defects(whole(components={"schemas": {"M": schema}}))
    assert defect.startswith(f"M is no schema: {why}")


@pytest.mark.parametrize(
    ("servers", "strange"),
    [
        ([{"url": "/focus-server"}], []),
        ([{"url": "https://host/focus-server/"}, {"url": "/"}], []),
        ([{"url": "/"}], ["/"]),
        ([], []),
        (None, []),
        ([5], []),
        ([{"url": "http://["}], ["http://["]),
    ],
)
def test_a_document_that_tells_its_server_tells_the_right_one(servers, strange) -> None:
    assert strange_servers({"servers": servers}, "/focus-server") == strange


SCHEMA = values(
    "type properties required items enum const anyOf oneOf allOf not if then else $ref $id $schema"
    " $anchor $dynamicRef $defs dependentSchemas dependentRequired additionalProperties minimum"
    " patternProperties maximum exclusiveMinimum multipleOf pattern format minItems uniqueItems"
    " contains prefixItems unevaluatedProperties nullable a"
)
ANY_SCHEMA = one_of(SCHEMA, record({}, {"$ref": pick("#/components/schemas/A", "http://x/y", "#")}))
TOLD = record(
    {"openapi": pick("3.1.0", "3.0.2"), "info": pick({"title": "t", "version": "1"})},
    {
        "components": record({}, {"schemas": record({"A": ANY_SCHEMA, "B": ANY_SCHEMA})}),
        "schema": ANY_SCHEMA,
        "parameters": one_of(SCHEMA, several(record({"in": pick("path")}, {"schema": SCHEMA}))),
    },
)


@fuzzed
@given(told=made(TOLD))
def test_no_schema_escapes(told: dict[str, Any]) -> None:
    content = {"content": {"application/json": {"schema": told.get("schema", {"$ref": "#"})}}}
    one = {"requestBody": content, "responses": {"200": content}}
    ask = {"get": {"parameters": told.get("parameters")}}
    whole = {**told, "paths": {"/configure": {"post": one}, "/metadata/{id}": ask}}
    assert isinstance(document_defects(whole), list)
    for described in (
        described_request(whole, "/configure", "POST"),
        described_answer(whole, "/configure", "POST"),
        described_parameter(whole, "/metadata/{}", "GET"),
        request_field(whole, "/configure", "POST", "a"),
    ):
        if described is not None:
            assert isinstance(described.misfits({"a": [1, None], "b": {"a": "x"}}), list)
            assert isinstance(described.enum_values(), list)
