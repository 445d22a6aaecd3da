"""Loads a kubeconfig; a sign-in that fails is an error, never a request as anonymous.

The `kubernetes` package logs what its sign-in fails with and goes on without credentials, and
waits for a plugin for ever. This leans on its loader, which is why it is pinned exactly.
"""

import json
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kubernetes import client
from kubernetes.config import ConfigException
from kubernetes.config.dateutil import parse_rfc3339
from kubernetes.config.exec_provider import ExecProvider
from kubernetes.config.kube_config import FileOrData, KubeConfigLoader, KubeConfigMerger

from focus_engine.decoding.bounded_file import read_bounded
from focus_engine.decoding.bounded_json import decode_object
from focus_engine.decoding.bounded_process import ProgramEnd, run_bounded
from focus_engine.decoding.undecodable import UndecodableError
from focus_engine.masking import in_address, learn
from focus_engine.network.addresses import http_address
from focus_engine.verdict import ToolError

PLUGIN_SECONDS = 30.0  # a plugin that wants a person to sign in takes longer, and nobody is there
LARGEST_CREDENTIAL = 1024 * 1024  # bytes


def load(kubeconfig: str, settings: client.Configuration) -> None:
    """Put address, trust and credentials of `kubeconfig` into `settings`.

    Raises ConfigException, UndecodableError, or what the package raises for a broken file.
    """
    merged = KubeConfigMerger(kubeconfig)
    if merged.config is None:
        raise ConfigException("there is no such file, or it is empty")
    loader = _Loader(config_dict=merged.config)
    loader.require_user()
    loader.load_and_set(settings)
    settings.host = _address("server", settings.host)
    _require_sign_in(settings)
    _require_certificates(settings)
    if "@" in urlsplit(settings.host).netloc:
        raise UndecodableError("`server` holds a user or password, which Kubernetes does not take")
    if loader.proxy:
        learn(*in_address(loader.proxy))
        settings.proxy = _address("proxy-url", loader.proxy)


class _Loader(KubeConfigLoader):  # type: ignore[misc]
    """The loader of the package, whose sign-in fails loudly."""

    token: str
    proxy: str | None = None

    def require_user(self) -> None:
        """Raise UndecodableError where the context names no user, or one who is not there."""
        if self._user is None:
            name = self._current_context["context"].safe_get("user")
            named = f"the user '{name}', who is not in it" if name else "no user"
            raise UndecodableError(f"its context names {named}")

    def _load_auth_provider_token(self) -> None:
        if "auth-provider" in self._user:
            raise UndecodableError(
                "its user signs in by auth-provider, which Kubernetes has given up; "
                "use a token, a certificate or an exec plugin"
            )

    def _load_user_token(self) -> bool:
        self._require_token_file()
        if not super()._load_user_token():
            return False
        self.token = _sendable(self.token)
        return True

    def _require_token_file(self) -> None:
        """A pipe would be waited for, a device never ends, and an empty file is nobody."""
        named = self._user.safe_get("tokenFile")
        if not named or self._user.safe_get("token"):
            return
        path = Path(self._get_base_path(self._user.path), named)
        try:
            content = read_bounded(path, LARGEST_CREDENTIAL)
        except UndecodableError as error:
            raise UndecodableError(f"of its tokenFile {path}: {error}") from error
        if not content.strip() or not content.isascii():
            raise UndecodableError(f"its tokenFile {path} is empty or no text")

    def _set_config(self, client_configuration: client.Configuration) -> None:
        """What requests carry is masked, wherever it came from, also after each new sign-in."""
        learn(getattr(self, "token", "").partition(" ")[2])
        super()._set_config(client_configuration)

    def _load_from_exec_plugin(self) -> bool:
        if "exec" not in self._user:
            return False
        folder = self._get_base_path(self._cluster.path)
        status = _Plugin(self._user["exec"], folder, self._cluster).run()
        token, certificate, key = (
            status.get(name) for name in ("token", "clientCertificateData", "clientKeyData")
        )
        learn(*(each for each in (token, key) if isinstance(each, str)))
        told = [token, certificate, key, status.get("expirationTimestamp")]
        if not all(isinstance(each, str | None) for each in told):
            raise UndecodableError("its exec plugin gave a credential that is no text")
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
            ended = self._ended()
        except OSError as error:
            raise UndecodableError(
                f"{name} cannot be started ({error.strerror}); install it, or give another account"
            ) from error
        except UndecodableError as error:
            raise UndecodableError(f"{name} {error}") from error
        if ended.code:
            raise UndecodableError(
                f"{name} ended with code {ended.code}; sign in again, then call it"
            )
        try:
            status = decode_object(ended.output).get("status")
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

    def _ended(self) -> ProgramEnd:
        return run_bounded(
            self.args,
            PLUGIN_SECONDS,
            largest=LARGEST_CREDENTIAL,
            cwd=self.cwd,
            env=self.env,
            shell=self.shell,
        )


def _sendable(credential: str) -> str:
    """Without the line break at the end of a file. Raises UndecodableError for another one."""
    text = credential.strip()
    if not text.isascii() or not text.isprintable():
        raise UndecodableError("its token holds a character that no header can carry")
    return text


def _require_sign_in(settings: client.Configuration) -> None:
    """Raise UndecodableError where requests would be anonymous."""
    if not settings.api_key and not (settings.cert_file and settings.key_file):
        raise UndecodableError(
            "its user has no token, no certificate with its key, no plugin and no name with "
            "password, so that requests would be anonymous"
        )


def _require_certificates(settings: client.Configuration) -> None:
    """Raise UndecodableError for files from which no TLS could be made."""
    context = ssl.create_default_context()
    try:
        if settings.ssl_ca_cert:
            context.load_verify_locations(cafile=settings.ssl_ca_cert)
    except OSError as error:  # of which SSLError is one
        raise UndecodableError("its certificate-authority holds no certificate") from error
    try:
        if settings.cert_file:
            context.load_cert_chain(settings.cert_file, settings.key_file, password=_no_password)
    except OSError as error:
        raise UndecodableError(
            "its client-certificate and client-key are no certificate and the key to it"
        ) from error


def _no_password() -> str:
    """A key that is encrypted would be asked for on the terminal."""
    raise UndecodableError("its client-key is encrypted, and nobody is there to enter the password")


def _address(key: str, text: str) -> str:
    """`text` without blanks. Raises UndecodableError unless all clients agree on the address."""
    try:
        return http_address(f"`{key}`", text, "https://HOST:PORT")
    except ToolError as error:
        raise UndecodableError(error.sentence.rstrip(".")) from None
