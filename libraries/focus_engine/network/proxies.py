"""The proxy in force for an address, and why a request through it failed."""

import os
from dataclasses import replace
from urllib.parse import urlsplit
from urllib.request import getproxies_environment

import requests
from requests.utils import get_environ_proxies, select_proxy

from focus_engine.causes import HTTP, Cause, cause_in, told_by
from focus_engine.causes.http import PROXY


def proxy_of(url: str) -> str | None:
    """The proxy that the environment's variables give for `url`, as requests reads them."""
    return select_proxy(url, get_environ_proxies(url))


def proxy_variable(url: str) -> str:
    """The name of the variable by which the proxy for `url` is given, or has to be."""
    scheme, given = urlsplit(url).scheme, getproxies_environment()
    meant = f"{scheme if scheme in given or 'all' not in given else 'all'}_proxy"
    names = [name for name in os.environ if name.lower() == meant and os.environ[name]]
    return meant if meant in names else next(iter(names), meant.upper())  # a small one prevails


def http_cause(error: requests.RequestException, url: str) -> Cause:
    """Why there is no answer from `url`, with an advice that names the variables in force."""
    cause = cause_in(HTTP, told_by(error))
    return replace(cause, advice=cause.advice.replace(PROXY, proxy_variable(url)))
