"""Variables of the process that every HTTP client heeds: by a wrong one no request would succeed,
and what the client says then sounds like a fault of the server."""

import os
from pathlib import Path

from focus_engine.network.addresses import proxy_address
from focus_engine.on_use import on_use
from focus_engine.verdict import ToolError

with on_use(__name__):
    from requests import utils as requests_utils

    from focus_engine.network import proxies, trust

KEY_LOG = "SSLKEYLOGFILE"  # Python writes to it from every context


def require_usable_clients(url: str, *, verify: bool) -> None:
    """Raise ToolError, which names the variable, for CAs, a key log or a proxy of no use."""
    _require_key_log()
    if url.startswith("https:"):
        trust.tls_context(verify=verify)
    variable = proxies.proxy_variable(url)
    if os.environ.get(variable) and not requests_utils.should_bypass_proxies(url, no_proxy=None):
        proxy_address(variable, os.environ[variable])


def _require_key_log() -> None:
    named = os.environ.get(KEY_LOG)
    if not named:
        return
    file = Path(named)
    usable = file.is_file() if file.exists() else file.parent.is_dir()
    if not (usable and os.access(file if file.exists() else file.parent, os.W_OK)):
        raise ToolError(f"{KEY_LOG} is '{file}', which is no file that can be written. Unset it.")
