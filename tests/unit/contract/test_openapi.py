from typing import Any

import pytest

from focus_engine.contract.endpoints.openapi import request_field

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
