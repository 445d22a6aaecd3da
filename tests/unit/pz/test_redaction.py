"""No secret leaves: not in findings, not in baselines, not in messages."""

import pytest

from focus_engine.checks.finding import Finding, Place, Severity, path_text
from focus_engine.checks.report import worst_sentence
from focus_engine.masking import is_secret, showable
from focus_engine.pz.reading.reader import read
from focus_engine.pz.redaction import hashed, safe_tree, shown
from focus_engine.reading.document import Format

SECRET = "hunter2"  # noqa: S105 - an invented one


@pytest.mark.parametrize(
    "key",
    [
        *("password", "db_passwd", "api_key", "apikey", "auth_token", "cmd", "broker_uri", "dsn"),
        *("pass", "RABBITMQ_DEFAULT_PASS", "user_pass", "passcode", "pin", "psk", "ssh_key"),
        *("encryption_key", "certificate_key", "auth", "authorization", "cookie", "account-key"),
        *("pwd", "db-pwd", "access_key", "secret-access-key", "signing_key", "passphrase"),
    ],
)
def test_values_of_secret_keys_are_hashed(key: str) -> None:
    assert is_secret((key,))
    assert SECRET not in shown(("a", key), SECRET)
    assert SECRET not in str(safe_tree({"a": [{key: {"deep": SECRET}}]}))


@pytest.mark.parametrize(
    "key", ["type", "queue", "period_s", "commands_per_second", "routing_key", "key"]
)
def test_other_keys_are_shown(key: str) -> None:
    assert safe_tree({key: "x"}) == {key: "x"}


WEB_TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJl"  # noqa: S105 - invented


@pytest.mark.parametrize(
    "value",
    [
        f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----",
        f"run --password {SECRET} --now",
        f"MONGO_PASSWORD={SECRET}",
        f"Authorization: Basic {SECRET}",
        f"connect(password='{SECRET}')",
        f"amqp://me:{SECRET}/x@host",
        ["run", "--pass", SECRET],
        [{"name": "MONGO_PASSWORD", "value": SECRET}, {"name": "LEVEL", "value": "debug"}],
    ],
)
def test_what_a_report_would_mask_is_hashed_in_a_baseline(value: object) -> None:
    safe = str(safe_tree({"where": value}))
    assert SECRET not in safe
    assert "sha256:str:" in safe


def test_a_web_token_is_hashed() -> None:
    assert safe_tree({"where": WEB_TOKEN})["where"].startswith("sha256:str:")
    assert WEB_TOKEN not in showable(f"sent {WEB_TOKEN}")


def test_what_is_no_secret_stays() -> None:
    tree = {
        "env": [{"name": "LEVEL", "value": "debug"}],
        "at": "http://host:80/x@y",
        "args": ["-p", 1],
    }
    assert safe_tree(tree) == tree


def test_an_address_with_a_user_is_hashed_wherever_it_stands() -> None:
    assert SECRET not in str(safe_tree({"where": f"amqp://me:{SECRET}@host/"}))
    assert (
        showable(f"at amqp://me:{SECRET}@host/ token={SECRET}") == "at amqp://***@host/ token=***"
    )


def test_what_follows_an_option_is_masked() -> None:
    text = f"auth: [--db-password, {SECRET}]\nlaunch: run --token {SECRET} --dry-run\n"
    document = read(text.encode(), "file", Format.YAML).document
    assert document is not None
    assert SECRET not in shown(("auth", 1), document.data["auth"][1])
    assert shown(("launch",), document.data["launch"]) == '"run --token *** --dry-run"'
    assert shown(("launch",), "make a-token of --password-file x") == (
        '"make a-token of --password-file x"'
    )


def test_a_hash_keeps_type_and_change() -> None:
    assert hashed("1") != hashed(1)
    assert hashed("a") == hashed("a") != hashed("b")


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("password: 1_000_777", Format.YAML),
        ("password: !x 1_000_777", Format.YAML),
        ("password: 1_000_777\npassword: 1_000_777", Format.YAML),
        ('{"password": 1000777000777000777000777}', Format.JSON),
    ],
)
def test_a_reader_quotes_no_secret(text: str, form: Format) -> None:
    found = read(text.encode(), "file", form).findings
    assert found
    assert "777" not in str(found)


def test_a_key_that_names_a_secret_leaves_our_sentence_whole() -> None:
    for key in ("password", "api_key", "db-token", "secret"):
        place = Place("pz.json", 3, path_text([key]))
        said = worst_sentence([Finding("CF011", Severity.FAIL, f"key '{key}' is x.", place=place)])
        assert showable(said).endswith(f"CF011 at pz.json:3 $['{key}']: key '{key}' is x")
