"""The one place that masks: by form, by value, and what no report can take."""

import base64
import json
import os
import re
from html import escape
from unittest import mock
from urllib.parse import quote

import pytest
from fuzzing import fuzzed
from hypothesis import given
from hypothesis import strategies as st

from focus_engine import masking
from focus_engine.evidence import Table
from focus_engine.masking import head_of, masked, printable, showable
from focus_engine.verdict import ProductFailure, ToolError
from runner.ambient import KNOWN

SECRET = "hunter2-of-ours"  # noqa: S105 - an invented one

BY_FORM = {
    "user of an address": f"no answer from http://me:{SECRET}@host/x",
    "user of a broker": f"amqp://{SECRET}@host",
    "bearer": f"Invalid header value b'Bearer {SECRET}\\n'",
    "basic": f"{{'Authorization': 'Basic {SECRET}'}}",
    "assigned": f"token={SECRET}, then",
    "pass": f"pass={SECRET}",
    "variable of a container": f"RABBITMQ_DEFAULT_PASS={SECRET} and DB_PASS: {SECRET}",
    "pwd in Python": f"connect(pwd='{SECRET}')",
    "user of a broker, with a slash": f"amqp://me:{SECRET}/x@host",
    "account key": f"AccountName=x;AccountKey={SECRET};",
    "header of a key": f"X-Api-Key: {SECRET}",
    "signature": f"http://host/x?sv=1&sig={SECRET}",
    "quoted in JSON": json.dumps({"error": f'password="{SECRET}" is wrong'}),
    "JSON in JSON": json.dumps({"body": json.dumps({"db_password": SECRET})}),
    "pass in JSON": f'{{"pass": "{SECRET}", "db_pass":"{SECRET}"}}',
    "in JSON": f'{{"db_password": "{SECRET}"}}',
    "in YAML": f"client-key-data: {SECRET}",
    "escaped JSON": f"&quot;api_key&quot;: &quot;{SECRET}&quot;",
    "key": f"-----BEGIN RSA PRIVATE KEY-----\n{SECRET}\n-----END RSA PRIVATE KEY-----",
    "cut key": f"-----BEGIN PRIVATE KEY-----\n{SECRET}",
}


@pytest.mark.parametrize("text", BY_FORM.values(), ids=BY_FORM)
def test_a_secret_is_known_by_its_form(text):
    assert SECRET not in masked(text)
    assert masked(masked(text)) == masked(text)


@pytest.mark.parametrize(
    "text",
    [
        "Check the token and the role of the account (deploy/rbac).",
        "GET http://127.0.0.1:80/focus-server/ack should answer 200",
        "the user a@b.example asked for https://host/@x",
        "Basic functionality, bearer of news",
        "Write it as mongodb://USER:PASSWORD@HOST/DATABASE.",
    ],
)
def test_what_is_no_secret_stays(text):
    assert showable(text) == text


VARIABLES = {
    "address": ("FOCUS_BASE_URL", f"http://me:{SECRET}@host"),
    "address with what must be quoted": ("FOCUS_BASE_URL", f"http://me:{SECRET}#a/b@host"),
    "no address": ("FOCUS_BASE_URL", f"me:{SECRET}@host"),
    "database": ("FOCUS_MONGO_URI", f"mongodb://me:{SECRET}@a,b:x/db"),
    "broker": ("FOCUS_AMQP_URI", f"amqp://me:{SECRET}@host:5672"),
    "fault proxy": ("FOCUS_TOXIPROXY_URL", f"http://:{SECRET}@host:8474"),
    "proxy": ("https_proxy", f"http://me:{SECRET}@proxy:3128"),
    "parameter of a path": ("FOCUS_BASE_URL", f"http://host/x;id={SECRET}"),
    "parameter of a database": ("FOCUS_MONGO_URI", f"mongodb://host/db?tlsPassword={SECRET}"),
    "token": ("FOCUS_TOKEN", f" {SECRET}\n"),
    "what is new": ("FOCUS_NEW_API_KEY", SECRET),
    "new address": ("FOCUS_NEW_URL", f"http://me:{SECRET}@host"),
    "content for a path": ("FOCUS_KUBECONFIG", f"users: [{{user: {{token: {SECRET}}}}}]"),
    "encoded content": ("FOCUS_KUBECONFIG", base64.b64encode(f"token: {SECRET}".encode()).decode()),
}


@pytest.mark.parametrize(("name", "value"), VARIABLES.values(), ids=VARIABLES)
def test_a_secret_of_the_environment_is_known_wherever_it_turns_up(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    encoded = base64.b64encode(SECRET.encode()).decode()
    assert SECRET not in showable(f"<< {SECRET} >>")
    assert encoded not in showable(f"<< {encoded} >>") or "content" in value
    assert SECRET not in str(ToolError(f"cannot use '{value}'"))
    assert SECRET not in ToolError(SECRET).sentence
    assert SECRET not in str(ProductFailure(value))
    assert SECRET not in Table(value, [value], [[value]]).to_html()


LOWER = re.compile("%..")


def test_what_is_learned_is_masked_as_others_write_it(monkeypatch):
    monkeypatch.setattr(masking, "_SECRETS", masking._Secrets())
    secret = "Kube'\\\"<&\xe9/=.tok99"  # noqa: S105 - an invented one
    assert secret in showable(secret)
    masking.learn(secret, None, "")
    written = {secret, secret.lower(), json.dumps(secret), repr(secret), escape(secret)}
    written |= {json.dumps(secret).replace("/", r"\/"), secret.upper(), quote(secret, "")}
    written |= {
        quote(quote(secret, ""), ""),
        LOWER.sub(lambda one: one[0].lower(), quote(secret, "")),
    }
    assert [each for each in written if "tok99" in showable(each).lower()] == []


def test_a_long_token_that_is_repeated_is_not_cut_in_two(monkeypatch):
    token = "".join(f"part{number}." for number in range(150))
    monkeypatch.setenv("FOCUS_TOKEN", token)
    told = head_of(f"{token} {token} {token}")
    assert "part" not in told
    assert told.startswith("*** ***… (")


def test_what_a_file_of_a_key_holds_is_masked_and_its_path_is_told(monkeypatch, tmp_path):
    file = tmp_path / "of-a-key.pem"
    file.write_text(SECRET, encoding="utf-8")
    monkeypatch.setenv("FOCUS_DASK_KEY", str(file))
    assert showable(f"{file} holds {SECRET}") == f"{file} holds ***"


# Of what a run reads; nothing that signs in stands in these, but for the user of an address.
HARMLESS = {
    *("FOCUS_AMQP_URI", "FOCUS_BASELINES", "FOCUS_BASE_URL", "FOCUS_CLIENT_SETTINGS"),
    *("FOCUS_CLUSTER_CACHE", "FOCUS_CONTROL_URL", "FOCUS_DASK_CA", "FOCUS_DASK_CERT"),
    *("FOCUS_DASK_SCHEDULER", "FOCUS_ENVIRONMENT", "FOCUS_FUZZ", "FOCUS_GO", "FOCUS_HELD"),
    *("FOCUS_JOB_LIFE", "FOCUS_MONGO_URI", "FOCUS_NAMESPACE", "FOCUS_PYTHON", "FOCUS_PZ_FILES"),
    *("FOCUS_PZ_PATH", "FOCUS_PZ_PROFILE", "FOCUS_REQUIREMENTS", "FOCUS_RUN_DIR", "FOCUS_RUN_ID"),
    *("FOCUS_RUN_OPTIONS", "FOCUS_SANDBOX_MONGO_URI", "FOCUS_SEED", "FOCUS_SHARD"),
    *("FOCUS_STREAM_HOST", "FOCUS_STREAM_PORT_BASE", "FOCUS_STREAM_TIMEOUT", "FOCUS_THRESHOLDS"),
    "FOCUS_TOXIPROXY_URL",
}


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_every_variable_is_harmless_or_masked(monkeypatch, name):
    """A new one that signs in is named so that masking knows it; another one is added above."""
    monkeypatch.setenv(name, SECRET)
    assert (SECRET in showable(f"it said {SECRET}")) == (name in HARMLESS)
    monkeypatch.setenv(name, f"x://me:{SECRET}@host")
    assert SECRET not in showable(f"it said {SECRET}")


@pytest.mark.parametrize(
    "content",
    [
        f"users:\n- user:\n    token: {SECRET}\n",
        f'{{"users": [{{"user": {{"token": "{SECRET}"}}}}]}}',
        f"token: {SECRET}\n\tbroken: [",
        f"client-key-data: {base64.b64encode(SECRET.encode()).decode()}",
        f"exec:\n  env:\n  - name: A\n    value: {SECRET}",
    ],
)
def test_a_secret_of_the_kubeconfig_is_known_however_it_is_written(monkeypatch, tmp_path, content):
    file = tmp_path / "kubeconfig"
    file.write_text(content, encoding="utf-8")
    monkeypatch.setenv("FOCUS_KUBECONFIG", str(file))
    assert SECRET not in showable(f"it said {SECRET}")


def test_a_file_of_a_token_is_read(monkeypatch, tmp_path):
    token = tmp_path / "token"
    token.write_text(f"{SECRET}\n", encoding="utf-8")
    file = tmp_path / "kubeconfig"
    file.write_text(f"tokenFile: {token}", encoding="utf-8")
    monkeypatch.setenv("FOCUS_KUBECONFIG", str(file))
    assert SECRET not in showable(f"b'{SECRET}\\n'")


def test_what_harms_a_report_is_escaped():
    assert printable("a\x1b[31m\x00\ud800\u202e\ufffeb\tc\nd") == (
        "a\\x1b[31m\\x00\\ud800\\u202e\\ufffeb\tc\nd"
    )


@fuzzed
@given(st.sampled_from(["FOCUS_BASE_URL", "KUBECONFIG", "https_proxy"]), st.binary())
def test_whatever_bytes_a_variable_holds_secrets_are_looked_for(name, value):
    text = os.fsdecode(value.replace(b"\0", b""))
    with mock.patch.dict(os.environ, {name: text}):
        assert showable("nothing of it") or text


@fuzzed
@given(st.text(alphabet=st.characters(codec=None)))
def test_whatever_comes_can_be_written(text):
    shown = showable(text)
    shown.encode("utf-8")
    assert showable(shown) == shown
