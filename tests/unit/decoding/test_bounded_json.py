"""The door for JSON: whatever comes, a value or one class of error."""

import json

import pytest
from fuzzing import fuzzed
from hypothesis import given
from hypothesis import strategies as st

from focus_engine.decoding.bounded_json import DecodingLimits, decode_json, decode_object
from focus_engine.decoding.undecodable import UndecodableError

HOSTILE = {
    "deep list": (b"[" * 200_000, "deeper than 100"),
    "deep object": (b'{"a":' * 200_000, "deeper than 100"),
    "deep and closed": (b"[" * 101 + b"]" * 101, "deeper than 100"),
    "many digits": (b"1" * 5000, "more than 308 digits"),
    "negative digits": (b"[-" + b"1" * 5000 + b"]", "more than 308 digits"),
    "huge exponent": (b'{"prr": 1e999}', "1e999 in it is too large"),
    "NaN": (b'{"prr": NaN}', "NaN is no JSON"),
    "minus infinity": (b"[-Infinity]", "-Infinity is no JSON"),
    "duplicate key": (b'{"a": 1, "b": 2, "a": 3}', "key 'a' stands twice"),
    "lone surrogate": (b'{"sw_version": "\\ud800"}', "half a surrogate pair"),
    "lone surrogate as key": (b'{"\\udc00": 1}', "half a surrogate pair"),
    "no UTF-8": (b'"\xff"', "not UTF-8"),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), "not UTF-8"),
    "HTML": (b"<!doctype html><title>Sign in</title>", "Expecting value"),
    "empty": (b"", "Expecting value"),
    "two values": (b"{} {}", "Extra data"),
    "unended text of escaped quotes": (b'["' + b'\\"' * 200_000 + b"\\", "Unterminated"),
    "control character": (b'"\x00"', "Invalid control character"),
}


@pytest.mark.parametrize(("content", "sentence"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_content_is_refused_with_a_reason(content, sentence):
    with pytest.raises(UndecodableError, match=sentence):
        decode_json(content)


def test_size_is_judged_before_anything_is_parsed():
    with pytest.raises(UndecodableError, match="larger than 10 bytes"):
        decode_json(b"[" * 11, DecodingLimits(size=10))


@pytest.mark.parametrize(
    "value",
    [
        {"a": [1, 2.5, None, True, "[[[[" * 100, 'quote " and [ bracket']},
        [[]] * 500,
        "\U0001f600",
        10**300,
        -0.0,
    ],
)
def test_what_is_json_comes_out_as_it_is(value):
    assert decode_json(json.dumps(value)) == value
    assert decode_json(json.dumps(value, ensure_ascii=False).encode("utf-8")) == value


@pytest.mark.parametrize("content", [b"[]", b"null", b'"a"', b"1", b"true"])
def test_an_object_is_asked_for_by_name(content):
    with pytest.raises(UndecodableError, match="where a JSON object is expected"):
        decode_object(content)


json_like = st.text(alphabet='[]{}",:\\u0dDeE8-+.1nultrfasNIy \n\x00é\ud800', max_size=80)


@fuzzed
@given(st.binary(max_size=200) | json_like.map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_nothing_escapes(content):
    try:
        value = decode_json(content)
    except UndecodableError:
        return
    json.dumps(value, allow_nan=False, ensure_ascii=False).encode("utf-8")
