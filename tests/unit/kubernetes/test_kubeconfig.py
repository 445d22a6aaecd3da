"""A kubeconfig whose user cannot sign in is refused: nobody goes on as anonymous."""

import os
import sys
from pathlib import Path

import pytest
import yaml

from focus_engine.kubernetes import kubeconfig
from focus_engine.kubernetes.connection import api_client
from focus_engine.verdict import ToolError

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
