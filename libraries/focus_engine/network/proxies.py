"""The proxy in force for an address, and why a request through it failed."""

from dataclasses import replace

import requests
from requests.utils import get_environ_proxies, select_proxy

from focus_engine.causes import HTTP, Cause, cause_in, told_by
from focus_engine.causes.http import PROXY
from focus_engine.network.client_variables import proxy_variable


def proxy_of(url: str) -> str | None:
    """The proxy that the environment's variables give for `url`, as requests reads them."""
    return select_proxy(url, get_environ_proxies(url))


def http_cause(error: requests.RequestException, url: str) -> Cause:
    """Why there is no answer from `url`, with an advice that names the variables in force."""
    cause = cause_in(HTTP, told_by(error))
    return replace(cause, advice=cause.advice.replace(PROXY, proxy_variable(url)))
