from dataclasses import replace

import pytest

from focus_engine.contract.configure.leak_checks import judge_harmless, judge_tight_lipped


@pytest.mark.parametrize("status", [400, 413, 415, 422])
def test_a_refusal_of_any_kind_is_harmless(reply_of, status: int) -> None:
    assert judge_harmless(reply_of(status, '{"detail":[{"loc":["body"]}]}')).failures == []


@pytest.mark.parametrize(
    ("status", "words"),
    [
        *((status, f"but nothing is served: {status}") for status in (404, 405, 410)),
        (200, "but the server accepted it: 200"),
        (500, "but the server answered: 500"),
        (302, "302"),
    ],
)
def test_anything_else_is_a_failure(reply_of, status: int, words: str) -> None:
    (failure,) = judge_harmless(reply_of(status, "{}")).failures
    assert words in failure


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("Traceback (most recent call last):", "a traceback"),
        ('File "x", line 3', "a source line"),
        ("at /app/server/main.py", "a path of the server"),
        ("site-packages", "an installed package"),
        ("pymongo.errors.X", "a database error"),
        ("at mongodb://mongodb:27017/prisma", "the address of a dependency"),
        ("at https://someone@focus.example", "an address with credentials"),
        ("at mongodb.panda.svc:27017", "the name of a Kubernetes service"),
    ],
)
def test_what_is_shown_of_the_inside_is_named(reply_of, body: str, what: str) -> None:
    (failure,) = judge_harmless(reply_of(422, body)).failures
    assert f"shows {what}: " in failure
    assert judge_tight_lipped(reply_of(200, body)).failures == []
    echoed = replace(reply_of(422, body), sent=body.encode())
    assert judge_harmless(echoed).failures == []
