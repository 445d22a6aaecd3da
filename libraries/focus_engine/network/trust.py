"""TLS context of our own clients: the CA bundle that requests uses."""

import os
import ssl
from pathlib import Path

import certifi

from focus_engine.verdict import ToolError

BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")  # as requests reads them


def tls_context(*, verify: bool) -> ssl.SSLContext:
    """The context of requests as one's own; without `verify` it accepts any certificate.

    Raises ToolError when a variable names a bundle that cannot be read.
    """
    if not verify:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    variable = next((name for name in BUNDLES if os.environ.get(name)), None)
    bundle = Path(os.environ[variable] if variable else certifi.where())
    try:
        if bundle.is_dir():
            return ssl.create_default_context(capath=bundle)
        _require_no_pipe(bundle)
        return ssl.create_default_context(cafile=bundle)
    except OSError as error:  # of which SSLError is one
        raise ToolError(
            f"{variable} is '{bundle}', which holds no certificates that can be read: "
            f"{error.strerror or error}. Correct it."
        ) from error


def _require_no_pipe(bundle: Path) -> None:
    """Raise OSError for what would be waited for."""
    if bundle.exists() and not bundle.is_file():
        raise OSError(None, "it is no file")
