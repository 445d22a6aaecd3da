"""Where packages come from: what pip is configured to use, in the variables by which uv is."""

import ast
import re
from collections.abc import Mapping

_LINE = re.compile(r"^(?P<section>:env:|global|install)\.(?P<name>[\w-]+)=(?P<value>['\"].*)$")
_WEAKEST_FIRST = ("global", "install", ":env:")  # as pip reads them
_VARIABLES = {
    "index-url": ("UV_DEFAULT_INDEX",),
    "extra-index-url": ("UV_INDEX",),
    "find-links": ("UV_FIND_LINKS",),
    "no-index": ("UV_NO_INDEX",),
    "trusted-host": ("UV_INSECURE_HOST",),
    "cert": ("SSL_CERT_FILE",),
    "client-cert": ("SSL_CLIENT_CERT",),
    "proxy": ("HTTP_PROXY", "HTTPS_PROXY"),
}
_BETWEEN = {"UV_INDEX": " ", "UV_INSECURE_HOST": " ", "UV_FIND_LINKS": ","}  # several values
_ALWAYS = {
    "UV_NO_CONFIG": "1",  # one configuration is enough to look at when something is wrong
    "UV_SYSTEM_CERTS": "1",  # pip trusts whom the system trusts
    "UV_LINK_MODE": "copy",  # a damaged environment must not damage the cache
}


def variables_of_uv(listed: str) -> dict[str, str]:
    """The environment variables that lead uv where `pip config list` says that pip goes."""
    found = {**_ALWAYS}
    for name, value in _settings(listed).items():
        for variable in _VARIABLES.get(name, ()):
            between = _BETWEEN.get(variable)
            found[variable] = between.join(value.split()) if between else value
    return found


def _settings(listed: str) -> Mapping[str, str]:
    lines = [line for line in map(_LINE.match, listed.splitlines()) if line]
    lines.sort(key=lambda line: _WEAKEST_FIRST.index(line["section"]))
    return {line["name"]: str(ast.literal_eval(line["value"])) for line in lines}
