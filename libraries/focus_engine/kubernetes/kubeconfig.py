"""Loads a kubeconfig; a sign-in that fails is an error, never a request as anonymous.

The `kubernetes` package logs what its sign-in fails with and goes on without credentials, and
waits for a plugin for ever. This leans on its loader, which is why it is pinned exactly.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from typing import Any
from urllib.parse import urlsplit

from kubernetes import client
from kubernetes.config import ConfigException
from kubernetes.config.dateutil import parse_rfc3339
from kubernetes.config.exec_provider import ExecProvider
from kubernetes.config.kube_config import FileOrData, KubeConfigLoader, KubeConfigMerger

from focus_engine.decoding.bounded_json import decode_object
from focus_engine.decoding.undecodable import UndecodableError

PLUGIN_SECONDS = 30.0  # a plugin that wants a person to sign in takes longer, and nobody is there
LARGEST_CREDENTIAL = 1024 * 1024  # bytes


def load(kubeconfig: str, settings: client.Configuration) -> None:
    """Put address, trust and credentials of `kubeconfig` into `settings`.

    Raises ConfigException, UndecodableError, or what the package raises for a broken file.
    """
    merged = KubeConfigMerger(kubeconfig)
    if merged.config is None:
        raise ConfigException("there is no such file, or it is empty")
    _Loader(config_dict=merged.config).load_and_set(settings)
    _require_address(settings.host)


class _Loader(KubeConfigLoader):  # type: ignore[misc]
    """The loader of the package, whose sign-in fails loudly."""

    token: str

    def _load_auth_provider_token(self) -> None:
        if "auth-provider" in self._user:
            raise UndecodableError(
                "its user signs in by auth-provider, which Kubernetes has given up; "
                "use a token, a certificate or an exec plugin"
            )

    def _load_user_token(self) -> bool:
        if not super()._load_user_token():
            return False
        self.token = _sendable(self.token)
        return True

    def _load_from_exec_plugin(self) -> bool:
        if "exec" not in self._user:
            return False
        folder = self._get_base_path(self._cluster.path)
        status = _Plugin(self._user["exec"], folder, self._cluster).run()
        token, certificate, key = (
            status.get(name) for name in ("token", "clientCertificateData", "clientKeyData")
        )
        if not token and not (certificate and key):
            raise UndecodableError("its exec plugin gave no token and no certificate with key")
        if token:
            self.token = _sendable(f"Bearer {token}")
        if certificate and key:
            self.cert_file = self._file(status, "clientCertificateData")
            self.key_file = self._file(status, "clientKeyData")
        if "expirationTimestamp" in status:
            self.expiry = parse_rfc3339(status["expirationTimestamp"])
        return True

    def _file(self, status: dict[str, Any], name: str) -> Any:
        return FileOrData(
            status,
            None,
            data_key_name=name,
            base64_file_content=False,
            temp_file_path=self._temp_file_path,
        ).as_file()


class _Plugin(ExecProvider):  # type: ignore[misc]
    """A program that signs in, bounded in time and in what it may say."""

    def run(self, previous_response: Any = None) -> dict[str, Any]:  # noqa: ARG002 - the package's
        """Its `status`. Raises UndecodableError; what it wrote may be a secret and is not told."""
        name = f"its exec plugin '{self.args[0]}'"
        self.env["KUBERNETES_EXEC_INFO"] = self._information()
        try:
            code, output = self._said()
        except OSError as error:
            raise UndecodableError(
                f"{name} cannot be started ({error.strerror}); install it, or give another account"
            ) from error
        if code is None:
            raise UndecodableError(f"{name} did not end within {PLUGIN_SECONDS:g} s")
        if len(output) > LARGEST_CREDENTIAL:
            raise UndecodableError(f"{name} wrote more than {LARGEST_CREDENTIAL} bytes")
        if code:
            raise UndecodableError(f"{name} ended with code {code}; sign in again, then call it")
        try:
            status = decode_object(output).get("status")
        except UndecodableError as error:
            raise UndecodableError(f"{name} wrote no credential") from error
        if not isinstance(status, dict):
            raise UndecodableError(f"{name} wrote a credential without status")
        return status

    def _information(self) -> str:
        spec: dict[str, Any] = {"interactive": False}
        if self.cluster:
            spec["cluster"] = self.cluster.value
        return str(
            json.dumps({"apiVersion": self.api_version, "kind": "ExecCredential", "spec": spec})
        )

    def _said(self) -> tuple[int | None, bytes]:
        """Its code, None where it had to be ended, and what it wrote, at most a byte too many."""
        process = subprocess.Popen(
            self.args,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self.cwd,
            env=self.env,
            shell=self.shell,
            start_new_session=True,
        )
        late = threading.Event()

        def end_late() -> None:
            late.set()
            _end(process)

        timer = threading.Timer(PLUGIN_SECONDS, end_late)
        timer.start()
        with process, contextlib.ExitStack() as stack:
            stack.callback(timer.cancel)
            output = process.stdout.read(LARGEST_CREDENTIAL + 1) if process.stdout else b""
            if len(output) > LARGEST_CREDENTIAL:
                _end(process)
            code = process.wait()
        return (None if late.is_set() else code), output


def _end(process: "subprocess.Popen[bytes]") -> None:
    """With whatever it started: a child would hold its output open."""
    if sys.platform == "win32":
        process.kill()
        return
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _sendable(credential: str) -> str:
    """Without the line break at the end of a file. Raises UndecodableError for another one."""
    text = credential.strip()
    if not text.isascii() or not text.isprintable():
        raise UndecodableError("its token holds a character that no header can carry")
    return text


def _require_address(host: str) -> None:
    address = urlsplit(host)
    if address.scheme not in {"http", "https"} or not address.hostname:
        raise UndecodableError("`server` is no http or https address")
    if "@" in address.netloc:
        raise UndecodableError("`server` holds a user or password, which Kubernetes does not take")
