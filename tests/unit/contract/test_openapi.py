from typing import Any

import pytest

from focus_engine.contract.endpoints.openapi import (
    document_defects,
    misdescribed,
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


def test_an_answer_is_held_against_its_description() -> None:
    model = {
        "required": ["a", "b", []],
        "properties": {"a": {"type": "integer"}, "c": {"$ref": "#/m"}},
    }
    content = {"application/json": {"schema": model}}
    operation = {"responses": {"200": {"content": content}}}
    told = {"paths": {"/p/x": {"post": operation}}, "m": {"enum": ["1"]}}
    assert misdescribed(told, "/x", "POST", {"a": 1, "b": None, "c": "1", "d": 0}) == []
    assert misdescribed(told, "/x", "POST", {"a": 1.5, "c": 1}) == [
        "b is missing",
        "a is 1.5, which that does not allow",
        "c is 1, which that does not allow",
    ]
    assert misdescribed(told, "/y", "POST", {"a": 1}) is None
    for responses in (None, [], {"200": "text"}, {"200": {"content": [{}]}}):
        odd = {"paths": {"/x": {"post": {"responses": responses}}}}
        assert misdescribed(odd, "/x", "POST", {}) is None


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
