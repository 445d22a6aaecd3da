"""A kubeconfig whose user cannot sign in is refused: nobody goes on as anonymous."""

import base64
import json
import os
import sys
import time
from contextlib import nullcontext
from pathlib import Path

import pytest
import yaml

from focus_engine.decoding import bounded_process
from focus_engine.kubernetes import kubeconfig
from focus_engine.kubernetes.connection import api_client
from focus_engine.masking import showable
from focus_engine.verdict import ToolError

PROJECT = Path(__file__).parents[3]
SERVER = "https://127.0.0.1:6443"
SECRET = "s3cret-of-a-plugin"  # noqa: S105 - planted to be searched for
CREDENTIAL = '{"apiVersion": "v1", "kind": "ExecCredential", "status": STATUS}'


def written(folder: Path, user: dict, server: str = SERVER) -> str:
    content = {
        "current-context": "c",
        "contexts": [{"name": "c", "context": {"cluster": "k", "user": "u"}}],
        "clusters": [{"name": "k", "cluster": {"server": server}}],
        "users": [{"name": "u", "user": user}],
    }
    path = folder / "kubeconfig"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return str(path)


def plugin(*words: str) -> dict:
    return {"exec": {"apiVersion": "v1", "command": words[0], "args": [*words[1:]]}}


def python(program: str) -> dict:
    return plugin(sys.executable, "-c", program)


def says(status: str) -> dict:
    return python(f"print({CREDENTIAL.replace('STATUS', status)!r})")


NO_SIGN_IN = {
    "auth-provider": ({"auth-provider": {"name": "oidc", "config": {"a": SECRET}}}, "given up"),
    "unnamed auth-provider": ({"auth-provider": {}}, "given up"),
    "missing": (plugin("no-such-plugin"), "cannot be started"),
    "a folder": (plugin(Path.cwd().anchor), "cannot be started"),
    "fails": (python(f"import sys; print('{SECRET}'); sys.exit(3)"), "code 3"),
    "says nothing": (python(""), "no credential"),
    "no JSON": (python(f"print('{SECRET}')"), "no credential"),
    "deep": (python("print('[' * 100_000)"), "no credential"),
    "endless": (python("while True: print('0' * 9999)"), "more than"),
    "not an object": (says("[]"), "without status"),
    "empty": (says("{}"), "no token"),
    "certificate without key": (says('{"clientCertificateData": "x"}'), "no token"),
    "two lines of token": (says(r'{"token": "s3cret\nX: y"}'), "no header"),
    "own token in two lines": ({"token": f"{SECRET}\nX: y"}, "no header"),
    "accented token": ({"token": f"{SECRET}\xe9"}, "no header"),
}


@pytest.mark.parametrize(("user", "said"), NO_SIGN_IN.values(), ids=NO_SIGN_IN.keys())
def test_a_user_that_cannot_sign_in_is_refused(tmp_path: Path, user: dict, said: str) -> None:
    with pytest.raises(ToolError, match=said) as refused:
        api_client(written(tmp_path, user))
    assert "s3cret" not in str(refused.value)


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = Path(written(tmp_path, {"token": "opaque"}))
    path.write_text(path.read_text(encoding="utf-8") + "current-context: d\n", encoding="utf-8")
    with pytest.raises(ToolError, match=r"line \d+: key 'current-context' stands twice"):
        api_client(str(path))


@pytest.mark.skipif(os.name == "nt", reason="ends a group of processes")
def test_a_plugin_that_waits_for_somebody_is_ended(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(kubeconfig, "PLUGIN_SECONDS", 0.5)
    waits = (
        "import subprocess as s, sys; s.run([sys.executable, '-c', 'import time; time.sleep(600)'])"
    )
    with pytest.raises(ToolError, match=r"did not end within 0.5 s"):
        api_client(written(tmp_path, python(waits)))


@pytest.mark.parametrize(
    "user",
    [
        says('{"token": "opaque"}'),
        says('{"token": "opaque", "expirationTimestamp": "2030-01-01T00:00:00Z"}'),
        {"token": "opaque\n"},
    ],
    ids=["plugin", "expiring", "line break at the end"],
)
def test_a_token_is_used_as_it_is(tmp_path: Path, user: dict) -> None:
    api = api_client(written(tmp_path, user))
    assert api.configuration.get_api_key_with_prefix("BearerToken") == "Bearer opaque"


@pytest.mark.parametrize(
    "server",
    [
        "ftp://127.0.0.1",
        "127.0.0.1:6443",
        "https://",
        "https://bob:s3cret@127.0.0.1:6443",
        "http:///x",
    ],
)
def test_an_address_that_is_none_is_refused(tmp_path: Path, server: str) -> None:
    with pytest.raises(ToolError, match="`server`") as refused:
        api_client(written(tmp_path, {"token": "opaque"}, server))
    assert "s3cret" not in str(refused.value)


ALIASES = "\n".join(
    ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
)
READ_IN_TWO_WAYS = {
    "aliases without end": (f"{ALIASES}\nusers: [{{name: u, user: {{token: *a9}}}}]", "aliases"),
    "an alias to itself": ("&r {contexts: *r, users: [*r]}", "aliases"),
    "a tag": ("users: !!python/name:os.system", "tag tag:yaml"),
    "a number": ("users: [{name: u, user: {token: 7}}]", r"line 1: key 'users\.0\.user\.token'"),
    "a truth": ("users: [{name: u, user: {token: yes}}]", r"'users\.0\.user\.token'"),
    "a day": ("users: [{name: u, user: {token: 2026-01-01}}]", r"'users\.0\.user\.token'"),
    "the text no": (
        "clusters: [{name: k, cluster: {server: 'https://h', insecure-skip-tls-verify: 'no'}}]",
        r"insecure-skip-tls-verify' is not what",
    ),
    "no base64": ("users: [{name: u, user: {client-key-data: '%%%'}}]", "no base64"),
    "no certificate": ("users: [{name: u, user: {client-key-data: aGVsbG8=}}]", "no PEM"),
    "another account": ("users: [{name: u, user: {token: t, as: root}}]", r"user\.as'"),
    "two of one name": ("users: [{name: u, user: {}}, {name: u, user: {}}]", "are called 'u'"),
    "nobody": ("contexts: [{name: c, context: {cluster: k}}]", r"context\.user'"),
    "arguments in one": (
        "users: [{name: u, user: {exec: {apiVersion: v1, command: c, args: abc}}}]",
        r"exec\.args' is not what",
    ),
    "an environment that is none": (
        "users: [{name: u, user: {exec: {apiVersion: v, command: c, env: [{name: A, value: 5}]}}}]",
        r"env\.0\.value' is not what",
    ),
    "no list": ("users: {u: {}}", "key 'users' is not what"),
    "a text": ("hello", "line 1: it is not what it should be"),
    "two documents": ("a: 1\n---\nb: 1", "2 YAML documents"),
    "deep": ("a: " + "[" * 20_000, "nested too deeply"),
}


@pytest.mark.parametrize(("text", "said"), READ_IN_TWO_WAYS.values(), ids=READ_IN_TWO_WAYS)
def test_what_the_client_would_convert_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = Path(written(tmp_path, {"token": SECRET}))
    other = tmp_path / "other"
    other.write_text(text, encoding="utf-8")
    with pytest.raises(ToolError, match=said) as refused:
        api_client(f"{path}{os.pathsep}{other}")
    assert SECRET not in str(refused.value)


def test_a_context_whose_user_is_not_there_is_nobody(tmp_path: Path) -> None:
    path = Path(written(tmp_path, {"token": "opaque"}))
    text = path.read_text(encoding="utf-8").replace("user: u", "user: nobody")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ToolError, match="names the user 'nobody', who is not in it"):
        api_client(str(path))


# What kubectl writes for an entry of which only one field was set.
HALF_EMPTY = """\
contexts: [{name: d, context: {cluster: "", user: "", namespace: n}}]
clusters: [{name: l, cluster: {server: ""}}]
users: [{name: v, user: {}}]
"""


def test_what_is_not_in_use_may_be_half_empty(tmp_path: Path) -> None:
    path = Path(written(tmp_path, {"token": "opaque"}))
    other = tmp_path / "other"
    other.write_text(HALF_EMPTY, encoding="utf-8")
    api = api_client(f"{path}{os.pathsep}{other}")
    assert api.configuration.host == SERVER


@pytest.mark.parametrize(
    ("full", "empty", "said"),
    [
        ("user: u\n", 'user: ""\n', "names no user"),
        ("cluster: k\n", 'cluster: ""\n', "clusters list"),
        (f"server: {SERVER}\n", 'server: ""\n', "`server` is no http"),
    ],
)
def test_what_is_in_use_must_be_whole(tmp_path: Path, full: str, empty: str, said: str) -> None:
    path = Path(written(tmp_path, {"token": "opaque"}))
    text = path.read_text(encoding="utf-8")
    assert full in text
    path.write_text(text.replace(full, empty), encoding="utf-8")
    with pytest.raises(ToolError, match=said):
        api_client(str(path))


@pytest.mark.skipif(os.name == "nt", reason="there are no pipes with a name here")
@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "empty", "binary", "absent"])
def test_a_token_file_that_is_none_is_not_waited_for(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "token"
    made = {
        "pipe": lambda: os.mkfifo(file),
        "device": lambda: file.symlink_to("/dev/zero"),
        "folder": file.mkdir,
        "empty": file.touch,
        "binary": lambda: file.write_bytes(b"\xff\xfe"),
        "absent": lambda: None,
    }
    made[kind]()
    with pytest.raises(ToolError, match=r"cannot be used: .*token"):
        api_client(written(tmp_path, {"tokenFile": "token"}))


@pytest.mark.skipif(os.name == "nt", reason="leaves a group of processes")
def test_what_a_plugin_leaves_behind_is_not_waited_for(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(bounded_process, "LAST_WORDS_SECONDS", 0.1)
    leaves = (
        'import subprocess as s, sys; print(\'{"status": {"token": "opaque"}}\', flush=True);'
        "s.Popen([sys.executable, '-c', 'import time; time.sleep(20)'], start_new_session=True)"
    )
    begun = time.monotonic()
    api = api_client(written(tmp_path, python(leaves)))
    assert api.configuration.get_api_key_with_prefix("BearerToken") == "Bearer opaque"
    assert time.monotonic() - begun < 15


@pytest.mark.parametrize(
    "proxy", ["nonsense", "http://u:s3cret@h:x", "socks5://h", "http://h:99999"]
)
def test_a_proxy_that_is_none_is_refused(tmp_path: Path, proxy: str) -> None:
    path = Path(written(tmp_path, {"token": "opaque"}))
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    content["clusters"][0]["cluster"]["proxy-url"] = proxy
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(ToolError, match="`proxy-url` is no http") as refused:
        api_client(str(path))
    assert "s3cret" not in str(refused.value)


PEM = f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n"
KEY = base64.b64encode(PEM.encode()).decode()
BASIC = base64.b64encode(f"me:{SECRET}".encode()).decode()
PLUGIN = "token: t\nexec:\n  apiVersion: v1\n  command: c\n"
KEYED = {"token": "t", "clientCertificateData": "c", "clientKeyData": PEM}
SIGNED_IN = {  # as YAML has it, where a pattern would not find it; and what a server may repeat
    "a block": (f"token: >-\n  {SECRET}", SECRET),
    "a line of a block": (f"token: t\npassword: |\n  first\n  {SECRET}", SECRET),
    "an escape": (r'token: !!str "s3cr\x65t-of-a-plugin"', SECRET),
    "a key apart": (f"? token\n: {SECRET}", SECRET),
    "user and password": (f"username: me\npassword: >-\n  {SECRET}", BASIC),
    "a private key": (f"token: t\nclient-key-data: >-\n  {KEY}", KEY),
    "a plugin": (json.dumps(says(json.dumps({"token": SECRET}))), SECRET),
    "a plugin's key": (json.dumps(says(json.dumps(KEYED))), json.dumps(PEM)[1:-1]),
    "a plugin's environment": (f"{PLUGIN}  env: [{{name: A_TOKEN, value:\n   {SECRET}}}]", SECRET),
    "a plugin's options": (f"{PLUGIN}  args: [--client-secret, {SECRET}]", SECRET),
    "a plugin's option": (f"{PLUGIN}  args: [--password={SECRET}]", SECRET),
    "a file": ("tokenFile: >-\n  FOLDER/of-it", SECRET),
    "a provider": (f"auth-provider:\n  config:\n    id-token:\n      {SECRET}", SECRET),
}


@pytest.mark.parametrize(("user", "repeated"), SIGNED_IN.values(), ids=SIGNED_IN)
def test_what_a_user_signs_in_with_is_masked(tmp_path: Path, user: str, repeated: str) -> None:
    (tmp_path / "of-it").write_text(f"{SECRET}\n", encoding="utf-8")
    path = Path(written(tmp_path, {}))
    block = user.replace("\n", "\n      ").replace("FOLDER", tmp_path.as_posix())
    text = path.read_text(encoding="utf-8").replace("user: {}", f"user:\n      {block}")
    path.write_text(text, encoding="utf-8")
    refused = "provider" in user or "clientKeyData" in user  # which is no key
    with pytest.raises(ToolError) if refused else nullcontext():
        api_client(str(path))
    assert repeated not in showable(f"etcd: bad {repeated}")


JUNK = base64.b64encode(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").decode()
UNUSABLE = {
    "nothing": ({}, {}, "no token, no certificate with its key"),
    "an empty token": ({"token": ""}, {}, "requests would be anonymous"),
    "a name": ({"username": "joe"}, {}, "requests would be anonymous"),
    "a certificate without key": ({"client-certificate-data": JUNK}, {}, "would be anonymous"),
    "junk": (
        {"client-certificate-data": JUNK, "client-key-data": JUNK},
        {},
        "client-certificate and client-key are no certificate and the key",
    ),
    "junk for an authority": (
        {"token": "t"},
        {"certificate-authority-data": JUNK},
        "its certificate-authority holds no certificate",
    ),
    "groups": ({"token": "t", "as-groups": ["system:masters"]}, {}, r"user\.as-groups'"),
}


@pytest.mark.parametrize(("user", "cluster", "said"), UNUSABLE.values(), ids=UNUSABLE)
def test_what_no_request_could_be_signed_with(
    tmp_path: Path, user: dict, cluster: dict, said: str
) -> None:
    path = Path(written(tmp_path, user))
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    content["clusters"][0]["cluster"].update(cluster)
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(ToolError, match=said):
        api_client(str(path))


def test_a_key_that_is_encrypted_is_not_asked_for(tmp_path: Path) -> None:
    certificate = (PROJECT / "tests" / "tls" / "server.pem").read_bytes()
    encrypted = (
        b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n"
    )
    user = {
        "client-certificate-data": base64.b64encode(certificate).decode(),
        "client-key-data": base64.b64encode(encrypted).decode(),
    }
    with pytest.raises(ToolError, match="client-key"):
        api_client(written(tmp_path, user))


def test_a_line_break_behind_an_address_is_none_of_it(tmp_path: Path) -> None:
    api = api_client(written(tmp_path, {"token": "t"}, f"{SERVER}\n"))
    assert api.configuration.host == SERVER


def test_a_word_in_a_plugins_environment_is_no_secret(tmp_path: Path) -> None:
    path = Path(written(tmp_path, {}))
    block = f"{PLUGIN}  env: [{{name: AWS_PROFILE, value: a-profile}}]".replace("\n", "\n      ")
    text = path.read_text(encoding="utf-8").replace("user: {}", f"user:\n      {block}")
    path.write_text(text, encoding="utf-8")
    api_client(str(path))
    assert showable("of a-profile") == "of a-profile"


def test_the_password_of_the_proxy_is_masked(tmp_path: Path) -> None:
    path = Path(written(tmp_path, {"token": "opaque"}))
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    content["clusters"][0]["cluster"]["proxy-url"] = f"http://u:{SECRET}@proxy.example:3128"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    api_client(str(path))
    assert SECRET not in showable(f"407 for {SECRET}")
