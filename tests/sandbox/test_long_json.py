"""A long answer says what a short one would."""

import json

from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import JSONResponse

from sandbox.http.long_json import LongJson

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))


@given(VALUES)
def test_it_says_the_same(value) -> None:
    assert json.loads(LongJson(value).body) == value


def test_it_says_it_as_the_server_does() -> None:
    answer = {"status": "é", "frequencies_list": [0.0, 0.5, 1953.125], "stream_port": 12301}
    long, short = LongJson(answer, 202), JSONResponse(answer, 202)
    assert (long.body, long.status_code) == (short.body, short.status_code)
    assert long.headers == short.headers
