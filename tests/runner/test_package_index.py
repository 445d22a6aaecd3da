"""uv goes where pip is configured to go."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from http_server import Answering, serving

from runner.system.package_index import variables_of_uv

CONFIGURED = {
    "the index of the organisation": (
        "global.index-url='https://ann:s3cret@index.example/simple'",
        {"UV_DEFAULT_INDEX": "https://ann:s3cret@index.example/simple"},
    ),
    "the environment wins": (
        "install.index-url='https://file.example'\n:env:.index-url='https://env.example'",
        {"UV_DEFAULT_INDEX": "https://env.example"},
    ),
    "a command wins over the others of its file": (
        "install.index-url='https://install.example'\nglobal.index-url='https://file.example'",
        {"UV_DEFAULT_INDEX": "https://install.example"},
    ),
    "of another command": ("download.index-url='https://file.example'", {}),
    "several indexes": (
        "global.extra-index-url='https://one.example\\nhttps://two.example'",
        {"UV_INDEX": "https://one.example https://two.example"},
    ),
    "folders of packages": (
        "global.find-links='/a\\n/b'\nglobal.no-index='true'",
        {"UV_FIND_LINKS": "/a,/b", "UV_NO_INDEX": "true"},
    ),
    "who is trusted": (
        "global.cert=\"/it's  a/ca.pem\"\nglobal.trusted-host='index.example'",
        {"SSL_CERT_FILE": "/it's  a/ca.pem", "UV_INSECURE_HOST": "index.example"},
    ),
    "a proxy": (
        "global.proxy='http://proxy.example:3128'",
        {
            "HTTP_PROXY": "http://proxy.example:3128",
            "HTTPS_PROXY": "http://proxy.example:3128",
        },
    ),
    "what is pip's alone": (":env:.default-timeout='180'\nglobal.user='false'", {}),
    "nothing": ("", {}),
    "complaints": ("WARNING: pip is old\nglobal.index-url=oops", {}),
}


@pytest.mark.parametrize(("listed", "led"), CONFIGURED.values(), ids=CONFIGURED)
def test_the_configuration_of_pip_is_told_to_uv(listed: str, led: dict[str, str]) -> None:
    assert variables_of_uv(listed) == {**variables_of_uv(""), **led}


class Index(Answering):
    """Has no package, and notes which are looked for and by whom."""

    asked: tuple[tuple[str, str], ...] = ()

    def do_GET(self) -> None:
        agent = str(self.headers["User-Agent"]).partition("/")[0]
        type(self).asked = (*self.asked, (agent, self.path))
        self.send(404, b"")


def test_uv_asks_the_index_that_a_file_of_pip_names(tmp_path: Path) -> None:
    with serving(Index) as address:
        file = tmp_path / "pip.conf"
        file.write_text(f"[global]\nindex-url = {address}/simple\n", encoding="utf-8")
        inherited = {name: text for name, text in os.environ.items() if name[:4] != "PIP_"}
        env = {**inherited, "PIP_CONFIG_FILE": str(file)}
        pip, uv = ([sys.executable, "-m", each] for each in ("pip", "uv"))
        config = subprocess.check_output([*pip, "config", "list"], env=env, text=True)
        env |= variables_of_uv(config) | {"UV_CACHE_DIR": str(tmp_path / "cache")}
        wanted = ["--quiet", "--dry-run", "--target", str(tmp_path / "site"), "nowhere==1"]
        assert subprocess.call([*uv, "pip", "install", *wanted], env=env) != 0
    assert ("uv", "/simple/nowhere/") in Index.asked
