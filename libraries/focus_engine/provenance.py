"""Where a result comes from: the commit of the tests and the version of the server."""

import os
import signal
import subprocess
import sys
from typing import Any

import requests

from focus_engine.causes import HTTP, cause_in, told_by
from focus_engine.decoding.bounded_json import decode_json
from focus_engine.decoding.undecodable import UndecodableError
from focus_engine.environment import SANDBOX, Environment
from focus_engine.masking import head_of
from focus_engine.network.bounded_http import ask_once
from focus_engine.network.credentials import credential_headers
from focus_engine.paths import PROJECT

VERSION_CHARACTERS = 80  # shown
UNKNOWN = "unknown: "  # and why
QUICK = 5.0  # seconds that a best-effort answer may take


def commit() -> str:
    """`1bfe8e5`, `1bfe8e5 with local changes`, or `unknown: <why>`."""
    try:
        short = _git("rev-parse", "--short", "HEAD")
        changed = _git("status", "--porcelain", "--untracked-files=no")
    except FileNotFoundError:
        return f"{UNKNOWN}git is not installed"
    except OSError as error:
        return f"{UNKNOWN}git cannot be started: {error.strerror}"
    except subprocess.TimeoutExpired:
        return f"{UNKNOWN}git did not answer within {QUICK:g} s"
    except subprocess.CalledProcessError as error:
        return f"{UNKNOWN}{error.stderr.strip() or error}"
    return f"{short} with local changes" if changed else short


def server_version(environment: Environment) -> str:
    """`sw_version` of GET /live_metadata, or `unknown: <why>`. Never raises for a silent server."""
    try:
        answer = get(environment, "/live_metadata", QUICK)
        body: Any = decode_json(answer.content)
    except UndecodableError as error:
        return f"{UNKNOWN}GET /live_metadata answered no JSON: {error}"
    except requests.RequestException as error:
        return f"{UNKNOWN}{cause_in(HTTP, told_by(error)).what} (GET /live_metadata)"
    if not answer.ok or not isinstance(body, dict):
        return f"{UNKNOWN}GET /live_metadata answered {answer.status_code}"
    version = body.get("sw_version") or f"{UNKNOWN}GET /live_metadata has no sw_version"
    one_line = " ".join(str(version).split())  # CI takes commands from the start of a line
    return head_of(one_line, VERSION_CHARACTERS)


def get(environment: Environment, path: str, timeout: float) -> requests.Response:
    """One GET without retries. Raises requests.RequestException."""
    return ask_once(
        "GET",
        f"{environment.base_url}{path}",
        timeout=timeout,
        verify=environment.file.tls.verify,
        proxies=environment.name != SANDBOX,
        headers=credential_headers(),
    )


def _git(*words: str) -> str:
    """What git says of this project: a hook of another repository names that one in GIT_DIR."""
    command = ["git", "-C", str(PROJECT), *words]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        env={name: text for name, text in os.environ.items() if not name.startswith("GIT_")},
        start_new_session=True,  # it may have started others, which end with it
    )
    with process:
        try:
            said, complaint = process.communicate(timeout=QUICK)
        except BaseException:
            _end_all(process)
            raise
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, said, complaint)
    return said.strip()


def _end_all(process: "subprocess.Popen[str]") -> None:
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
